// The mask that the reference trains with, for the run on screen (methods section 8): it records what was kept before the event of
// the same step, so that it lags an interval behind, and gives every layer the last layer's choice. Pure.
import { headOf, kvHeadOf } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import { NEVER, traceIndex } from "../../trace/traceIndex";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { entriesOf, maskLives, type MaskLives, type MaskSubject } from "./maskLives";

/** The head whose choice training shows in place of a head's own: the last layer's, same KV head. */
export function trainingHead({ header }: Trace, head: number): number {
  const { model } = header;
  return headOf(model, model.layerCount - 1, kvHeadOf(model, head));
}

/** What training sees: lives of the last layer, each `lagSteps` longer. */
export function trainingLives(trace: Trace, subject: MaskSubject, lagSteps: number): MaskLives {
  const shown = typeof subject === "number" ? trainingHead(trace, subject) : "lastLayer";
  const lives = maskLives(trace, shown);
  return latestOf(lives, ["trainingLives", lagSteps], () => {
    const lastSeen = lives.lastSeen.map((step) => (step === NEVER ? NEVER : step + lagSteps));
    // A training mask knows no carriers.
    return { ...lives, lastSeen, lastCarried: lastSeen };
  });
}

export interface MaskDifference {
  /** Cells that only training shows, and that only decoding sees. Of the head, or the mean over all; rows 0 … step. */
  readonly trainingOnly: number;
  readonly decodingOnly: number;
}

export function maskDifference(
  trace: Trace,
  step: number,
  { subject, lagSteps }: { readonly subject: number | null; readonly lagSteps: number },
): MaskDifference {
  const { headCount, promptCount, evictedSteps } = traceIndex(trace);
  const [first, end] = subject === null ? [0, headCount] : [subject, subject + 1];
  const positionCount = Math.min(promptCount + step, evictedSteps.length / headCount);
  let [trainingOnly, decodingOnly] = [0, 0];
  for (let position = 0; position < positionCount; position++) {
    for (let head = first; head < end; head++) {
      const seen = evictedSteps[position * headCount + head];
      const chosen = evictedSteps[position * headCount + trainingHead(trace, head)];
      const decoded = seen === NEVER ? step : Math.min(seen, step);
      const trained = chosen === NEVER ? step : Math.min(chosen + lagSteps, step);
      trainingOnly += Math.max(0, trained - decoded);
      decodingOnly += Math.max(0, decoded - trained);
    }
  }
  return { trainingOnly: trainingOnly / (end - first), decodingOnly: decodingOnly / (end - first) };
}

/** A cell of the training mask in words; without a position, whose choice the row shows. */
export function trainingReadout(
  trace: Trace,
  { subject, lagSteps }: { readonly subject: number | null; readonly lagSteps: number },
  { step, position }: { readonly step: number; readonly position: number | null },
): string {
  const start = `step ${step}`;
  if (position === null) return `${start}: the last layer’s choice, ${lagSteps} steps late`;
  if (position >= trace.header.promptTokens.length + step) return `${start} → position ${position}: not written yet`;
  const lives = trainingLives(trace, subject, lagSteps);
  const seeing = entriesOf(lives, position).filter(({ lastSeen }) => step <= lastSeen);
  const count = seeing.reduce((sum, { heads }) => sum + heads, 0);
  const word = `${start} → position ${position} “${tokenLabel(tokenText(trace, position))}”`;
  if (lives.headCount > 1) return `${word}: shown to ${count} of ${lives.headCount} KV heads`;
  return `${word}: ${count > 0 ? "shown to training" : "hidden from training"}`;
}
