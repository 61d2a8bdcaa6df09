// The part of the score card over frame streams: every way of compressing at caps near the card's budgets, on the same streams and
// questions, timed beside the full cache in one process; then fed the full cache's answers.

import process from "node:process";
import type { ScoreCardCell, ScoreCardFile } from "../../src/experiment/scoreCardFile";
import { ANSWER_TOKENS, encodeWords, isExpectedAnswer, QUESTION_SLOTS } from "../../src/engine/stream/streamWatch";
import { openStream } from "../../src/engine/stream/streamSession";
import { keptFrames, streamPolicies, streamPolicyIds, type StreamPolicyId } from "../../src/policy/streamChoices";
import { frameTokens } from "../../src/problems/stream/streamProblem";
import { streamLaneTable } from "../../src/settings/streamSettings";
import { findStreams, type AskedStream } from "../stream/askedStreams";
import { parseStreamOptions, type StreamEvalOptions } from "../stream/options";
import { createProgress } from "../eval/report";
import { resultKey } from "../eval/resultFile";
import { assert } from "../../src/lib/errors";
import type { OpenedModel } from "../openModel";
import { gridSeed } from "../table/grid";
import { cardShares } from "./plan";
import type { CardRun, ForcedRun, RunLog } from "./runLog";

type StreamChoices = StreamEvalOptions["choices"];
type StreamCells = Pick<ScoreCardFile, "stream" | "cells" | "refused">;

const streamFrames = 32;
const questionCount = 6;
/** Streams are drawn from seeds that no model here was trained on. */
const streamSeed = gridSeed;

interface PlannedCell {
  readonly policyId: StreamPolicyId;
  /** Null for the full cache. */
  readonly share: number | null;
  readonly choices: StreamChoices;
}

interface StreamRequest {
  readonly streamCount: number;
  readonly isFinishedOnly: boolean;
}

export async function streamCells(
  { streamCount, isFinishedOnly }: StreamRequest,
  { opened, log }: { readonly opened: OpenedModel; readonly log: RunLog },
): Promise<StreamCells> {
  const options = baseOptions(streamCount);
  const asked = await findStreams(options);
  const [full, ...others] = plannedCells(options.choices);
  const keyOf = (cell: PlannedCell, stream: AskedStream): string =>
    resultKey({ stream, choices: cell.choices, model: opened.summary.digest, what: "scorecard stream" });
  if (!isFinishedOnly) {
    const progress = createProgress(asked.length, "streams");
    for (const stream of asked) {
      await visitStream(opened, { stream, full, others }, { log, keyOf });
      progress.advance();
    }
    progress.finish();
  }
  const isDone = (stream: AskedStream): boolean =>
    [full, ...others].every((cell) => log.forced.has(keyOf(cell, stream)));
  const undone = asked.findIndex((stream) => !isDone(stream));
  const streams = undone < 0 ? asked : asked.slice(0, undone);
  if (streams.length === 0) return { stream: null, cells: [], refused: [] };
  const { id, digest, parameterCount } = opened.summary;
  return {
    stream: {
      model: { id, digest, parameterCount },
      ...{ frames: streamFrames, frameTokens, streamCount: streams.length, questionsEach: questionCount },
      questions: streams.flatMap(({ questions }, at) =>
        questions.map(({ type, question, answer }) => ({ seed: streamSeed + at, type, question, answer })),
      ),
    },
    cells: [full, ...others].flatMap((cell) => finishedCell(cell, { streams, log, keyOf })),
    refused: refusedCells(),
  };
}

function baseOptions(streamCount: number): StreamEvalOptions {
  const numbers = { count: streamCount, seed: streamSeed, frames: streamFrames, questions: questionCount };
  const options = parseStreamOptions(Object.entries(numbers).flatMap(([flag, value]) => [`--${flag}`, String(value)]));
  assert(options !== null, "options were given");
  return options;
}

/** The full cache first. */
function plannedCells(base: StreamChoices): PlannedCell[] {
  const capped = streamPolicyIds
    .filter((policyId) => policyId !== "full")
    .flatMap((policyId) =>
      runnableShares().map((share): PlannedCell => {
        const capFrames = capOf(share);
        const keepFrames = keptFrames(capFrames, streamLaneTable.keepShare.default);
        const numbers = { capFrames, keepFrames, blockFrames: capFrames - keepFrames };
        return { policyId, share, choices: { ...base, ...streamPolicies[policyId].choices, ...numbers } };
      }),
    );
  return [{ policyId: "full", share: null, choices: { ...base, ...streamPolicies.full.choices } }, ...capped];
}

/** |M| in whole frames. */
function capOf(share: number): number {
  return Math.round(share * streamFrames);
}

function runnableShares(): readonly number[] {
  return cardShares.filter((share) => capOf(share) >= 2);
}

function refusedCells(): ScoreCardFile["refused"] {
  const shares = cardShares.filter((share) => !runnableShares().includes(share));
  return streamPolicyIds
    .filter((policyId) => policyId !== "full")
    .flatMap((policyId) =>
      shares.map((budgetShare) => ({
        ...{ suite: "stream", unit: "slots" as const, columnId: policyId, label: streamPolicies[policyId].label },
        budgetShare,
        reason:
          `${Math.round(budgetShare * streamFrames * frameTokens)} slots of ${streamFrames * frameTokens}: a frame takes ` +
          `${frameTokens}, and |M| holds two frames or more`,
      })),
    );
}

interface Visit {
  readonly stream: AskedStream;
  readonly full: PlannedCell;
  readonly others: readonly PlannedCell[];
}

interface VisitLog {
  readonly log: RunLog;
  readonly keyOf: (cell: PlannedCell, stream: AskedStream) => string;
}

