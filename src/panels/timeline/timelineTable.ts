// What the timeline draws, as rows: one per step in sight.
import { meanLength } from "../../cache/headRows";
import type { FigureTable } from "../../ui/figure/figureTable";
import { eventAtStep, lengthsAfterStep, lengthsSeenByStep } from "../../trace/replay";
import { contains, rangeOnAxis } from "../../state/timeAxis";
import { answerSteps } from "./answer";
import type { TimelineScene } from "./scene";
import { stretches, stretchOf, type Stretch } from "./windows";

export function timelineTable(scene: TimelineScene): FigureTable {
  const { trace, stepCount, axisStepCount, marks, comparison } = scene;
  const { from, to } = rangeOnAxis(scene.visible, Math.max(axisStepCount, stepCount) - 1);
  const last = Math.min(to, stepCount - 1);
  const sights = stretches(trace, stepCount);
  const answer = answerSteps(trace, stepCount);
  const rows = Array.from({ length: Math.max(0, last - from + 1) }, (_, row) => {
    const step = from + row;
    return [
      step,
      trace.steps[step].text,
      meanLength(lengthsSeenByStep(trace, step)),
      meanLength(lengthsAfterStep(trace, step)),
      trace.header.promptTokens.length + step,
      eventAtStep(trace, step) === null ? "" : "event",
      sightText(stretchOf(sights, step)),
      answer !== null && contains(answer, step) ? "answer" : "",
      marks
        .filter((mark) => mark.step === step)
        .map(({ label }) => label)
        .join("; "),
      ...(comparison === null
        ? []
        : [step < comparison.kl.length && !Number.isNaN(comparison.kl[step]) ? comparison.kl[step] : null]),
    ];
  });
  return {
    caption: `Steps ${from} to ${last} of ${stepCount}: one row per decode step; slots per layer and KV head`,
    columns: [
      "step",
      "token generated",
      "slots seen",
      "slots after",
      "slots of a full cache",
      "event",
      "query in an observation window",
      "answer",
      "mark",
      ...(comparison === null ? [] : ["KL to the full cache (nats)"]),
    ],
    rows,
  };
}

/** Whether a window sees the query of a step, in words. */
export function sightText(stretch: Stretch | null): string {
  if (stretch === null) return "the policy has no window";
  if (stretch.sight === "seen") return `yes, at the event of step ${stretch.eventStep ?? ""}`;
  return stretch.sight === "blind" ? "no, between windows" : "not known yet";
}
