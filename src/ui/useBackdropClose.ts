// Closes a native dialog when its backdrop is clicked. A drag that begins inside, to select text, and ends outside is no such click.
import { useRef, type MouseEvent, type PointerEvent } from "react";

/** Handlers for the dialog element: events on the backdrop have the dialog itself as their target. */
export function useBackdropClose() {
  const isPressed = useRef(false);
  return {
    onPointerDown({ target, currentTarget }: PointerEvent<HTMLDialogElement>): void {
      isPressed.current = target === currentTarget;
    },
    onClick({ target, currentTarget }: MouseEvent<HTMLDialogElement>): void {
      if (isPressed.current && target === currentTarget) currentTarget.close();
    },
  };
}
