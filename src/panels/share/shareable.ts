// Which runs a link of the present settings can vouch for, and why it cannot where it does not.
import { settingsOfLanes } from "../../settings/lanes";
import type { PageState } from "../../state/pageStore";
import { problemOf } from "../../state/problem";
import { recipeOrNull } from "../../state/recipe";
import type { Trace } from "../../trace/trace";
import { areRunsOf } from "../header/runSummary";

export interface Shareable {
  /** Runs of these very settings; empty where there are none. [lane] */
  readonly traces: readonly Trace[];
  /** Why a run is not vouched for, in plain words; null where all are. */
  readonly gap: string | null;
}

type Facts = Pick<PageState, "choices" | "comparison" | "lanes" | "isContinued">;

export function shareableRuns({ choices, comparison, lanes, isContinued }: Facts): Shareable {
  if (lanes.length === 0) return without("No run is on screen: run these settings to their end first.");
  const inForce = settingsOfLanes(choices, comparison);
  const [{ settings }] = inForce;
  const problem = problemOf(settings.problem);
  const recipes = inForce.map((of) => recipeOrNull(of.settings, problem));
  if (!areRunsOf(recipes, settings.model, lanes)) {
    return without("The run on screen is not one of these settings: run them to their end first.");
  }
  if (isContinued) {
    return without("The run was continued beyond its end, which no settings say: run it anew to vouch for it.");
  }
  const traces = lanes.map(({ trace }) => trace);
  const open = traces.flatMap(({ end }, lane) => (end === "stopToken" || end === "length" ? [] : [lane + 1]));
  if (open.length === 0) return { traces, gap: null };
  const which = traces.length === 1 ? "The run" : `Lane ${open.join(" and ")}`;
  return { traces, gap: `${which} has not come to its end: run it to its end first.` };
}

function without(gap: string): Shareable {
  return { traces: [], gap };
}
