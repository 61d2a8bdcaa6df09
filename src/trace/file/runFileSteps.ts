// The steps of a run file as columns: what was generated, the attention of its query, the comparison with the full cache.

import {
  evenRows,
  headCountOf,
  headRows,
  offsetsOf,
  queryHeadLengths,
  rowCount,
  rowLengths,
  type HeadRows,
} from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import { within, type ColumnReader, type ColumnWriter } from "./columns";
import { readReads, writeReads } from "./runFileReads";
import type { HeadAttention, FullCacheComparison, ModelSummary, StepRecord, Trace } from "../trace";

/** The whole attention of a head, and room for the rounding of its sum. */
const LARGEST_SHARE = 1.001;

/** Every text in a trace, once, in order of first appearance. */
export function distinctTexts(trace: Trace): string[] {
  const texts = new Set(trace.header.promptTexts);
  for (const step of trace.steps) {
    texts.add(step.text);
    for (const text of step.candidateTexts) texts.add(text);
  }
  return [...texts];
}

export function writeSteps(columns: ColumnWriter, { header, steps }: Trace, texts: readonly string[]): void {
  const places = new Map(texts.map((text, place) => [text, place]));
  const placesOf = (some: readonly string[]): number[] => some.map((text) => places.get(text) ?? -1);
  for (const step of steps) checkStep(step);

  columns.put("prompt/tokens", "int32", [header.promptTokens]);
  columns.put("prompt/texts", "int32", [placesOf(header.promptTexts)]);
  columns.put("steps/tokens", "int32", [steps.map(({ token }) => token)]);
  if (steps.some(({ ownToken }) => ownToken !== undefined)) {
    columns.put("steps/ownTokens", "int32", [steps.map(({ token, ownToken = token }) => ownToken)]);
  }
  columns.put("steps/texts", "int32", [placesOf(steps.map(({ text }) => text))]);
  for (const name of ["logProbability", "entropy"] as const) {
    columns.put(`steps/${name}`, "float64", [steps.map((step) => step[name])]);
  }
  for (const name of ["computeMs", "eventMs", "readBackMs"] as const) {
    columns.put(`steps/${name}`, "float64", [steps.map(({ timings }) => timings[name])]);
  }
  columns.put("steps/candidateCounts", "int32", [steps.map(({ candidateTokens }) => candidateTokens.length)]);
  columns.put(
    "steps/candidateTokens",
    "int32",
    steps.map(({ candidateTokens }) => candidateTokens),
  );
  columns.put(
    "steps/candidateTexts",
    "int32",
    steps.map(({ candidateTexts }) => placesOf(candidateTexts)),
  );
  columns.put(
    "steps/candidateLogProbabilities",
    "float32",
    steps.map((step) => step.candidateLogProbabilities),
  );
  const tapped = steps.filter(({ attentionScale }) => attentionScale.length > 0);
  columns.put("steps/hasAttention", "uint8", [steps.map(({ attentionScale }) => Number(attentionScale.length > 0))]);
  if (tapped.length > 0) {
    const watched = tapped.map(({ attention }) =>
      Uint8Array.from(rowLengths(attention), (length) => Math.min(1, length)),
    );
    if (watched.some((heads) => heads.includes(0))) columns.put("steps/watchedHeads", "uint8", watched);
    columns.put(
      "steps/attentionScale",
      "float32",
      steps.map(({ attentionScale }) => attentionScale),
    );
    columns.put(
      "steps/attention",
      "uint8",
      steps.map(({ attention }) => attention.values),
    );
  }
  writeHeadAttention(columns, steps);
  writeReads(columns, steps);
  writeComparison(columns, steps);
}

function checkStep(step: StepRecord): void {
  const candidateCount = step.candidateTokens.length;
  assert(
    step.candidateTexts.length === candidateCount && step.candidateLogProbabilities.length === candidateCount,
    `step ${step.step} has ${candidateCount} candidates with fewer or more texts or probabilities`,
  );
  const { attention, attentionScale, lengths } = step;
  const rows = rowLengths(attention);
  const isOfSlots = rows.every((length, head) => length === 0 || length === lengths[head]);
  const isTapped = rows.length === lengths.length && isOfSlots && attentionScale.length === lengths.length;
  const isAbsent = attention.values.length === 0 && attentionScale.length === 0;
  assert(isTapped || isAbsent, `step ${step.step} has attention of another shape than its slots`);
}

