// What a link's run needs that is not here, and how to get it.
import { bytesInWords } from "../../hub/bytesInWords";
import { findHub, offersDownloads } from "../../hub/hubs";
import { broughtLabel, parseBroughtId } from "../../settings/broughtModels";
import type { HubWish } from "./modelWords";

export function MissingModel({ id, onFetch }: { readonly id: string; readonly onFetch: (wish: HubWish) => void }) {
  const model = parseBroughtId(id);
  if (model === null) return null;
  const { source, sha256, bytes, weightType } = model;
  const hub = source.type === "hub" && offersDownloads ? findHub(source.hub) : null;
  return (
    <section className="notice models-missing" role="status">
      <p>
        {source.type === "file" ? (
          <>
            The run needs a model file ({weightType}, {bytesInWords(bytes)}) that isn’t in this browser
          </>
        ) : (
          <>
            The run needs <strong>{broughtLabel(model)}</strong> ({weightType}, {bytesInWords(bytes)}), which isn’t in
            this browser
          </>
        )}
        . It starts when the model is here.
      </p>
      <p>
        {hub !== null && source.type === "hub" && (
          <button
            type="button"
            className="button-primary"
            onClick={() =>
              onFetch({
                hub: hub.id,
                repository: source.repository,
                revision: source.commit,
                path: source.path,
                sha256,
                label: null,
                licence: null,
              })
            }
          >
            Download {bytesInWords(bytes)} from {hub.label}…
          </button>
        )}{" "}
        {hub === null ? "Drop" : "Or drop"} the file with the SHA-256 <code>{sha256}</code> on the page, or choose it
        below.
      </p>
    </section>
  );
}
