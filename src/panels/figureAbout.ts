// What a figure belongs to: policy with its numbers, problem, model and step. Pictures say it below, files in columns.
import type { FigureAbout } from "../ui/figure/figureTable";
import type { Problem } from "../problems/problem";
import type { LaneRun } from "../state/shownRuns";
import type { Trace } from "../trace/trace";
import { runParameters } from "./header/runSummary";

interface FigurePlace {
  readonly trace: Trace;
  readonly step: number;
  readonly lanes: readonly LaneRun[];
  readonly shownStep: number;
  /** Null for a text of the user's own. */
  readonly problem: Problem | null;
}

/** `isOfAllLanes`: the figure compares lanes, and its rows say which lane they are about. */
export function figureAbout(
  { trace, step, lanes, problem, shownStep }: FigurePlace,
  isOfAllLanes: boolean,
): FigureAbout {
  const { model, parameters, policyId } = trace.header;
  const asked = problem?.id ?? "own text";
  const policies = isOfAllLanes
    ? lanes.map((lane, place) => `lane ${place + 1} ${runParameters(lane.trace.header)}`)
    : [runParameters(trace.header)];
  return {
    words: ["Winnow", ...policies, asked, model.label, `step ${isOfAllLanes ? shownStep : step}`].join(" · "),
    columns: {
      ...(!isOfAllLanes && {
        policy: runParameters(trace.header),
        "budget (slots)": policyId === "fullCache" ? null : Number(parameters.budgetSlots),
        ...(parameters.budgetMode === "bytes" && { "budget (bytes)": Number(parameters.budgetBytes) }),
        "shown step": step,
      }),
      problem: asked,
      model: model.id,
    },
  };
}
