// Checks a stored preset: its link opens without complaint, its run matches its proofs, every lane answers as claimed, and
// the token is evicted when the preset says so. Every mismatch is listed in plain words.

import { headOf } from "../../src/cache/headRows";
import { givenAnswer, judgeAnswer } from "../../src/problems/judge";
import type { DecodedLink } from "../../src/settings/linkContent";
import type { Preset, PresetLane, PresetLoss, PresetShare } from "../../src/settings/presets";
import { parseMoment } from "../../src/state/moment";
import { readLink } from "../../src/state/sharedLink";
import { generatedText } from "../../src/trace/figures";
import { checkProof } from "../../src/trace/proof/proofCheck";
import { parseProof } from "../../src/trace/proof/proofText";
import { lifetimes } from "../../src/trace/replay";
import type { Trace } from "../../src/trace/trace";
import { verdictWords } from "../../src/trace/proof/verdictWords";
import type { OpenedModel } from "../openModel";
import { blendOf } from "./findLoss";
import { linkProblem, replayLink } from "./presetLink";
import type { ResultTable } from "../../src/experiment/resultTable";
import { settingsInForce } from "../../src/settings/inForce";
import { settingsOfLanes } from "../../src/settings/lanes";
import { decodeLink } from "../../src/settings/link";
import { tokensOf } from "../../src/problems/problem";
import type { LaneQuestion } from "./laneOutcomes";
import { tableCell } from "./laneOutcomes";
import { presetPlans } from "./plans";

/** Empty if the preset holds. */
export async function checkPreset(preset: Preset, player: OpenedModel): Promise<string[]> {
  const link = await readLink(preset.link);
  return checkRun(preset, link, await replayLink(player, link));
}

/** `traces`: what running the link gave, a trace for each lane. */
export function checkRun(preset: Preset, link: DecodedLink, traces: readonly Trace[]): string[] {
  const { lanes, loss } = preset;
  const { moment, complaints } = parseMoment(link.moment);
  const opening = [...link.complaints, ...complaints].map((complaint) => `its link: ${complaint}`);
  if (traces.length !== lanes.length || link.proofs.length !== traces.length) {
    return [...opening, `${lanes.length} lanes, ${traces.length} in its link, ${link.proofs.length} proofs`];
  }
  const isThere =
    moment?.step === loss.lostAtStep &&
    moment.layer === loss.layer &&
    moment.kvHead === loss.kvHead &&
    moment.pinnedPosition === loss.position;
  const { answer } = linkProblem(link);
  return [
    ...opening,
    ...(isThere ? [] : ["its link does not open where the token is evicted"]),
    ...traces.flatMap((trace, lane) => proofComplaints(link.proofs[lane], trace).map(inLane(lane))),
    ...traces.flatMap((trace, lane) => answerComplaints(lanes[lane], trace, answer).map(inLane(lane))),
    ...lossComplaints(loss, traces),
  ];
}

/** How a lane of a run answered: the part of a preset's lane that comes from its run. */
export function laneAnswer(trace: Trace, expected: string): Pick<PresetLane, "answer" | "given" | "tokenCount"> {
  const text = generatedText(trace, trace.steps.length - 1);
  return { answer: judgeAnswer(text, expected), given: givenAnswer(text), tokenCount: trace.steps.length };
}

function proofComplaints(text: string, trace: Trace): string[] {
  const proof = parseProof(text);
  if (proof === null) return ["its proof cannot be read"];
  const verdict = checkProof(proof, trace);
  return verdict.type === "reproduced" ? [] : [verdictWords(verdict)];
}

function answerComplaints(claimed: PresetLane, trace: Trace, expected: string): string[] {
  const found = laneAnswer(trace, expected);
  return (["answer", "given", "tokenCount"] as const).flatMap((name) =>
    found[name] === claimed[name]
      ? []
      : [`${name} is ${String(found[name])}, but the claim is ${String(claimed[name])}`],
  );
}

function lossComplaints(loss: PresetLoss, traces: readonly Trace[]): string[] {
  const { layer, kvHead, position, neededAtStep, lostAtStep } = loss;
  const [loser, keeper] = [traces[loss.lane], traces[loss.keeper]];
  if (loser === undefined || keeper === undefined) return ["it names lanes that it does not have"];
  const goneAt = (trace: Trace): number => lifetimes(trace).evictedStep(layer, kvHead, position);
  const writes = (trace: Trace): string | undefined => trace.steps[neededAtStep]?.text.trim();
  return [
    ...(loss.blend === undefined ? evictionComplaints(loss, goneAt(loser)) : blendComplaints(loss, loser, keeper)),
    ...(lostAtStep < neededAtStep ? [] : ["the token is lost after it was needed"]),
    ...(goneAt(keeper) >= neededAtStep ? [] : [`lane ${loss.keeper + 1} had evicted the token too`]),
    ...(writes(loser) === loss.written ? [] : [`“${writes(loser) ?? ""}” is written, not “${loss.written}”`]),
    ...(writes(keeper) === loss.expected ? [] : [`lane ${loss.keeper + 1} does not write “${loss.expected}”`]),
    ...(loss.written === loss.expected ? ["both lanes write the same"] : []),
  ];
}

function evictionComplaints({ lostAtStep }: PresetLoss, goneAt: number): string[] {
  return goneAt === lostAtStep ? [] : [`the token is evicted at step ${goneAt}, not ${lostAtStep}`];
}

function blendComplaints(loss: PresetLoss, loser: Trace, keeper: Trace): string[] {
  const { layer, kvHead, position, blend, lostAtStep, neededAtStep } = loss;
  const head = headOf(loser.header.model, layer, kvHead);
  const found = JSON.stringify(blendOf(loser, keeper, { head, position, step: neededAtStep }));
  const claimed = JSON.stringify({ lostAtStep, blend });
  return found === claimed ? [] : [`what is merged into the token is ${found}, not ${claimed}`];
}

function inLane(lane: number): (complaint: string) => string {
  return (complaint) => `lane ${lane + 1}: ${complaint}`;
}

/** Empty if the preset holds. */
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
