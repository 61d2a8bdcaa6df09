// The two tokens between which the cut fell in the focused head at the last event: those most worth looking at. Pure.
import { lastEventAtStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { focusHead, type Focus } from "../focus";
import { readCandidates } from "../score/candidates";

export interface ClosestCall {
  readonly step: number;
  readonly keptPosition: number;
  readonly gonePosition: number;
  readonly margin: number;
}

/** Null where no event has taken place, or none of its scores decided. */
export function closestCall(trace: Trace, step: number, focus: Focus): ClosestCall | null {
  const event = lastEventAtStep(trace, step);
  if (event === null) return null;
  const { ranked, keptCount, margin } = readCandidates(trace, event, focusHead(trace.header.model, focus));
  const [kept, gone] = [ranked.at(keptCount - 1), ranked.at(keptCount)];
  if (keptCount === 0 || kept === undefined || gone === undefined || !Number.isFinite(kept.total)) return null;
  return { step: event.step, keptPosition: kept.position, gonePosition: gone.position, margin };
}
