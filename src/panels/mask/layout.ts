// The paper's Figure 3 for the run on screen: which step's query can see which position. Pure.
//
//   step ↓   position →
//     0      ████ ░░░░       █ visible     ░ not written yet
//     1      █████ ░░░       ▁ cut: the event of this step let the position go; the step itself still saw it
//     2      █▁█▁██ ░░
//     3      █/█/███ ░       / blank: evicted. With the overlay on, striped where the reference's training mask
//                              still shows it (methods section 8)
//
// The reference records the kept set before the compression of the same forward, so its mask for training lags an
// interval behind: what event k evicts stays visible for s further rows. It also gives every layer the last layer's mask,
// which is not drawn here. lab/golden/sparseMask.ts is the plain form of both masks; the tests compare.
import { meanLength, rowLengths } from "../../cache/headRows";
import type { Trace } from "../../trace/trace";
import { tokenLabel, tokenText } from "../tokenFacts";
import { entriesOf, lastSeenByAny, maskLives, type MaskSubject } from "./maskLives";

export type MaskHeads = "focus" | "all";

export interface MaskView {
  readonly heads: MaskHeads;
  /** Stripes where the reference's training mask differs. */
  readonly showsLag: boolean;
}

/** s, the rows by which the training mask lags; 0 where the run's rule has no interval. */
export function lagSteps(trace: Trace): number {
  const { intervalSteps } = trace.header.parameters;
  return typeof intervalSteps === "number" ? intervalSteps : 0;
}

export interface MaskCounts {
  /** Cells that exist, that are visible, and that the training mask shows on top. Of the head, or the mean over all; rows 0 … step. */
  readonly writtenCells: number;
  readonly visibleCells: number;
  readonly laggingCells: number;
}

export function maskCounts(trace: Trace, step: number, subject: MaskSubject): MaskCounts {
  const promptCount = trace.header.promptTokens.length;
  const slotsOf = (lengths: Int32Array): number => (subject === null ? meanLength(lengths) : lengths[subject]);
  let visibleCells = 0;
  for (let row = 0; row <= step; row++) visibleCells += slotsOf(trace.steps[row].lengths);
  let laggingCells = 0;
  for (const { step: cutStep, positionsBefore, survivors } of trace.events) {
    const rows = Math.min(lagSteps(trace), step - cutStep);
    if (rows > 0) laggingCells += rows * (slotsOf(rowLengths(positionsBefore)) - slotsOf(rowLengths(survivors)));
  }
  return { writtenCells: (step + 1) * promptCount + (step * (step + 1)) / 2, visibleCells, laggingCells };
}

/** One cell in words. */
export function maskReadout(trace: Trace, subject: MaskSubject, cell: { step: number; position: number }): string {
  const { step, position } = cell;
  const start = `step ${step} → position ${position}`;
  if (position >= trace.header.promptTokens.length + step) return `${start}: not written yet`;
  const word = `${start} “${tokenLabel(tokenText(trace, position))}”`;
  const lives = maskLives(trace, subject);
  if (subject === null) {
    const seeing = entriesOf(lives, position).filter(({ lastSeen }) => step <= lastSeen);
    const seenCount = seeing.reduce((sum, { heads }) => sum + heads, 0);
    return `${word}: seen by ${seenCount} of ${lives.headCount} heads`;
  }
  const lastSeen = lastSeenByAny(lives, position);
  if (step < lastSeen) return `${word}: visible`;
  if (step === lastSeen) return `${word}: visible, cut by the event of this step`;
  const isLagging = step <= lastSeen + lagSteps(trace);
  return `${word}: evicted at step ${lastSeen}${isLagging ? "; the training mask still shows it" : ""}`;
}
