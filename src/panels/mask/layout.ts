// The paper's Figure 3 for the run on screen: which step's query can see which position. Pure.
//
//   step ↓   position →
//     0      ████ ░░░░       █ visible     ░ not written yet
//     1      █████ ░░░       ▁ cut: the event of this step evicts the position; the step itself still saw it
//     2      █▁█▁██ ░░
//     3      █/█/███ ░       / blank: evicted. With the overlay on, striped where the reference's training mask
//                              still shows it (methods section 8)
//
// The reference records the kept set before the compression of the same forward, so its mask for training lags an
// interval behind: what event k evicts stays visible for s further rows. It also gives every layer the last layer's mask:
// trainingMask.ts draws that. lab/golden/sparseMask.ts is the plain form of both masks; the tests compare.
import { meanLength, rowLengths } from "../../cache/headRows";
import { hasMerges, tokenFate } from "../../trace/carried";
import { readMarks, readShare } from "../../trace/reading";
import { cacheSeenByStep, lifetimes, positionToSlot } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { lastStepInWindow, livingLengths, windowOfHead } from "../../trace/layerWindows";
import type { FigureTable } from "../../ui/figure/figureTable";
import type { ZoomWindow } from "../../ui/zoom/zoomView";
import { slotsText } from "../slotsText";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { entriesOf, lastSeenByAny, maskLives, type MaskLives } from "./maskLives";

export type MaskHeads = "focus" | "all";

export interface MaskView {
  readonly heads: MaskHeads;
  /** Stripes where the reference's training mask differs. */
  readonly showsLag: boolean;
  /** That mask as a picture of its own, the last layer's choice for all, instead of stripes. */
  readonly isBeside: boolean;
}

/** s, the rows by which the training mask lags; 0 if the run's rule has no interval. */
export function lagSteps(trace: Trace): number {
  const { intervalSteps, schedule } = trace.header.parameters;
  return typeof intervalSteps === "number" && schedule !== "once" ? intervalSteps : 0;
}

export interface MaskCounts {
  /** Cells that exist, that are visible, and that the training mask shows on top. Of the head, or the mean over all; rows 0 … step. */
  readonly writtenCells: number;
  readonly visibleCells: number;
  readonly laggingCells: number;
  /** Cells of evicted positions for which another token's slot stood, and visible ones that the step read. */
  readonly carriedCells: number;
  readonly readCells: number;
}

export function maskCounts(trace: Trace, step: number, subject: number | null): MaskCounts {
  const promptCount = trace.header.promptTokens.length;
  const slotsOf = (lengths: Int32Array): number => (subject === null ? meanLength(lengths) : lengths[subject]);
  let visibleCells = 0;
  let readCells = 0;
  for (let row = 0; row <= step; row++) {
    const { readSlots } = trace.steps[row];
    const lengths = livingLengths(trace, row);
    visibleCells += slotsOf(lengths);
    // An empty row read every slot.
    readCells += slotsOf(
      readSlots === undefined ? lengths : rowLengths(readSlots).map((read, head) => read || lengths[head]),
    );
  }
  let laggingCells = 0;
  const unwindowed = (lengths: Int32Array): number =>
    slotsOf(lengths.map((length, head) => (windowOfHead(trace.header, head) === null ? length : 0)));
  for (const { step: cutStep } of trace.events) {
    const rows = Math.min(lagSteps(trace), step - cutStep);
    if (rows <= 0) continue;
    // From the steps: the rows of an event that left its room are a pass over all positions and heads (leanEvent.ts).
    const [before, next] = [cutStep, cutStep + 1].map((at) => trace.steps[at].lengths);
    laggingCells += rows * (unwindowed(before) - unwindowed(next.map((length) => length - 1)));
  }
  const carriedCells = hasMerges(trace) ? carriedCount(maskLives(trace, subject), step) : 0;
  const writtenCells = (step + 1) * promptCount + (step * (step + 1)) / 2;
  return { writtenCells, visibleCells, laggingCells, carriedCells, readCells };
}

function carriedCount(lives: MaskLives, step: number): number {
  let count = 0;
  for (let position = 0; position < lives.positionCount; position++) count += meanCarried(lives, position, step);
  return count;
}

/** Steps up to this one at which another token's slot stood for a position, the mean over heads. */
function meanCarried(lives: MaskLives, position: number, step: number): number {
  const sum = entriesOf(lives, position).reduce(
    (steps, { lastSeen, lastCarried, heads }) =>
      lastSeen < step ? steps + heads * (Math.min(lastCarried, step) - lastSeen) : steps,
    0,
  );
  return sum / lives.headCount;
}

