// Layers whose queries see only the newest tokens, as a trace tells of them: which slots are dead, and since when. Such a layer
// never loses one of the tokens that it sees, so its dead slots are always the oldest.

import { headCountOf, layerOf } from "../cache/headRows";
import { protectedCandidates } from "../policy/admission";
import { decidedHeadCount } from "../policy/layerWindows";
import type { ModelSummary, Trace, TraceHeader } from "./trace";

/** How many of the newest tokens a head sees; null: all that it holds. */
export function windowOfHead({ model }: Pick<TraceHeader, "model">, head: number): number | null {
  return model.windows?.[layerOf(model, head)] ?? null;
}

export function hasWindows({ model }: Pick<TraceHeader, "model">): boolean {
  return model.windows !== undefined;
}

/** On how many heads a policy can act, in words; null where it can on all. */
export function decidedHeads({ model }: Pick<TraceHeader, "model">): string | null {
  if (model.windows === undefined) return null;
  return `${decidedHeadCount(model, model.windows)} of ${headCountOf(model)} heads`;
}

/** How many of the slots that a step's forward finds in a head it cannot see: the oldest of them. */
export function deadCount({ header, steps }: Trace, step: number, head: number): number {
  const window = windowOfHead(header, head);
  return window === null || step < 0 ? 0 : Math.max(0, steps[step].lengths[head] - window);
}

/** Slots that a step's query can see in each head. [head] */
export function livingLengths({ header, steps }: Trace, step: number): Int32Array {
  return steps[step].lengths.map((length, head) => Math.min(length, windowOfHead(header, head) ?? length));
}

/** The last step whose query sees a position in a head, as far as its window goes: Infinity without one. */
export function lastStepInWindow({ header }: Pick<Trace, "header">, head: number, position: number): number {
  const window = windowOfHead(header, head);
  // The query of step t stands at position P + t − 1 and sees down to P + t − window.
  return window === null ? Infinity : position + window - header.promptTokens.length;
}

/** As protectedCandidates, for one head of a run: windows spare nothing that slid out of them. */
export function protectedInHead(
  { model, parameters, promptTokens, spans }: TraceHeader,
  head: number,
  { positions, candidateCount }: { readonly positions: Int32Array; readonly candidateCount: number },
): Uint8Array | null {
  if (windowOfHead({ model }, head) !== null) return null;
  const place = { positions, candidateCount, promptCount: promptTokens.length };
  return protectedCandidates(place, parameters.isPromptProtected === true, spans?.kept);
}

/** Layers in which a policy decides, ascending. In others a head holds just the newest tokens of its window. */
export function decidedLayers({ layerCount, windows }: Pick<ModelSummary, "layerCount" | "windows">): number[] {
  return Array.from({ length: layerCount }, (_, layer) => layer).filter((layer) => (windows?.[layer] ?? null) === null);
}
