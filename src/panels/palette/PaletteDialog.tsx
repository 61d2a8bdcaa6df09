// The command palette, as a native dialog: it keeps the focus while it is open and gives it back afterwards. It opens at
// once; what it finds may come a moment later, and nothing that was typed meanwhile is lost.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { PageCommand } from "./command";
import type { PaletteBodyProps } from "./PaletteBody";
import { usePaletteBody } from "./usePaletteBody";

interface PaletteDialogProps extends Pick<PaletteBodyProps, "commands" | "stepCommand"> {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function PaletteDialog({ isOpen, commands, stepCommand, onClose }: PaletteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { Body, failure } = usePaletteBody(isOpen);
  const [typed, setTyped] = useState("");
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element?.open === false) {
      element.showModal();
      element.querySelector("input")?.focus();
    }
    if (!isOpen && element?.open === true) element.close();
  }, [isOpen]);
  const close = (): void => {
    setTyped("");
    onClose();
  };
  const choose = (command: PageCommand): void => {
    // Closed first: the focus is back in its place when the command moves it.
    dialog.current?.close();
    command.run();
  };
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    dialog.current?.close();
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Commands"
      onClose={close}
      onKeyDownCapture={closeByKey}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      {isOpen && Body !== null && (
        <Body commands={commands} stepCommand={stepCommand} typed={typed} onChoose={choose} />
      )}
      {isOpen && Body === null && <PaletteWaiting typed={typed} failure={failure} onTyped={setTyped} />}
    </dialog>
  );
}

interface PaletteWaitingProps {
  readonly typed: string;
  /** Why there will be no commands; null while they are on their way. */
  readonly failure: string | null;
  readonly onTyped: (typed: string) => void;
}

/** Takes what is typed until the search is there. */
function PaletteWaiting({ typed, failure, onTyped }: PaletteWaitingProps) {
  return (
    <>
      <input
        className="palette-input"
        aria-label="Commands"
        value={typed}
        onChange={(event) => onTyped(event.target.value)}
      />
      <p className="palette-foot" role="status">
        {failure ?? "The commands are on their way…"}
      </p>
    </>
  );
}
