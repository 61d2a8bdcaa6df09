// The command palette, as a native dialog: it holds the focus while open and returns it afterwards. It opens at once; its
// search may load a moment later, and nothing typed meanwhile is lost.

import type { KeyboardEvent } from "react";
import { useEffect, useRef, useState } from "react";
import { useLatePart } from "../../ui/latePart";
import { useBackdropClose } from "../../ui/useBackdropClose";
import { useScrollLock } from "../../ui/useScrollLock";
import type { PagePaletteProps } from "./PaletteBody";
import type { PageCommand } from "./pageCommands";

interface PaletteDialogProps extends Omit<PagePaletteProps, "typed" | "onChoose"> {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const loadBody = async () => (await import("./PaletteBody")).PagePalette;

export function PaletteDialog({ isOpen, onClose, ...page }: PaletteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { part: Body, failure } = useLatePart(isOpen, loadBody, { what: "The commands", isPrefetched: true });
  const [typed, setTyped] = useState("");
  const backdrop = useBackdropClose();
  useScrollLock(isOpen);
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
    // Closed first: the focus has returned to its place before the command moves it.
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
      {...backdrop}
    >
      {isOpen && Body !== null && <Body {...page} typed={typed} onChoose={choose} />}
      {isOpen && Body === null && <PaletteWaiting typed={typed} failure={failure} onTyped={setTyped} />}
    </dialog>
  );
}

interface PaletteWaitingProps {
  readonly typed: string;
  /** Why the commands could not be loaded; null while they load. */
  readonly failure: string | null;
  readonly onTyped: (typed: string) => void;
}

/** Takes the typing until the search has loaded. */
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
        {failure ?? "Loading the commands…"}
      </p>
    </>
  );
}
