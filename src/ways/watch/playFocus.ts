// Where the keyboard goes when a menu of Watch closes: back to the menu's button, or, once something was chosen that plays, to
// the play button, so that Space pauses it and does not open the menu again.
import { useRef } from "react";

interface PlayFocus {
  readonly onChosen: () => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

export function usePlayFocus(): PlayFocus {
  const hasChosen = useRef(false);
  return {
    onChosen: () => {
      hasChosen.current = true;
    },
    onCloseAutoFocus: (event) => {
      if (!hasChosen.current) return;
      hasChosen.current = false;
      event.preventDefault();
      document.querySelector<HTMLElement>(".watch-play, .stream-play")?.focus({ preventScroll: true });
    },
  };
}
