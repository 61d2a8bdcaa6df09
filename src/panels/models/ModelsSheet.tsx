// The sheet Models: which model runs, and every way to bring one: those that ship, those kept in this browser, files from disk,
// what the host of the page offers, the catalogue, and any repository of a hub by its name.
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { catalogue } from "../../hub/catalogue";
import { bytesInWords } from "../../hub/bytesInWords";
import type { FetchWish } from "../../hub/fetchWish";
import { offersDownloads } from "../../hub/hubs";
import { forgetModel, isWhole } from "../../hub/keptModels";
import { errorMessage } from "../../lib/errors";
import { settingsInForce } from "../../settings/inForce";
import { shippedModels } from "../../settings/shippedModels";
import type { Brought } from "../../state/brought";
import type { PageStore } from "../../state/pageStore";
import { isPageDark } from "../../ui/useTheme";
import { DropTarget, type DroppedFiles } from "../library/DropTarget";
import { chosenWords, filesOfDrop } from "./bringDrop";
import { bringFiles, bringKept, bringSite, keepBrought, type KeepProgress, type NamedBlobs } from "./bringModel";
import { FetchFrame } from "./FetchFrame";
import { HubSearch } from "./HubSearch";
import { MissingModel } from "./MissingModel";
import { broughtFacts, catalogueFacts, catalogueWords, idOfKept, isKept, keptFacts, keptNote } from "./modelWords";
import { parametersInWords, wishOf, wishOfKept, type HubWish } from "./modelWords";
import "./models.css";
import { pickFolder, pickModelFiles } from "./pickModel";
import { siteModels, type SiteModel } from "./siteModels";
import { useKeptModels } from "./useKeptModels";

interface ModelsSheetProps {
  readonly store: PageStore;
  /** What is dropped on the page is a model then. */
  readonly isOpen: boolean;
  /** A model was chosen: the sheet has done its work. */
  readonly onDone: () => void;
}

/** Something that takes a while: reading a file's digest, or copying it into the browser. */
interface Job extends KeepProgress {
  readonly what: string;
  readonly cancel: () => void;
}

