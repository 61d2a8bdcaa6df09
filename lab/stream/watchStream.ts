// One stream watched under a policy: its frames arrive in blocks, its questions are asked at their moments and judged.
import { InputError } from "../../src/lib/errors";
import { openStream, type StreamChoices } from "../../src/engine/stream/streamSession";
import { judgeAnswer } from "../../src/problems/stream/watch";
import type { Tokenizer } from "../../src/model/tokenizer";
import type { OpenedModel } from "../openModel";
import type { AskedStream } from "./askedStreams";

export interface JudgedQuestion {
  readonly type: string;
  readonly isRight: boolean;
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
}

/** Words that an answer may take, end token included, and one to see that it goes on. */
const ANSWER_TOKENS = 5;
const QUESTION_SLOTS = 24;

export async function watchStream(
  { loaded, backend }: OpenedModel,
  { id, words, questions }: AskedStream,
  choices: StreamChoices,
): Promise<WatchedStream> {
  const { tokenizer } = loaded;
  const { frameTokens, blockFrames, capFrames } = choices;
  const tokens = encodeWords(tokenizer, words);
  const frameCount = (tokens.length - 1) / frameTokens;
  if (!Number.isInteger(frameCount)) throw new InputError(`${id}: ${tokens.length} words are no whole frames`);
  const asked = questions.map((question) => encodeWords(tokenizer, question.question.split(" ")));
  const startedMs = performance.now();
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
      judged.push({ type, isRight, isGone });
    }
    await watchUntil(frameCount);
    const { peakSlots, slotCapacity } = stream;
    const watchedMs = performance.now() - startedMs;
    return { id, questions: judged, peakSlots, slotCapacity, compressions, tokens: tokens.length, watchedMs };
  } finally {
    stream.dispose();
  }
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
