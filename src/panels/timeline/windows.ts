// Whose queries an observation window sees. The window of an event at step t holds the w newest queries, those of
// steps t − w + 1 … t; the steps between an event and the next window have no vote: no window sees them. Pure.
//
//     event        event                event
//       │            │                    │
//   ────┴──blind──[w]┴──no vote──[  w  ]┴── not known yet, or blind once the run has ended

import type { ScaleLinear } from "d3";
import type { StepRange } from "../../state/timeAxis";
import { formulaTerms } from "../../policy/formula";
import type { EvictionEvent, Trace } from "../../trace/trace";

export type Sight = "seen" | "blind" | "open";

export interface Stretch extends StepRange {
  /** Open: the run goes on, and whether a window will see these steps is not known yet. */
  readonly sight: Sight;
  /** Step of the event whose window sees them; null for none. */
  readonly eventStep: number | null;
}

/** Whether the policy of a run votes by an observation window, as far as is known. A light run file has no terms: its formula says. */
function hasWindows({ header: { formula }, events, end }: Trace): boolean {
  if (formula !== null && !formulaTerms(formula).includes("windowAttention")) return false;
  if (events.length === 0) return end === null;
  return formula !== null || "windowAttention" in events[0].terms;
}

/** The first `stepCount` steps in stretches of one kind, in order; none if the policy has no windows. */
export function stretches(trace: Trace, stepCount: number): readonly Stretch[] {
  if (!hasWindows(trace)) return [];
  const found: Stretch[] = [];
  const add = (to: number, sight: Sight, eventStep: number | null = null): void => {
    const from = (found.at(-1)?.to ?? -1) + 1;
    const last = Math.min(to, stepCount - 1);
    if (last >= from) found.push({ from, to: last, sight, eventStep });
  };
  const events = trace.events.filter(({ step }) => step < stepCount);
  for (const { step, windowSlots } of events) {
    add(step - windowSlots, "blind");
    add(step, "seen", step);
  }
  if (trace.end === null) add(lastSurelyBlind(trace, events.at(-1)), "blind");
  add(stepCount - 1, trace.end === null ? "open" : "blind");
  return found;
}

/** The stretch that a step belongs to. */
export function stretchOf(all: readonly Stretch[], step: number): Stretch | null {
  let low = 0;
  let high = all.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { from, to } = all[middle];
    if (step < from) high = middle - 1;
    else if (step > to) low = middle + 1;
    else return all[middle];
  }
  return null;
}

export function blindCount(all: readonly Stretch[]): number {
  return all.reduce((sum, { from, to, sight }) => sum + (sight === "blind" ? to - from + 1 : 0), 0);
}

/** The last step before the next window of a run that goes on; nothing is certain before its first event. */
function lastSurelyBlind({ header }: Trace, event: EvictionEvent | undefined): number {
  const { intervalSteps, schedule } = header.parameters;
  if (event !== undefined && schedule === "once") return Infinity;
  if (event === undefined || typeof intervalSteps !== "number") return -1;
  return event.step + intervalSteps - event.windowSlots;
}

export interface Band {
  readonly x: number;
  readonly width: number;
}

/** From half a step before a range to half a step after it, as far as it is in sight. */
export function bandIn(visible: StepRange, x: ScaleLinear<number, number>): (range: StepRange) => Band | null {
  return ({ from, to }) => {
    const [start, end] = [Math.max(visible.from, from - 0.5), Math.min(visible.to, to + 0.5)];
    return end <= start ? null : { x: x(start), width: Math.max(1, x(end) - x(start)) };
  };
}

export function bands(all: readonly Stretch[], sight: Sight, band: (range: StepRange) => Band | null): readonly Band[] {
  return all.flatMap((stretch) => (stretch.sight === sight ? (band(stretch) ?? []) : []));
}
