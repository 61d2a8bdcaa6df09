// Keys that move through the run, wherever the focus is, except where a control needs them itself.
import { useEffect } from "react";
import { tinykeys } from "tinykeys";

/** Binds keys (in the notation of tinykeys) to functions. Controls keep the keys that they use. */
export function usePageKeys(bindings: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const handlers = Object.entries(bindings).map(([key, act]) => [
      key,
      (event: KeyboardEvent) => {
        if (isKeyOfControl(event)) return;
        event.preventDefault();
        act();
      },
    ]);
    return tinykeys(window, Object.fromEntries(handlers) as Record<string, (event: KeyboardEvent) => void>);
  }, [bindings]);
}

const writtenIn = "textarea, input:not([type=range], [type=checkbox], [type=radio])";

function isKeyOfControl(event: KeyboardEvent): boolean {
  // A control on the way up, a menu or the border of a column, has used the key.
  if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return true;
  if (!(event.target instanceof HTMLElement) && !(event.target instanceof SVGElement)) return false;
  if (event.target.closest("[role=menu]") !== null) return true;
  // With Ctrl or ⌘ held no control writes, but a field takes back what was written in it.
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === "z" && event.target.matches(writtenIn);
  const isButton = event.target.matches("button, summary");
  if (isButton) return event.key === " " || event.key === "Enter";
  return event.target.matches("input, select, textarea");
}
