// After the replay of a link: whether it came out as the link says, and a way to where it did not. Few visits begin with
// such a link, so its words are fetched only when there are verdicts.
import { LateNote, useLatePart } from "../../ui/latePart";
import type { ReplayReportProps } from "./ReplayReport";
import type { PageStore } from "../../state/pageStore";
import type { ReplayPlace } from "./replayWords";

const loadReport = async () => (await import("./ReplayReport")).ReplayReport;

interface ReplayVerdictProps extends Omit<ReplayReportProps, "onGoTo"> {
  readonly store: PageStore;
}

export function ReplayVerdict({ store, ...props }: ReplayVerdictProps) {
  const hasVerdict = props.verdicts.some((verdict) => verdict !== null);
  const { part: ReplayReport, failure } = useLatePart(hasVerdict, loadReport);
  if (!hasVerdict) return null;
  return ReplayReport === null ? (
    <LateNote failure={failure} />
  ) : (
    <ReplayReport {...props} onGoTo={(place) => goToPlace(store, place)} />
  );
}

/** Takes the page to where a replay differs: its lane, its step, the head, and the token that it is about. */
function goToPlace(store: PageStore, { lane, step, focus, pinned }: ReplayPlace): void {
  const { showLane, moveTo, focusOn, pin, lanes } = store.getState();
  const trace = lanes.at(lane)?.trace;
  if (trace === undefined) return;
  showLane(lane);
  moveTo(step);
  if (focus !== null) focusOn(focus.layer, focus.kvHead);
  const position = pinned === "chosen" ? trace.header.promptTokens.length + step : pinned;
  // A second pin of the same token would unpin it.
  if (position !== null && position !== store.getState().pinnedPosition) pin(position);
}
