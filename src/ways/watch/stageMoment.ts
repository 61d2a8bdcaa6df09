// What the parts of the stage take from the clock: the phase to draw, the budget, and the places in use. Pure.
import type { Focus } from "../../panels/focus";
import { focusHead } from "../../panels/focus";
import { budgetInForce } from "../../policy/budget";
import { beatAt, beatProgress, type DecisionBeats } from "../../trace/decisionBeats";
import { headBudget } from "../../trace/headBudgets";
import { lastEventAtStep, lengthsAfterStep, lengthsSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { LINE_SHARE } from "./decision";

/** For readers who asked for less motion, each beat is shown at its end. */
export function shownPhase(beats: DecisionBeats, phase: number, isMotionWelcome: boolean): number {
  if (isMotionWelcome || phase >= 1) return phase;
  const { to } = beatAt(beats, phase);
  return to === beats.list[beats.list.length - 1].to ? 1 : to;
}

/**
 * Places that a head has, or all heads on average ("mean"); null where nothing will be evicted any more. In ratio mode: those
 * of the last event, and before the first those that the text so far would give.
 */
export function budgetOf(trace: Trace, step: number, head: number | "mean"): number | null {
  const { parameters, policyId, promptTokens } = trace.header;
  const { budgetSlots, budgetMode, compressRatio, schedule } = parameters;
  if (policyId === "fullCache" || typeof budgetSlots !== "number") return null;
  // The only event falls after the prompt.
  if (schedule === "once" && step > 0) return null;
  const own = head === "mean" ? null : headBudget(trace, step, head);
  if (own !== null) return own;
  if (budgetMode !== "ratio") return budgetSlots;
  const event = lastEventAtStep(trace, step);
  if (event !== null) return Math.round(event.budgetSlots);
  return budgetInForce({ budgetSlots, budgetMode, compressRatio: Number(compressRatio) }, promptTokens.length + step);
}

interface MemoryMoment {
  readonly step: number;
  readonly focus: Focus;
  readonly beats: DecisionBeats;
  readonly phase: number;
}

/** Places in use in the shown head, which empty as its words fall. */
export function memoryAt(trace: Trace, { step, focus, beats, phase }: MemoryMoment) {
  const head = focusHead(trace.header.model, focus);
  const [seen, after] = [lengthsSeenByStep(trace, step)[head], lengthsAfterStep(trace, step)[head]];
  const cut = beatProgress(beats, "cut", phase);
  const fallen = phase >= 1 ? 1 : Math.max(0, (cut - LINE_SHARE) / (1 - LINE_SHARE));
  const budget = budgetOf(trace, step, head);
  const interval = Number(trace.header.parameters.intervalSteps) || 16;
  const textLength = trace.header.promptTokens.length + trace.steps.length;
  return {
    used: seen + (after - seen) * fallen,
    most: budget === null ? textLength : Math.max(seen, budget + interval),
  };
}

/** Words that the shown head has taken in since the last decision. */
export function writtenSince(trace: Trace, step: number, focus: Focus): number {
  const event = lastEventAtStep(trace, step);
  if (event === null) return 0;
  const head = focusHead(trace.header.model, focus);
  return lengthsAfterStep(trace, step)[head] - lengthsAfterStep(trace, event.step)[head];
}
