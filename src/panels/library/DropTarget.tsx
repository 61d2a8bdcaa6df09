// Takes files dropped anywhere on the page. While files are dragged over it, the page says what a drop would do.
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { MOST_LANES } from "../../settings/lanes";

export interface DroppedFiles {
  readonly files: readonly File[];
  /** The same, and folders, as the browser's file system names them. */
  readonly entries: readonly FileSystemEntry[];
}

interface DropTargetProps {
  readonly onFiles: (dropped: DroppedFiles) => void;
  /** What a drop does; left out for all that the page opens. */
  readonly children?: ReactNode;
}

export function DropTarget({ onFiles, children = <OpensAll /> }: DropTargetProps) {
  const target = useRef<HTMLDivElement>(null);
  const isOver = useDroppedFiles(onFiles);
  useEffect(() => {
    if (isOver) target.current?.showPopover();
  }, [isOver]);
  // A popover is above dialogs, too.
  return isOver ? (
    <div ref={target} className="drop-target" popover="manual" role="status">
      <p className="drop-words">{children}</p>
    </div>
  ) : null;
}

function OpensAll() {
  return (
    <>
      Drop to open <strong>a run file (.winnow)</strong>
      <span>
        or up to {MOST_LANES} with the same prompt, to see them side by side; or a model: a .gguf file, or its folder
      </span>
    </>
  );
}

function useDroppedFiles(onFiles: (dropped: DroppedFiles) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => {
    // Entering a child comes before leaving its parent: the pointer has left the page once leaves equal entries.
    let depth = 0;
    const rest = (): void => {
      depth = 0;
      setOver(false);
    };
    const listeners = {
      dragenter(event: DragEvent) {
        if (!hasFiles(event)) return;
        depth++;
        setOver(true);
      },
      dragleave(event: DragEvent) {
        if (!hasFiles(event)) return;
        depth--;
        if (depth <= 0) rest();
      },
      dragover(event: DragEvent) {
        // Without this the browser would navigate to the file.
        if (hasFiles(event)) event.preventDefault();
      },
      drop(event: DragEvent) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        rest();
        // Only within the event do its items name their entries.
        const items = [...(event.dataTransfer?.items ?? [])];
        const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
        take({ files: [...(event.dataTransfer?.files ?? [])], entries });
      },
    };
    const entries = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
    for (const [name, listen] of entries) window.addEventListener(name, listen);
    return () => {
      for (const [name, listen] of entries) window.removeEventListener(name, listen);
    };
  }, []);
  return isOver;
}

/** Dragged text and pictures are not for us. */
function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") === true;
}
