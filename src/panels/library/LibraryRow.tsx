// One saved run: its picture, its name to change in place, what it is, and what can be done with it.
import { useState } from "react";
import type { LibraryRun } from "../../state/library/libraryRun";
import { writtenBytes } from "../../ui/numbers";
import { runWords, savedWords } from "./libraryWords";
import { ThumbnailPicture } from "./ThumbnailPicture";

interface LibraryRowProps {
  readonly run: LibraryRun;
  readonly timeZone?: string;
  readonly isTicked: boolean;
  /** Null where there is nothing to stand beside. */
  readonly onTick: ((isTicked: boolean) => void) | null;
  readonly onOpen: () => void;
  readonly onDownload: () => void;
  readonly onRename: (name: string) => void;
  readonly onRemove: () => void;
}

export function LibraryRow(props: LibraryRowProps) {
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
          <p className="library-lost">Its file is gone: the browser has cleared it. The entry can only be deleted.</p>
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

/** Takes effect when it is left or by Enter; Escape gives the name back and leaves the dialog open. */
function NameField({ name, onRename }: { readonly name: string; readonly onRename: (name: string) => void }) {
  // Null while nobody writes in it.
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
