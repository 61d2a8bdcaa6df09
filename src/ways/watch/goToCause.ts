// Brings a mistake on screen, in any view: its step, the head that should have read the fact, and the fact pinned.
import { kvHeadOf, layerOf } from "../../cache/headRows";
import type { PageStore } from "../../state/pageStore";
import type { LaneRun } from "../../state/shownRuns";
import type { Trace } from "../../trace/trace";
import { causeOf, causePlace, type Cause } from "./cause";

export function goToCause(store: PageStore, trace: Trace, cause: Cause): void {
  const { step, head, position } = causePlace(cause);
  const { moveTo, focusOn } = store.getState();
  const { model } = trace.header;
  moveTo(step);
  if (head !== null) focusOn(layerOf(model, head), kvHeadOf(model, head));
  pinPosition(store, position ?? step + trace.header.promptTokens.length);
}

/** The mistake at a position: with its cause if that can be told, else the wrong word itself. */
export function goToMistake(store: PageStore, { trace, stepCount }: LaneRun, position: number): void {
  const { problem, fullCacheRun } = store.getState();
  const cause = causeOf(trace, stepCount - 1, problem, fullCacheRun);
  if (cause !== null) {
    goToCause(store, trace, cause);
    return;
  }
  store.getState().moveTo(position - trace.header.promptTokens.length);
  pinPosition(store, position);
}

/** `pin` unpins what is pinned already. */
function pinPosition(store: PageStore, position: number): void {
  const { pin, pinnedPosition } = store.getState();
  if (position !== pinnedPosition) pin(position);
}
