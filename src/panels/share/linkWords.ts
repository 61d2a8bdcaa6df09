// What a link carries, in words: settings, lanes, proofs, the moment; and which runs on screen it can vouch for.
import { capital } from "../../lib/capital";
import { counted } from "../../lib/counted";
import { settingsOfLanes, type LaneComparison } from "../../settings/lanes";
import { writtenValue } from "../../settings/settingRow";
import { settingIds, settingRow, type Choices } from "../../settings/settings";
import { withoutDefaults } from "../../settings/inForce";
import type { Trace } from "../../trace/trace";
import type { Moment } from "../../state/moment";
import { panelKinds } from "../panelKinds";
import type { PageState } from "../../state/pageStore";
import { linkProofOf } from "../../state/linkProof";
import { problemOf } from "../../state/problem";
import { recipeOrNull } from "../../state/recipe";
import { areRunsOf } from "../header/runSummary";
import { laneList } from "../lanes/laneRows";

export interface CarriedLine {
  readonly what: string;
  readonly words: string;
}

export interface CarriedContent {
  readonly choices: Choices;
  readonly comparison: LaneComparison;
  readonly shareable: Shareable;
  readonly isThinned: boolean;
  readonly moment: Moment | null;
}

export function carriedLines(content: CarriedContent): readonly CarriedLine[] {
  const { choices, comparison, shareable, isThinned, moment } = content;
  return [
    { what: "Settings", words: settingsWords(choices) },
    ...(comparison.others.length === 0 ? [] : [{ what: "Lanes", words: lanesWords(choices, comparison) }]),
    { what: "Proof", words: proofWords(shareable, isThinned) },
    ...(moment === null ? [] : [{ what: "Moment", words: momentWords(moment) }]),
  ];
}

function settingsWords(choices: Choices): string {
  const differing = withoutDefaults(choices);
  const words = settingIds.flatMap((id) => {
    const value = differing[id];
    return value === undefined ? [] : [`${settingRow(id).label} ${writtenValue(settingRow(id), value)}`];
  });
  if (words.length === 0) return "all at their defaults.";
  return `${words.join(", ")}; all others at their defaults.`;
}

function lanesWords(choices: Choices, comparison: LaneComparison): string {
  const inForce = settingsOfLanes(choices, comparison);
  const policies = inForce.map(({ settings }) => writtenValue(settingRow("policyId"), settings.policyId));
  const tokens = comparison.isForced ? "fed the tokens of the full cache" : "each with its own tokens";
  return `${policies.length}: ${policies.join(", ")}; ${tokens}.`;
}

function proofWords({ traces, gap }: Shareable, isThinned: boolean): string {
  const ended = traces.filter(({ end }) => end === "stopToken" || end === "length");
  const proven = ended.map(countedProof);
  const isFed = ended.some((trace) => linkProofOf(trace).type === "fed");
  const isSame = proven.every((words) => words === proven[0]);
  const parts = [
    ...(proven.length === 0
      ? ["none."]
      : [`${isSame && proven.length > 1 ? `${proven[0]} in each lane` : proven.join("; ")}.`]),
    ...(isFed ? [FED_WORDS] : []),
    ...(isThinned && isFed ? ["To keep the link short, it proves the survivors of several layers together."] : []),
    ...(isThinned && !isFed
      ? [
          "To keep the link short, it proves some steps and events in groups: a difference shows, its step only roughly.",
        ]
      : []),
    ...(gap === null ? [] : [gap]),
  ];
  return parts.join(" ");
}

const FED_WORDS =
  "Arithmetic differs between graphics adapters, so a replay is fed these tokens; it says whether the same survivors come out, " +
  "and names near ties.";

function countedProof(trace: Trace): string {
  const { steps, events } = trace;
  const proof = linkProofOf(trace);
  const cuts = proof.type === "fed" ? `, and the ${counted(proof.proof.cuts.length, "closest cut")}` : "";
  return `${counted(steps.length, "token")} and the survivors of ${counted(events.length, "event")}${cuts}`;
}

function momentWords({
  step,
  lane,
  layer,
  kvHead,
  pinnedPosition,
  visibleSteps,
  loopRange,
  arrangement,
  views,
}: Moment): string {
  const { hidden, maximised } = arrangement;
  const viewCount = Object.values(views).reduce((sum, choices) => sum + Object.keys(choices).length, 0);
  return `${[
    `step ${step}`,
    ...(lane === 0 ? [] : [`lane ${lane + 1}`]),
    `layer ${layer}, KV head ${kvHead}`,
    ...(pinnedPosition === null ? [] : [`the token at position ${pinnedPosition} pinned`]),
    ...(visibleSteps === null ? [] : [`the time axis from ${visibleSteps.from} to ${visibleSteps.to}`]),
    ...(loopRange === null ? [] : [`the loop from ${loopRange.from} to ${loopRange.to}`]),
    ...(maximised === null ? [] : [`${panelKinds[maximised].title} at full size`]),
    ...(hidden.length === 0 ? [] : [`${hidden.map((name) => panelKinds[name].title).join(", ")} hidden`]),
    ...(viewCount === 0 ? [] : [`${counted(viewCount, "choice")} of what panels show`]),
  ].join("; ")}.`;
}

export interface Shareable {
  /** Runs of exactly these settings, if any. [lane] */
  readonly traces: readonly Trace[];
  /** Why the link does not vouch for a run, in plain words; null if it vouches for all. */
  readonly gap: string | null;
}

type Facts = Pick<PageState, "choices" | "comparison" | "lanes" | "isContinued">;

/** Whether the runs on screen are those that these settings give. */
export function areRunsOfSettings({
  choices,
  comparison,
  lanes,
}: Pick<Facts, "choices" | "comparison" | "lanes">): boolean {
  const asked = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
  const problem = problemOf(asked[0].problem);
  const recipes = asked.map((settings) => recipeOrNull(settings, problem));
  return areRunsOf(recipes, asked, lanes);
}

export function shareableRuns({ choices, comparison, lanes, isContinued }: Facts): Shareable {
  if (lanes.length === 0) return without("There is no run on screen. Run these settings to the end first.");
  if (!areRunsOfSettings({ choices, comparison, lanes })) {
    return without("The run on screen has other settings. Run these to the end first.");
  }
  if (isContinued) {
    return without("The run was continued beyond its end, which no setting describes. Run it anew for a proof.");
  }
  const traces = lanes.map(({ trace }) => trace);
  const open = traces.flatMap(({ end }, lane) => (end === "stopToken" || end === "length" ? [] : [lane]));
  if (open.length === 0) return { traces, gap: null };
  const which = traces.length === 1 ? "The run" : capital(laneList(open));
  return {
    traces,
    gap: `${which} ${open.length === 1 ? "has not ended. Run it" : "have not ended. Run them"} to the end first.`,
  };
}

function without(gap: string): Shareable {
  return { traces: [], gap };
}