/** A cell in words; without a position, how many the step sees. */
export function maskReadout(
  trace: Trace,
  subject: number | null,
  { step, position }: { readonly step: number; readonly position: number | null },
): string {
  const writtenCount = trace.header.promptTokens.length + step;
  if (position === null) {
    const lengths = livingLengths(trace, step);
    const seen = subject === null ? `each head sees ${slotsText(lengths)}` : `the head sees ${lengths[subject]}`;
    return `step ${step}: ${seen} of ${writtenCount} positions`;
  }
  const start = `step ${step} → position ${position}`;
  if (position >= writtenCount) return `${start}: not written yet`;
  const word = `${start} “${tokenLabel(tokenText(trace, position))}”`;
  const lives = maskLives(trace, subject);
  if (subject === null) {
    const seeing = entriesOf(lives, position).filter(({ lastSeen }) => step <= lastSeen);
    const seenCount = seeing.reduce((sum, { heads }) => sum + heads, 0);
    const standing = entriesOf(lives, position).filter(
      ({ lastSeen, lastCarried }) => lastSeen < step && step <= lastCarried,
    );
    const carriedCount = standing.reduce((sum, { heads }) => sum + heads, 0);
    const carried = carriedCount === 0 ? "" : `, carried by others in ${carriedCount}`;
    const read = readShare(trace, step)?.at(position);
    const reading = read === undefined ? "" : `, read by ${Math.round(read * lives.headCount)}`;
    return `${word}: seen by ${seenCount} of ${lives.headCount} heads${carried}${reading}`;
  }
  const window = windowOfHead(trace.header, subject);
  const lastInWindow = lastStepInWindow(trace, subject, position);
  if (window !== null) {
    const since = lastInWindow < 0 ? "" : ` since step ${lastInWindow + 1}`;
    return step <= lastInWindow ? `${word}: visible` : `${word}: outside this layer’s window of ${window}${since}`;
  }
  const lastSeen = lastSeenByAny(lives, position);
  const seen = isUnread(trace, subject, step, position) ? "held, unread" : "visible";
  if (step < lastSeen) return `${word}: ${seen}`;
  if (step === lastSeen) {
    const isMerged = tokenFate(trace, subject, position, step).type === "carried";
    return `${word}: ${seen}, ${isMerged ? "merged" : "evicted"} by the event of this step`;
  }
  // What an event of the step itself did is felt by the next.
  const fate = tokenFate(trace, subject, position, step - 1);
  if (fate.type === "carried") {
    return `${word}: carried by “${tokenLabel(tokenText(trace, fate.by))}” (${fate.by}) since step ${lastSeen}`;
  }
  if (fate.type === "dropped" && fate.step > lastSeen) {
    return `${word}: merged at step ${lastSeen}, dropped with its carrier at step ${fate.step}`;
  }
  const isLagging = step <= lastSeen + lagSteps(trace);
  return `${word}: evicted at step ${lastSeen}${isLagging ? "; the training mask still shows it" : ""}`;
}

function isUnread(trace: Trace, head: number, step: number, position: number): boolean {
  const slot = positionToSlot(cacheSeenByStep(trace, step), head, position);
  return readMarks(trace, step, head)?.[slot] === 0;
}

/** One row per position in sight, with its interval of visibility. */
export function maskTable(
  trace: Trace,
  step: number,
  subject: number | null,
  shown: { readonly window: ZoomWindow; readonly subjectLabel: string },
): FigureTable {
  const lives = maskLives(trace, subject);
  const times = lifetimes(trace);
  const lag = lagSteps(trace);
  const merges = hasMerges(trace);
  const first = Math.floor(shown.window.x0);
  const end = Math.min(trace.header.promptTokens.length + step, Math.ceil(shown.window.x1));
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, at) => {
    const position = first + at;
    const writtenAt = times.writtenStep(position);
    const seenSteps = meanSteps(lives, position, (lastSeen) => Math.min(lastSeen, step) - writtenAt + 1);
    const trainingSteps = meanSteps(lives, position, (lastSeen) => Math.min(lastSeen + lag, step) - writtenAt + 1);
    const carriedSteps = meanCarried(lives, position, step);
    const cutStep = lastSeenByAny(lives, position);
    return [
      position,
      tokenText(trace, position),
      writtenAt,
      cutStep <= step ? cutStep : null,
      seenSteps,
      ...(merges ? [carriedSteps] : []),
      trainingSteps,
    ];
  });
  const isMean = subject === null;
  const isWindowed = subject !== null && windowOfHead(trace.header, subject) !== null;
  const goneColumn = isMean
    ? "evicted by the last head at step"
    : isWindowed
      ? "last in its layer’s window at step"
      : "evicted at step";
  const mean = isMean ? ", mean over heads" : "";
  return {
    caption: `Visibility of each position in sight, ${shown.subjectLabel}, over steps 0 to ${step}`,
    columns: [
      "position",
      "token",
      "written at step",
      goneColumn,
      `seen by (steps${mean})`,
      ...(merges ? [`carried by others for (steps${mean})`] : []),
      `seen in the training mask by (steps${mean})`,
    ],
    rows,
  };
}

/** Mean over heads of a number of steps that follows from the last step that saw the position. */
function meanSteps(lives: MaskLives, position: number, stepsOf: (lastSeen: number) => number): number {
  const sum = entriesOf(lives, position).reduce((total, { lastSeen, heads }) => total + heads * stepsOf(lastSeen), 0);
  return sum / lives.headCount;
}