export function ModelsSheet({ store, isOpen, onDone }: ModelsSheetProps) {
  const choices = useStore(store, (state) => state.choices);
  const brought = useStore(store, (state) => state.brought);
  const missing = useStore(store, (state) => state.missingModel);
  const kept = useKeptModels();
  const site = useSiteModels();
  const [job, setJob] = useState<Job | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [wish, setWish] = useState<FetchWish | null>(null);
  const [isBusy, setBusy] = useState(false);
  const chosen = settingsInForce(choices).settings.model;
  const { choose, tell, leaveBehind } = store.getState();

  /** Runs one job at a time; what goes wrong is said here. */
  const attempt = async (what: string, act: (options: JobOptions) => Promise<unknown>): Promise<boolean> => {
    const aborter = new AbortController();
    const cancel = (): void => aborter.abort();
    setFailure(null);
    setJob({ what, bytes: 0, totalBytes: 0, cancel });
    try {
      await act({
        signal: aborter.signal,
        onProgress: ({ bytes, totalBytes }) => setJob({ what, bytes, totalBytes, cancel }),
      });
      return true;
    } catch (error) {
      if (!aborter.signal.aborted) setFailure(errorMessage(error));
      return false;
    } finally {
      setJob(null);
    }
  };
  const take = async (what: string, act: (options: JobOptions) => Promise<Brought>): Promise<void> => {
    if (await attempt(what, act)) onDone();
  };
  const fetchIt = (wanted: HubWish): void => setWish({ ...wanted, isDark: isPageDark() });
  const openKept = (key: string): Promise<void> =>
    take("Opening the model", (options) => bringKept(store, key, options));
  const takeFiles = (what: string, files: NamedBlobs | Promise<NamedBlobs>): Promise<void> =>
    take(what, async (options) => {
      const model = await bringFiles(store, await files, options);
      tell("info", chosenWords(model));
      return model;
    });
  const takeDrop = (dropped: DroppedFiles): void => {
    if (job === null) void takeFiles("Reading the model", filesOfDrop(dropped));
  };
  const row = { chosen, isIdle: job === null };

  return (
    <div className="models" data-models={kept.models === null ? "waiting" : "ready"}>
      {isOpen && (
        <DropTarget onFiles={takeDrop}>
          Drop to choose <strong>a model</strong>
          <span>a .gguf file, the parts of one, or a folder with .safetensors</span>
        </DropTarget>
      )}
      {missing !== null && <MissingModel id={missing} onFetch={fetchIt} />}
      {failure !== null && (
        <p className="notice notice-error" role="alert">
          {failure}
        </p>
      )}
      {job !== null && (
        <p className="notice models-job" role="status">
          <span>
            {job.what}
            {job.totalBytes > 0 && `: ${bytesInWords(job.bytes)} of ${bytesInWords(job.totalBytes)}`}…
          </span>
          <button type="button" onClick={job.cancel}>
            Cancel
          </button>
        </p>
      )}
      {wish !== null && (
        <Part title="Download">
          <FetchFrame
            key={JSON.stringify(wish)}
            wish={wish}
            onBusy={setBusy}
            onKept={(key) => {
              kept.refresh();
              tell("info", "The model is in this browser. It runs with the next Run.");
              void openKept(key).then(() => setWish(null));
            }}
          />
          <button type="button" disabled={isBusy} onClick={() => setWish(null)}>
            Close the download
          </button>
        </Part>
      )}

      <Part title="From disk" note="Nothing is copied or sent: the file is read where it lies.">
        <div className="models-tools">
          <button
            type="button"
            disabled={job !== null}
            onClick={() => pickModelFiles((files) => void takeFiles("Reading the file", files))}
          >
            Choose a file…
          </button>
          <button
            type="button"
            disabled={job !== null}
            onClick={() => pickFolder((files) => void takeFiles("Reading the folder", files))}
          >
            Choose a folder…
          </button>
          <span className="muted">or drop it on the page: .gguf, or a folder with .safetensors</span>
        </div>
        <ul className="models-list">
          {brought.map((model) => (
            <Row
              key={model.id}
              {...row}
              id={model.id}
              title={model.label}
              facts={broughtFacts(model)}
              onUse={() => {
                choose("model", model.id);
                onDone();
              }}
            >
              {!isKept(model, kept.models) && (
                <button
                  type="button"
                  disabled={job !== null}
                  onClick={() =>
                    void attempt(`Keeping ${model.label}`, (options) => keepBrought(model, options)).then(kept.refresh)
                  }
                >
                  Keep it in this browser
                </button>
              )}
              <button type="button" disabled={model.id === chosen} onClick={() => leaveBehind(model.id)}>
                Forget
              </button>
            </Row>
          ))}
        </ul>
      </Part>

      <Part title="Kept in this browser" note={keptNote(kept.models, kept.free)}>
        {kept.failure !== null && <p className="muted">{kept.failure}</p>}
        <ul className="models-list">
          {(kept.models ?? []).map((model) => (
            <Row
              key={model.key}
              {...row}
              id={idOfKept(model, brought)}
              title={model.label}
              facts={keptFacts(model)}
              onUse={isWhole(model) ? () => void openKept(model.key) : null}
            >
              {!isWhole(model) && model.origin.type === "hub" && offersDownloads && (
                <button type="button" disabled={isBusy} onClick={() => fetchIt(wishOfKept(model))}>
                  Go on…
                </button>
              )}
              <button
                type="button"
                disabled={job !== null || isBusy}
                onClick={() => void attempt("Deleting", () => forgetModel(model.key)).then(kept.refresh)}
              >
                Delete
              </button>
            </Row>
          ))}
        </ul>
      </Part>

      {site.models.length + site.failures.length > 0 && (
        <Part title="Offered with this page">
          {site.failures.map((text) => (
            <p key={text} className="notice notice-error">
              {text}
            </p>
          ))}
          <ul className="models-list">
            {site.models.map((model) => (
              <Row
                key={model.files[0]}
                {...row}
                title={model.label}
                facts={[model.licence, model.note].filter((text) => text !== null).join(" · ")}
                onUse={() => void take("Reading the model", (options) => bringSite(store, model, options))}
              />
            ))}
          </ul>
        </Part>
      )}

      {offersDownloads && (
        <Part
          title="To download"
          note="Nothing is fetched before you say so in the next step. A model stays in this browser until you delete it."
        >
          <ul className="models-list">
            {catalogue.map((model) => (
              <Row
                key={model.id}
                {...row}
                title={model.label}
                facts={catalogueFacts(model)}
                words={catalogueWords(model)}
              >
                <button type="button" disabled={isBusy} onClick={() => fetchIt(wishOf(model))}>
                  Download {bytesInWords(model.bytes)}…
                </button>
              </Row>
            ))}
          </ul>
          <HubSearch isBusy={isBusy} onLookUp={fetchIt} />
        </Part>
      )}

      <Part title="Shipped with the page">
        <ul className="models-list">
          {shippedModels.map((model) => (
            <Row
              key={model.id}
              {...row}
              id={model.id}
              title={model.label}
              facts={`MIT · ${parametersInWords(model.parameterCount)}, F16 · ${model.layerCount} × ${model.kvHeadCount} KV heads to evict from`}
              words={model.description}
              onUse={() => {
                choose("model", model.id);
                onDone();
              }}
            />
          ))}
        </ul>
      </Part>
    </div>
  );
}

type JobOptions = Parameters<typeof bringFiles>[2];

interface RowProps {
  readonly title: string;
  readonly facts: string;
  readonly words?: string;
  readonly chosen: string;
  readonly isIdle: boolean;
  /** As the setting names it; absent for one that is not here. */
  readonly id?: string;
  /** Null or absent: it cannot be used as it is. */
  readonly onUse?: (() => void) | null;
  readonly children?: React.ReactNode;
}

function Row({ title, facts, words, chosen, isIdle, id, onUse, children }: RowProps) {
  const isChosen = id === chosen;
  return (
    <li className="models-row">
      <div className="models-about">
        <h4>{title}</h4>
        <p className="muted">{facts}</p>
        {words !== undefined && <p>{words}</p>}
      </div>
      <div className="models-acts">
        {isChosen && <span className="models-chosen">in use</span>}
        {!isChosen && onUse && (
          <button type="button" className="button-primary" disabled={!isIdle} onClick={onUse}>
            Use
          </button>
        )}
        {children}
      </div>
    </li>
  );
}

interface PartProps {
  readonly title: string;
  readonly note?: string;
  readonly children: React.ReactNode;
}

function Part({ title, note, children }: PartProps) {
  return (
    <section className="models-part">
      <h3>{title}</h3>
      {note !== undefined && <p className="muted">{note}</p>}
      {children}
    </section>
  );
}

function useSiteModels(): { readonly models: readonly SiteModel[]; readonly failures: readonly string[] } {
  const [state, setState] = useState<ReturnType<typeof useSiteModels>>({ models: [], failures: [] });
  useEffect(() => {
    let isCurrent = true;
    siteModels().then(
      (models) => {
        if (isCurrent) setState({ models, failures: [] });
      },
      (error: unknown) => {
        if (isCurrent) setState({ models: [], failures: [errorMessage(error)] });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  return state;
}
