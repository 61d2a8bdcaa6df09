// What the page says of its copy: at its foot that it works without a connection, at its head that a new version can be
// had. The offer waits while a run goes on, and can be put off.
import { useState } from "react";
import { useStore } from "zustand";
import type { OfflineCopy, OfflineStatus } from "./offlineCopy";

interface UpdateNoteProps {
  readonly copy: OfflineCopy;
  /** A run is under way, which a reload would end. */
  readonly isRunUnderWay: boolean;
}

export function UpdateNote({ copy, isRunUnderWay }: UpdateNoteProps) {
  const status = useStore(copy.status, (state) => state.status);
  const [isPutOff, setPutOff] = useState(false);
  return (
    <div className="offline-update" role="status">
      {status === "updateReady" && !isPutOff && !isRunUnderWay && (
        <p className="notice">
          <span>
            A new version is ready. The settings stay; a run that you made here has to be run again.{" "}
            <button type="button" className="link-button" onClick={copy.update}>
              Reload
            </button>
          </span>
          <button type="button" aria-label="Put off the new version" onClick={() => setPutOff(true)}>
            ✕
          </button>
        </p>
      )}
    </div>
  );
}

const words: Readonly<Record<OfflineStatus, string>> = {
  none: "",
  copying: "Keeping a copy of this page on this device, so that it works without a connection…",
  ready: "Works without a connection: the page, its first model and its recorded runs are kept on this device.",
  updateReady: "Works without a connection; a new version is ready for the next visit.",
};

export function OfflineNote({ copy }: Pick<UpdateNoteProps, "copy">) {
  const status = useStore(copy.status, (state) => state.status);
  return (
    <footer className="offline-note" data-offline={status}>
      {words[status]}
    </footer>
  );
}
