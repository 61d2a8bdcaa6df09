// The focus: the layer and KV head that the score panel and the why card show, and the arrow keys that move it.

import type { KeyboardEvent } from "react";
import { headOf } from "../cache/headRows";
import type { ModelSummary } from "../trace/trace";

export interface Focus {
  readonly layer: number;
  readonly kvHead: number;
}

/** The focus as a head among those of all layers. */
export function focusHead(model: ModelSummary, focus: Focus): number {
  return headOf(model, focus.layer, focus.kvHead);
}

/** The focus moved by heads and layers; it stops at the edges. */
function movedFocus(model: ModelSummary, focus: Focus, by: Focus): Focus {
  const limited = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
  return {
    layer: limited(focus.layer + by.layer, model.layerCount),
    kvHead: limited(focus.kvHead + by.kvHead, model.kvHeadCount),
  };
}

export function focusLabel(focus: Focus): string {
  return `layer ${focus.layer}, KV head ${focus.kvHead}`;
}

export function shortFocusLabel(focus: Focus): string {
  return `L${focus.layer} · KV head ${focus.kvHead}`;
}

const arrowMoves: Readonly<Partial<Record<string, Focus>>> = {
  ArrowLeft: { layer: 0, kvHead: -1 },
  ArrowRight: { layer: 0, kvHead: 1 },
  ArrowUp: { layer: -1, kvHead: 0 },
  ArrowDown: { layer: 1, kvHead: 0 },
};

/**
 * The focus that an arrow key leads to (and consumes the key); null for other keys. `isTurned`: where heads stand below each
 * other, up and down move among them, and the other arrows to other layers.
 */
export function focusByKey(event: KeyboardEvent, model: ModelSummary, focus: Focus, isTurned = false): Focus | null {
  const move = arrowMoves[event.key];
  if (move === undefined || event.shiftKey) return null;
  const by = isTurned ? { layer: move.kvHead, kvHead: move.layer } : move;
  // The arrows move the focus here; elsewhere they step through time.
  event.preventDefault();
  event.stopPropagation();
  return movedFocus(model, focus, by);
}
