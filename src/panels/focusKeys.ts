// Arrow keys that move the focused head, in the pictures that have a place for each.
import type { KeyboardEvent } from "react";
import type { ModelSummary } from "../trace/trace";
import { movedFocus, type Focus } from "./focus";

const arrowMoves: Readonly<Partial<Record<string, Focus>>> = {
  ArrowLeft: { layer: 0, kvHead: -1 },
  ArrowRight: { layer: 0, kvHead: 1 },
  ArrowUp: { layer: -1, kvHead: 0 },
  ArrowDown: { layer: 1, kvHead: 0 },
};

/** The focus that a key leads to, which then is the key's no longer; null for other keys. */
export function focusByKey(event: KeyboardEvent, model: ModelSummary, focus: Focus): Focus | null {
  const by = arrowMoves[event.key];
  if (by === undefined || event.shiftKey) return null;
  // The arrows move the focus here; elsewhere they step through time.
  event.preventDefault();
  event.stopPropagation();
  return movedFocus(model, focus, by);
}