function writeHeadAttention(columns: ColumnWriter, steps: readonly StepRecord[]): void {
  if (!steps.some(({ headAttention }) => headAttention !== undefined)) return;
  const rows = steps.map(({ step, headAttention, headAttentionScale, attention, attentionScale }) => {
    assert(
      headAttention !== undefined && headAttentionScale !== undefined,
      `step ${step} lacks the attention of its query heads, others have it`,
    );
    const isAbsent = headAttention.values.length === 0 && attentionScale.length + headAttentionScale.length === 0;
    const group = headAttentionScale.length / attentionScale.length;
    const isWhole =
      headAttentionScale.length === rowCount(headAttention) &&
      headAttention.values.length === group * attention.values.length;
    assert(isAbsent || isWhole, `step ${step} has attention of query heads of another shape than its slots`);
    return { headAttention, headAttentionScale };
  });
  columns.put(
    "steps/headAttentionScale",
    "float32",
    rows.map(({ headAttentionScale }) => headAttentionScale),
  );
  columns.put(
    "steps/headAttention",
    "uint8",
    rows.map(({ headAttention }) => headAttention.values),
  );
}

function writeComparison(columns: ColumnWriter, steps: readonly StepRecord[]): void {
  if (!steps.some(({ comparison }) => comparison !== undefined)) return;
  const records = steps.map(({ step, comparison, lengths }) => {
    assert(comparison !== undefined, `step ${step} was not compared with the full cache, others were`);
    const { length } = comparison.lostAttention;
    assert(length === lengths.length, `step ${step} has lost attention of ${length} heads, expected ${lengths.length}`);
    return comparison;
  });
  columns.put("loyalty/klNats", "float64", [records.map(({ klNats }) => klNats)]);
  columns.put("loyalty/isTopAgreed", "uint8", [records.map(({ isTopAgreed }) => Number(isTopAgreed))]);
  columns.put("loyalty/chosenRank", "int32", [records.map(({ chosenRank }) => chosenRank)]);
  columns.put(
    "loyalty/lostAttention",
    "float32",
    records.map(({ lostAttention }) => lostAttention),
  );
  columns.put(
    "loyalty/regret",
    "float32",
    records.map(({ regret }) => regret),
  );
}

export interface StepsRequest {
  readonly promptCount: number;
  readonly stepCount: number;
  readonly model: ModelSummary;
  readonly texts: readonly string[];
  /** What the events say of every step; asked for once the file is known to hold so many. [step] */
  readonly replay: () => readonly ReplayedStep[];
  readonly fileName: string;
}

export interface ReplayedStep {
  /** Slots that its query sees. [layer][kvHead] */
  readonly lengths: Int32Array;
  /** Positions that some head has evicted before. */
  readonly evictedCount: number;
}

export interface ReadSteps {
  readonly promptTokens: Int32Array;
  readonly promptTexts: readonly string[];
  readonly steps: readonly StepRecord[];
}

export function readSteps(columns: ColumnReader, request: StepsRequest): ReadSteps {
  const { promptCount, stepCount, model, texts } = request;
  const integers = (name: string, count: number, limit: number): Int32Array =>
    within(columns.take(name, "int32", count), 0, limit - 1, `${request.fileName}, ${name}`);
  const textsOf = (places: Int32Array): string[] => Array.from(places, (place) => texts[place]);
  const numbers = (name: string): Float64Array => columns.take(name, "float64", stepCount);

  const promptTokens = integers("prompt/tokens", promptCount, model.vocabularySize);
  const promptTexts = textsOf(integers("prompt/texts", promptCount, texts.length));
  const tokens = integers("steps/tokens", stepCount, model.vocabularySize);
  const ownTokens = columns.has("steps/ownTokens")
    ? integers("steps/ownTokens", stepCount, model.vocabularySize)
    : tokens;
  const stepTexts = textsOf(integers("steps/texts", stepCount, texts.length));
  const [logProbability, entropy] = [numbers("steps/logProbability"), numbers("steps/entropy")];
  const [computeMs, eventMs, readBackMs] = ["computeMs", "eventMs", "readBackMs"].map((name) =>
    numbers(`steps/${name}`),
  );
  const counts = integers("steps/candidateCounts", stepCount, model.vocabularySize + 1);
  const candidateTokens = cut(integers("steps/candidateTokens", sum(counts), model.vocabularySize), counts);
  const candidateTexts = cut(integers("steps/candidateTexts", sum(counts), texts.length), counts);
  const candidateLogProbabilities = columns.takeParts("steps/candidateLogProbabilities", "float32", [...counts]);
  const replayed = request.replay();
  const attention = readAttention(columns, request, replayed);
  const headAttention = readHeadAttention(columns, request, attention);
  const reads = readReads(columns, request.fileName, replayed);
  const comparison = readComparison(columns, request, replayed);
  const steps = Array.from(tokens, (token, step): StepRecord => ({
    step,
    token,
    ...(ownTokens[step] !== token && { ownToken: ownTokens[step] }),
    text: stepTexts[step],
    logProbability: logProbability[step],
    entropy: entropy[step],
    candidateTokens: candidateTokens[step],
    candidateTexts: textsOf(candidateTexts[step]),
    candidateLogProbabilities: candidateLogProbabilities[step],
    lengths: replayed[step].lengths,
    ...attention[step],
    ...headAttention?.[step],
    ...reads?.[step],
    timings: { computeMs: computeMs[step], eventMs: eventMs[step], readBackMs: readBackMs[step] },
    ...(comparison && { comparison: comparison[step] }),
  }));
  return { promptTokens, promptTexts, steps };
}

