// Takes the page to where a replay differs: its lane, its step, the head, and the token that it is about.
import type { PageStore } from "../../state/pageStore";
import type { ReplayPlace } from "./replayWords";

export function goToPlace(store: PageStore, { lane, step, focus, pinned }: ReplayPlace): void {
  const { showLane, moveTo, focusOn, pin, lanes } = store.getState();
  const trace = lanes.at(lane)?.trace;
  if (trace === undefined) return;
  showLane(lane);
  moveTo(step);
  if (focus !== null) focusOn(focus.layer, focus.kvHead);
  const position = pinned === "chosen" ? trace.header.promptTokens.length + step : pinned;
  // A second pin of the same token would let it go.
  if (position !== null && position !== store.getState().pinnedPosition) pin(position);
}
