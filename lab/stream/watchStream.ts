// One stream watched under a policy: its frames arrive in blocks, its questions are asked at their moments and judged.
import process from "node:process";
import { InputError } from "../../src/lib/errors";
import { openStream, type StreamChoices } from "../../src/engine/stream/streamSession";
import { judgeAnswer } from "../../src/problems/stream/watch";
import type { Tokenizer } from "../../src/model/tokenizer";
import type { OpenedModel } from "../openModel";
import type { AskedStream } from "./askedStreams";

export interface JudgedQuestion {
  readonly type: string;
  readonly isRight: boolean;
  /** As written, the stop token included. */
  readonly answerTokens: readonly number[];
  /** Of the tokens of another answer, fed one by one, how many were the most probable; absent where none was fed. */
  readonly agreed?: number;
  /** What is needed was last seen |M| frames ago or more; false where nobody knows. */
  readonly isGone: boolean;
}

export interface WatchedStream {
  readonly id: string;
  readonly questions: readonly JudgedQuestion[];
  readonly peakSlots: number;
  readonly slotCapacity: number;
  readonly compressions: number;
  readonly tokens: number;
  readonly watchedMs: number;
  /** CPU time of the process for frames, compressions and answers, and the most bytes of keys and values in use. */
  readonly cpuMs: number;
  readonly heldBytes: number;
}

/** Words that an answer may take, end token included, and one to see that it goes on. */
const ANSWER_TOKENS = 5;
const QUESTION_SLOTS = 24;

export async function watchStream(
  { loaded, backend }: OpenedModel,
  { id, words, questions }: AskedStream,
  choices: StreamChoices,
  /** To be fed after the own answers; their time does not count. [question] */
  fedAnswers?: readonly (readonly number[])[],
): Promise<WatchedStream> {
  const { tokenizer } = loaded;
  const { frameTokens, blockFrames, capFrames } = choices;
  const tokens = encodeWords(tokenizer, words);
  const frameCount = (tokens.length - 1) / frameTokens;
  if (!Number.isInteger(frameCount)) throw new InputError(`${id}: ${tokens.length} words are no whole frames`);
  const asked = questions.map((question) => encodeWords(tokenizer, question.question.split(" ")));
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  let fedCpuMs = 0;
  const stream = await openStream(backend, {
    ...{ model: loaded, choices, systemTokens: tokens.subarray(0, 1), streamFrames: frameCount },
    questionSlots: QUESTION_SLOTS,
    ...(choices.rule === "questionAttention" && { knownQuestion: asked[0] }),
  });
  let compressions = 0;
  const watchUntil = async (moment: number): Promise<void> => {
    while (stream.framesSeen < moment) {
      const first = stream.framesSeen;
      const end = Math.min(moment, first + blockFrames);
      const frames = Array.from({ length: end - first }, (_, at) => {
        const from = 1 + (first + at) * frameTokens;
        return tokens.subarray(from, from + frameTokens);
      });
      if ((await stream.push(frames)) !== null) compressions++;
    }
  };
  /** Each token after the question and those before it. */
  const feed = async (at: number): Promise<number> => {
    const before = process.cpuUsage();
    let agreed = 0;
    for (const [place, token] of (fedAnswers?.[at] ?? []).entries()) {
      const fed = Int32Array.from([...asked[at], ...(fedAnswers?.[at] ?? []).slice(0, place)]);
      const written = await stream.ask(fed, 1);
      if (written.tokens[0] === token) agreed++;
    }
    fedCpuMs += cpuMsSince(before);
    return agreed;
  };
  try {
    const judged: JudgedQuestion[] = [];
    for (const [at, { type, answer, moment, lastShown }] of questions.entries()) {
      const seen = moment ?? frameCount;
      await watchUntil(seen);
      const written = await stream.ask(asked[at], ANSWER_TOKENS);
      const { isRight } = judgeAnswer(
        answer,
        written.tokens.map((token) => tokenizer.tokenText(token).trim()),
      );
      const isGone = capFrames !== null && lastShown !== null && lastShown >= 0 && seen - lastShown > capFrames;
      const agreed = fedAnswers === undefined ? {} : { agreed: await feed(at) };
      judged.push({ type, isRight, isGone, answerTokens: written.tokens, ...agreed });
    }
    await watchUntil(frameCount);
    const { peakSlots, slotCapacity } = stream;
    const watchedMs = performance.now() - startedMs;
    const cpuMs = cpuMsSince(startedCpu) - fedCpuMs;
    const heldBytes = peakSlots * stream.session.memory.bytesPerSlot;
    const spent = { tokens: tokens.length, watchedMs, cpuMs, heldBytes };
    return { id, questions: judged, peakSlots, slotCapacity, compressions, ...spent };
  } finally {
    stream.dispose();
  }
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** One token a word. */
function encodeWords(tokenizer: Tokenizer, words: readonly string[]): Int32Array {
  const tokens = tokenizer.encode(words.join(" "));
  const strange = words.find((word, at) => at >= tokens.length || tokenizer.tokenText(tokens[at]).trim() !== word);
  if (strange === undefined && tokens.length === words.length) return tokens;
  throw new InputError(
    `the model has no token for "${strange ?? words.join(" ")}": --model takes one that was trained on frame streams`,
  );
}
