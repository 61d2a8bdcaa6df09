// The saved runs as a list: open one or several side by side, rename, download, delete.

import { useEffect, useRef, useState } from "react";
import { MOST_LANES } from "../../settings/lanes";
import type { LibraryRun } from "../../state/library/libraryRun";
import type { Thumbnail } from "../../state/library/thumbnail";
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from "../../state/library/thumbnail";
import { writtenBytes } from "../../ui/numbers";
import { roomWords, runWords, savedWords } from "./libraryWords";
import type { ShelfState } from "./shelf";

interface LibraryListProps {
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
  const list = useRef<HTMLDivElement>(null);
  const undo = useRef<HTMLButtonElement>(null);
  // The button that had the keyboard's focus may be gone with its row, or with the offer to undo.
  useEffect(() => {
    if (removed !== null) undo.current?.focus();
    else if (document.activeElement === document.body) list.current?.focus();
  }, [removed]);
  return (
    <div className="library" data-library={status} ref={list} tabIndex={-1}>
      <div className="library-tools">
        <button type="button" onClick={onPickFiles}>
          Open run file…
        </button>
        {runs.length > 1 && (
          <button
            type="button"
            disabled={ticked.length < 2 || ticked.length > MOST_LANES}
            title={`Tick 2 to ${MOST_LANES} runs with the same prompt`}
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
          <button type="button" className="library-undo" ref={undo} onClick={onTakeBack}>
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
              Ask the browser never to clear them by itself
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
      No run is saved yet. <strong>Share → Files → Save to the library</strong> keeps the run on screen in this browser,
      with everything that its panels show; opening it needs no model and no GPU.
    </p>
  );
}

interface LibraryRowProps {
  readonly run: LibraryRun;
  readonly timeZone?: string;
  readonly isTicked: boolean;
  /** Null if there is no other run. */
  readonly onTick: ((isTicked: boolean) => void) | null;
  readonly onOpen: () => void;
  readonly onDownload: () => void;
  readonly onRename: (name: string) => void;
  readonly onRemove: () => void;
}

function LibraryRow(props: LibraryRowProps) {
  const { run, timeZone, isTicked, onTick, onOpen, onDownload, onRemove } = props;
  const { name, isLost, savedAtMs, modelLabel, fileBytes } = run;
  return (
    <li className={`library-run${isLost ? " library-run-lost" : ""}`}>
      {onTick !== null && (
        <input
          type="checkbox"
          aria-label={`Choose ${name}`}
          checked={isTicked && !isLost}
          disabled={isLost}
          onChange={(event) => onTick(event.target.checked)}
        />
      )}
      <ThumbnailPicture {...run.thumbnail} />
      <div className="library-about">
        <NameField name={name} onRename={props.onRename} />
        {isLost ? (
          <p className="library-lost">The browser has cleared its file. This entry can only be deleted.</p>
        ) : (
          <p className="muted">
            {modelLabel} · {runWords(run)} · {writtenBytes(fileBytes)} ·{" "}
            <time dateTime={new Date(savedAtMs).toISOString()}>{savedWords(savedAtMs, timeZone)}</time>
          </p>
        )}
      </div>
      <div className="library-acts">
        {!isLost && (
          <>
            <button type="button" className="button-primary" aria-label={`Open ${name}`} onClick={onOpen}>
              Open
            </button>
            <button type="button" aria-label={`Download ${name}`} onClick={onDownload}>
              Download
            </button>
          </>
        )}
        <button type="button" aria-label={`Delete ${name}`} onClick={onRemove}>
          Delete
        </button>
      </div>
    </li>
  );
}

/** Blur and Enter apply the new name; Escape restores the old one and leaves the dialog open. */
function NameField({ name, onRename }: { readonly name: string; readonly onRename: (name: string) => void }) {
  // Null while it is not being edited.
  const [typed, setTyped] = useState<string | null>(null);
  const finish = (): void => {
    if (typed !== null && typed.trim() !== "" && typed !== name) onRename(typed);
    setTyped(null);
  };
  return (
    <input
      className="library-name"
      aria-label="Name"
      title="Click to rename"
      value={typed ?? name}
      maxLength={120}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === "Enter") finish();
        if (event.key !== "Escape" || typed === null) return;
        event.preventDefault();
        setTyped(null);
      }}
    />
  );
}

const STRIP_HEIGHT = 5;
const GAP = 3;

function ThumbnailPicture({ cachePath, textPath, heldDigits }: Thumbnail) {
  const width = THUMBNAIL_WIDTH / Math.max(1, heldDigits.length);
  return (
    <svg
      className="thumbnail"
      viewBox={`-1 -1 ${THUMBNAIL_WIDTH + 2} ${THUMBNAIL_HEIGHT + GAP + STRIP_HEIGHT + 2}`}
      aria-hidden="true"
    >
      <title>Cache length (line) under the text’s (dashed); strip: share of the text still held at the end</title>
      <path className="thumbnail-text" d={textPath} />
      <path className="thumbnail-cache" d={cachePath} />
      {Array.from(heldDigits, (digit, stretch) => (
        <rect
          key={stretch}
          className="thumbnail-held"
          x={stretch * width}
          y={THUMBNAIL_HEIGHT + GAP}
          width={width}
          height={STRIP_HEIGHT}
          fillOpacity={0.08 + (0.92 * Number(digit)) / 9}
        />
      ))}
    </svg>
  );
}
