// After the replay of a link: whether it came out as the link says, and a way to where it did not. Few visits begin with
// such a link, so that its words are fetched when there are verdicts.
import { LateNote, useLatePart } from "../../ui/latePart";
import type { ReplayVerdictProps } from "./ReplayReport";

const loadReport = async () => (await import("./ReplayReport")).ReplayReport;

export function ReplayVerdict(props: ReplayVerdictProps) {
  const hasVerdict = props.verdicts.some((verdict) => verdict !== null);
  const { part: ReplayReport, failure } = useLatePart(hasVerdict, loadReport);
  if (!hasVerdict) return null;
  return ReplayReport === null ? <LateNote failure={failure} /> : <ReplayReport {...props} />;
}
