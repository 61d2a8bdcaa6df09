// While a dialog is open the page behind it doesn't scroll. A scroll bar that goes leaves its room, so that nothing shifts.
import { useEffect } from "react";

export function useScrollLock(isLocked: boolean): void {
  useEffect(() => {
    if (!isLocked) return;
    const root = document.documentElement;
    const { overflow, scrollbarGutter } = root.style;
    if (root.scrollHeight > root.clientHeight) root.style.scrollbarGutter = "stable";
    root.style.overflow = "hidden";
    return () => {
      root.style.overflow = overflow;
      root.style.scrollbarGutter = scrollbarGutter;
    };
  }, [isLocked]);
}