/** Does what the log does not have yet. */
async function visitStream(
  opened: OpenedModel,
  { stream, full, others }: Visit,
  { log, keyOf }: VisitLog,
): Promise<void> {
  const missing = [full, ...others].filter(
    (cell) => !log.runs.has(keyOf(cell, stream)) || !log.forced.has(keyOf(cell, stream)),
  );
  if (missing.length === 0) return;
  const original = await watched(opened, stream, { choices: full.choices, fed: null });
  for (const cell of missing) {
    const own = await watched(opened, stream, { choices: cell.choices, fed: original.answers });
    log.add(keyOf(cell, stream), { run: besideFull(stream, own, original, opened) });
    log.add(keyOf(cell, stream), { forced: own.forced });
  }
}

interface Watched {
  readonly answers: readonly (readonly number[])[]; // [question] of tokens
  readonly cpuMs: number;
  readonly heldBytes: number;
  readonly forced: ForcedRun;
}

interface WatchChoices {
  readonly choices: StreamChoices;
  /** Answers to be fed token by token, behind the own ones; their time does not count. [question] */
  readonly fed: Watched["answers"] | null;
}

async function watched(
  { loaded, backend }: OpenedModel,
  { words, questions }: AskedStream,
  { choices, fed }: WatchChoices,
): Promise<Watched> {
  const tokens = encodeWords(loaded.tokenizer, words);
  const asked = questions.map(({ question }) => encodeWords(loaded.tokenizer, question.split(" ")));
  const before = process.cpuUsage();
  const stream = await openStream(backend, {
    ...{ model: loaded, choices, systemTokens: tokens.subarray(0, 1), streamFrames, questionSlots: QUESTION_SLOTS },
    ...(choices.rule === "questionAttention" && { knownQuestion: asked[0] }),
  });
  try {
    while (stream.framesSeen < streamFrames) {
      const first = stream.framesSeen;
      const count = Math.min(choices.blockFrames, streamFrames - first);
      await stream.push(
        Array.from({ length: count }, (_, at) => {
          const from = 1 + (first + at) * frameTokens;
          return tokens.subarray(from, from + frameTokens);
        }),
      );
    }
    const answers: number[][] = [];
    for (const question of asked) answers.push((await stream.ask(question, ANSWER_TOKENS)).tokens);
    const { user, system } = process.cpuUsage(before);
    const heldBytes = stream.peakSlots * stream.session.memory.bytesPerSlot;
    const positions = (fed ?? []).map((answer) => answer.length);
    const agreed: number[] = [];
    for (const [at, answer] of (fed ?? []).entries()) agreed.push(await agreementWith(answer, asked[at]));
    return { answers, cpuMs: (user + system) / 1000, heldBytes, forced: { agreed, positions } };
  } finally {
    stream.dispose();
  }

  /** Tokens of an answer that are the most probable after the question and those before them. */
  async function agreementWith(answer: readonly number[], question: Int32Array): Promise<number> {
    let agreed = 0;
    for (const [place, token] of answer.entries()) {
      const fedSoFar = Int32Array.from([...question, ...answer.slice(0, place)]);
      const { tokens: next } = await stream.ask(fedSoFar, 1);
      if (next[0] === token) agreed++;
    }
    return agreed;
  }
}

function besideFull(stream: AskedStream, own: Watched, full: Watched, { loaded }: OpenedModel): CardRun {
  const { stopTokens } = loaded.config;
  const letters = stream.questions.map(({ answer }, at) => {
    const given = own.answers[at];
    if (!stopTokens.includes(given[given.length - 1])) return "u";
    return isExpectedAnswer({ model: loaded, tokenizer: loaded.tokenizer }, given, answer) ? "e" : "w";
  });
  const likeness = own.answers.map((answer, at) => (String(answer) === String(full.answers[at]) ? "t" : "o"));
  return {
    ...{ outcomes: letters.join(""), likeness: likeness.join("") },
    ...{ cpuMs: own.cpuMs, fullCpuMs: full.cpuMs, heldBytes: own.heldBytes, fullBytes: full.heldBytes },
  };
}

function finishedCell(
  cell: PlannedCell,
  { streams, log, keyOf }: VisitLog & { readonly streams: readonly AskedStream[] },
): ScoreCardCell[] {
  const runs = streams.map((stream) => log.runs.get(keyOf(cell, stream))).filter((run) => run !== undefined);
  const forced = streams.map((stream) => log.forced.get(keyOf(cell, stream))).filter((run) => run !== undefined);
  const { policyId, share, choices } = cell;
  const { capFrames, keepFrames, blockFrames } = choices;
  const isFull = share === null || capFrames === null;
  return [
    {
      ...{ suite: "stream", unit: "slots", columnId: policyId, label: streamPolicies[policyId].label, policyId },
      ...{ budgetShare: share, budgetSlots: isFull ? null : 1 + capFrames * frameTokens },
      choices: isFull ? {} : { capFrames, keepFrames, blockFrames },
      outcomes: runs.map(({ outcomes }) => outcomes).join(""),
      likeness: runs.map(({ likeness }) => likeness).join(""),
      agreed: forced.flatMap(({ agreed }) => agreed),
      positions: forced.flatMap(({ positions }) => positions),
      cpuMs: runs.map(({ cpuMs }) => Math.round(cpuMs)),
      fullCpuMs: runs.map(({ fullCpuMs }) => Math.round(fullCpuMs)),
      heldBytes: runs.map(({ heldBytes }) => heldBytes),
      fullBytes: runs.map(({ fullBytes }) => fullBytes),
    },
  ];
}
