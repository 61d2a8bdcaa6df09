// The saved runs as a list: opened one by one or several side by side, renamed, downloaded, deleted.
import { useState } from "react";
import { MOST_LANES } from "../../settings/lanes";
import type { LibraryRun } from "../../state/library/libraryRun";
import { LibraryRow } from "./LibraryRow";
import { roomWords } from "./libraryWords";
import type { ShelfState } from "./shelf";

export interface LibraryListProps {
  readonly state: ShelfState;
  readonly timeZone?: string;
  readonly onOpen: (runs: readonly LibraryRun[]) => void;
  readonly onDownload: (run: LibraryRun) => void;
  readonly onRename: (id: string, name: string) => void;
  readonly onRemove: (id: string) => void;
  readonly onTakeBack: () => void;
  readonly onPersist: () => void;
  readonly onPickFiles: () => void;
}

export function LibraryList(props: LibraryListProps) {
  const { state, timeZone, onOpen, onRemove, onTakeBack, onPickFiles } = props;
  const { status, runs, quota, removed, failure } = state;
  const [tickedIds, setTickedIds] = useState<readonly string[]>([]);
  const ticked = runs.filter(({ id, isLost }) => tickedIds.includes(id) && !isLost);
  const tick = (id: string, isTicked: boolean): void =>
    setTickedIds((before) => [...before.filter((other) => other !== id), ...(isTicked ? [id] : [])]);
  return (
    <div className="library" data-library={status}>
      <div className="library-tools">
        <button type="button" onClick={onPickFiles}>
          Open run file…
        </button>
        {runs.length > 1 && (
          <button
            type="button"
            disabled={ticked.length < 2 || ticked.length > MOST_LANES}
            title={`Tick 2 to ${MOST_LANES} runs of one prompt`}
            onClick={() => onOpen(ticked)}
          >
            {ticked.length < 2 ? "Open side by side" : `Open ${ticked.length} side by side`}
          </button>
        )}
      </div>
      {failure !== null && (
        <p className="notice notice-error" role="alert">
          {failure}
        </p>
      )}
      {removed !== null && (
        <p className="notice" role="status">
          “{removed.name}” is deleted.
          <button type="button" className="library-undo" onClick={onTakeBack}>
            Undo
          </button>
        </p>
      )}
      {status === "waiting" && <p role="status">Reading the library…</p>}
      {status === "ready" && runs.length === 0 && <EmptyLibrary />}
      {runs.length > 0 && (
        <ul className="library-runs">
          {runs.map((run) => (
            <LibraryRow
              key={run.id}
              run={run}
              timeZone={timeZone}
              isTicked={tickedIds.includes(run.id)}
              onTick={runs.length > 1 ? (isTicked) => tick(run.id, isTicked) : null}
              onOpen={() => onOpen([run])}
              onDownload={() => props.onDownload(run)}
              onRename={(name) => props.onRename(run.id, name)}
              onRemove={() => onRemove(run.id)}
            />
          ))}
        </ul>
      )}
      {status === "ready" && (
        <p className="muted library-room">
          {roomWords(runs, quota)}{" "}
          {runs.length > 0 && quota?.isPersistent === false && (
            <button type="button" className="link-button" onClick={props.onPersist}>
              Ask the browser never to clear it by itself
            </button>
          )}
          {quota?.isPersistent === true && "It will not clear them by itself."}
        </p>
      )}
    </div>
  );
}

function EmptyLibrary() {
  return (
    <p className="library-empty">
      Nothing is saved yet. <strong>Share → Files → Save to the library</strong> keeps the run on screen in this
      browser, with everything that its panels show; it opens again without a model or a GPU.
    </p>
  );
}
