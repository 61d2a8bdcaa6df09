// A native dialog with a title and a Close button: it holds the focus while open and returns it afterwards.
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { useBackdropClose } from "./useBackdropClose";
import { useScrollLock } from "./useScrollLock";

interface SheetProps {
  /** Added as class "sheet-name". */
  readonly name: string;
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What it shows stays as it is while it is closed, once it was open. */
  readonly keepsContent?: boolean;
  readonly children: ReactNode;
}

export function Sheet({ name, title, isOpen, onClose, keepsContent = false, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [wasOpen, setWasOpen] = useState(false);
  if (isOpen && !wasOpen) setWasOpen(true);
  const backdrop = useBackdropClose();
  useScrollLock(isOpen);
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element?.open === false) element.showModal();
    if (!isOpen && element?.open === true) element.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className={`sheet sheet-${name}`} aria-labelledby={titleId} onClose={onClose} {...backdrop}>
      <div className="sheet-body">
        <form method="dialog" className="sheet-head">
          <h2 id={titleId}>{title}</h2>
          <button type="submit">Close</button>
        </form>
        {(isOpen || (keepsContent && wasOpen)) && children}
      </div>
    </dialog>
  );
}
