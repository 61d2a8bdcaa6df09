// The mask as rows: one per position on show, with its interval of visibility.
import { lifetimes } from "../../trace/replay";
import type { FigureTable } from "../../ui/figure/figureTable";
import type { ZoomWindow } from "../../ui/zoom/zoomView";
import type { Trace } from "../../trace/trace";
import { tokenText } from "../tokenFacts";
import { lagSteps } from "./layout";
import { entriesOf, lastSeenByAny, maskLives, type MaskLives, type MaskSubject } from "./maskLives";

export function maskTable(
  trace: Trace,
  step: number,
  subject: MaskSubject,
  shown: { readonly window: ZoomWindow; readonly subjectLabel: string },
): FigureTable {
  const lives = maskLives(trace, subject);
  const times = lifetimes(trace);
  const lag = lagSteps(trace);
  const first = Math.floor(shown.window.x0);
  const end = Math.min(trace.header.promptTokens.length + step, Math.ceil(shown.window.x1));
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, at) => {
    const position = first + at;
    const born = times.bornStep(position);
    const seenSteps = meanSteps(lives, position, (lastSeen) => Math.min(lastSeen, step) - born + 1);
    const trainingSteps = meanSteps(lives, position, (lastSeen) => Math.min(lastSeen + lag, step) - born + 1);
    const cutStep = lastSeenByAny(lives, position);
    return [position, tokenText(trace, position), born, cutStep <= step ? cutStep : null, seenSteps, trainingSteps];
  });
  const isMean = subject === null;
  return {
    caption: `Visibility of each position on show, ${shown.subjectLabel}, over steps 0 to ${step}`,
    columns: [
      "position",
      "token",
      "written at step",
      isMean ? "cut by the last head at step" : "cut at step",
      `seen by (steps${isMean ? ", mean over heads" : ""})`,
      `seen in the training mask by (steps${isMean ? ", mean over heads" : ""})`,
    ],
    rows,
  };
}

/** Mean over heads of a number of steps that follows from the last step that saw the position. */
function meanSteps(lives: MaskLives, position: number, stepsOf: (lastSeen: number) => number): number {
  const sum = entriesOf(lives, position).reduce((total, { lastSeen, heads }) => total + heads * stepsOf(lastSeen), 0);
  return sum / lives.headCount;
}
