// Whether the counts of a stored preset stand in the table, and its sentences say what its data say. Nothing is run.

import type { ResultTable } from "../../src/experiment/resultTable";
import type { Preset, PresetShare } from "../../src/settings/presets";
import { settingsInForce } from "../../src/settings/inForce";
import { settingsOfLanes } from "../../src/settings/lanes";
import { decodeLink } from "../../src/settings/link";
import { tokensOf } from "../../src/problems/problem";
import type { LaneQuestion } from "./laneOutcomes";
import { tableCell } from "./laneOutcomes";
import { presetPlans } from "./plans";
import { linkProblem } from "./replayLink";

/** Empty for a preset that holds. */
export function checkCounts(preset: Preset, table: ResultTable): string[] {
  const plan = presetPlans.find(({ id }) => id === preset.id);
  if (plan === undefined) return ["it has no plan"];
  const link = decodeLink(preset.link);
  const problem = linkProblem(link);
  const facts = { ...preset, problem, promptCount: tokensOf(problem.prompt).length };
  const [sees, matters] = plan.sentences(facts);
  const questions: LaneQuestion[] = [
    ...settingsOfLanes(link.choices, link.comparison).map(({ settings }) => ({ family: problem.family, settings })),
    ...(plan.besides ?? []).map(({ family, choices }) => ({ family, settings: settingsInForce(choices).settings })),
  ];
  const shares: readonly PresetShare[] = [...preset.lanes, ...preset.besides];
  return [
    ...(sees === preset.sees && matters === preset.matters ? [] : ["its sentences do not say what its data say"]),
    ...(shares.length === questions.length ? [] : [`${shares.length} counts for ${questions.length} settings`]),
    ...questions.flatMap((question, place) => countComplaints(shares[place], question, table)),
  ];
}

function countComplaints(share: PresetShare | undefined, question: LaneQuestion, table: ResultTable): string[] {
  if (share === undefined) return [];
  const cell = tableCell(table, question);
  const source = cell === null ? "search" : "table";
  if (share.source !== source) return [`a count is from the ${share.source}, expected from the ${source}`];
  if (cell === null || (cell.rightCount === share.rightCount && cell.count === share.problemCount)) return [];
  return [`the table counts ${cell.rightCount} of ${cell.count}, not ${share.rightCount} of ${share.problemCount}`];
}