type KvAttention = Pick<StepRecord, "attention" | "attentionScale">;

function readAttention(
  columns: ColumnReader,
  { stepCount, fileName }: StepsRequest,
  replayed: readonly ReplayedStep[],
): readonly KvAttention[] {
  const name = "steps/hasAttention";
  const flags = within(columns.take(name, "uint8", stepCount), 0, 1, `${fileName}, ${name}`);
  const isAny = flags.includes(1);
  const scaleLengths = replayed.map(({ lengths }, step) => flags[step] * lengths.length);
  const scales = isAny ? columns.takeParts("steps/attentionScale", "float32", scaleLengths) : [];
  const watched = columns.has("steps/watchedHeads")
    ? columns.takeParts("steps/watchedHeads", "uint8", scaleLengths)
    : null;
  for (const heads of watched ?? []) within(heads, 0, 1, `${fileName}, steps/watchedHeads`);
  const offsets = replayed.map(({ lengths }, step) =>
    offsetsOf(watched === null ? lengths : lengths.map((length, head) => length * watched[step][head])),
  );
  const rowSizes = offsets.map((ofStep, step) => flags[step] * ofStep[ofStep.length - 1]);
  const rows = isAny ? columns.takeParts("steps/attention", "uint8", rowSizes) : [];
  return replayed.map(({ lengths }, step) =>
    flags[step] === 1
      ? {
          attention: headRows(rows[step], offsets[step]),
          attentionScale: within(scales[step], 0, LARGEST_SHARE, `${fileName}, steps/attentionScale`),
        }
      : { attention: evenRows(new Uint8Array(0), lengths.length), attentionScale: new Float32Array(0) },
  );
}

function readHeadAttention(
  columns: ColumnReader,
  { model, fileName }: StepsRequest,
  attention: readonly KvAttention[],
): readonly HeadAttention[] | null {
  if (!columns.has("steps/headAttention")) return null;
  const { headCount, kvHeadCount } = model;
  const group = headCount / kvHeadCount;
  if (!Number.isInteger(group)) {
    throw new InputError(`${fileName}: ${headCount} query heads do not share ${kvHeadCount} KV heads evenly`);
  }
  const scales = columns.takeParts(
    "steps/headAttentionScale",
    "float32",
    attention.map(({ attentionScale }) => group * attentionScale.length),
  );
  const rows = columns.takeParts(
    "steps/headAttention",
    "uint8",
    attention.map((ofGroups) => group * ofGroups.attention.values.length),
  );
  return attention.map((ofGroups, step): { headAttention: HeadRows<Uint8Array>; headAttentionScale: Float32Array } => ({
    headAttention: headRows(rows[step], offsetsOf(queryHeadLengths(rowLengths(ofGroups.attention), group))),
    headAttentionScale: within(scales[step], 0, LARGEST_SHARE, `${fileName}, steps/headAttentionScale`),
  }));
}

function readComparison(
  columns: ColumnReader,
  { stepCount, model, fileName }: StepsRequest,
  replayed: readonly ReplayedStep[],
): readonly FullCacheComparison[] | null {
  if (!columns.has("loyalty/klNats")) return null;
  const here = `${fileName}, loyalty`;
  const headCount = headCountOf(model);
  const klNats = within(columns.take("loyalty/klNats", "float64", stepCount), 0, Number.MAX_VALUE, here);
  const topFlags = within(columns.take("loyalty/isTopAgreed", "uint8", stepCount), 0, 1, here);
  const ranks = within(columns.take("loyalty/chosenRank", "int32", stepCount), 1, model.vocabularySize, here);
  const lost = columns.takeParts(
    "loyalty/lostAttention",
    "float32",
    replayed.map(() => headCount),
  );
  const regrets = columns.takeParts(
    "loyalty/regret",
    "float32",
    replayed.map(({ evictedCount }) => evictedCount),
  );
  return Array.from(klNats, (kl, step) => ({
    klNats: kl,
    isTopAgreed: topFlags[step] === 1,
    chosenRank: ranks[step],
    lostAttention: within(lost[step], 0, LARGEST_SHARE, here),
    regret: within(regrets[step], 0, LARGEST_SHARE * headCount, here),
  }));
}

function cut(column: Int32Array, lengths: Int32Array): Int32Array[] {
  let at = 0;
  return Array.from(lengths, (length) => column.slice(at, (at += length)));
}

function sum(values: Int32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
