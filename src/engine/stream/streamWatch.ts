// One lane of a stream: frames come one at a time and are handed to the session in blocks, questions are asked at their moment, and
// what happens comes back as records of the trace. The page's worker and the command line watch through this.
//
//   frames seen     1   2   3   4   5 ? 6          |M| 8, blocks of 2; a question is asked after 5
//   blocks          └─2─┘   └─2─┘   └1┘            the block that is open closes before a question, and at the end

import { headCountOf, headRow, newRows, emptyRows, type HeadRows } from "../../cache/headRows";
import { InputError } from "../../lib/errors";
import type { Tokenizer } from "../../model/tokenizer";
import type { ModelSummary } from "../../trace/trace";
import type {
  AskedQuestion,
  StreamAnswer,
  StreamBlock,
  StreamHeader,
  StreamRecipe,
} from "../../trace/stream/streamTrace";
import type { Backend, Model } from "../backend";
import type { StreamRequest, WatchedBlock } from "../protocol";
import { openStream, type WrittenAnswer } from "./streamSession";

export interface WatchedModel {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly summary: ModelSummary;
}

export interface WatchRequest extends Omit<StreamRequest, "lanes"> {
  readonly recipe: StreamRecipe;
}

export interface StreamWatch {
  readonly header: StreamHeader;
  /** Frames that have come, those of the open block included. */
  readonly framesShown: number;
  /** The next frame comes; the block that it closes, or null. */
  see(): Promise<WatchedBlock | null>;
  /** The open block closes; null where none is open. */
  closeBlock(): Promise<WatchedBlock | null>;
  /** Asked of what the cache holds; the block is closed. */
  ask(asked: AskedQuestion): Promise<StreamAnswer>;
  dispose(): void;
}

/** Words that an answer may take, end token included, and one to see that it goes on. */
export const ANSWER_TOKENS = 5;
/** Behind a cache without cap, for question and answer. */
export const QUESTION_SLOTS = 24;

export async function openWatch(backend: Backend, watched: WatchedModel, request: WatchRequest): Promise<StreamWatch> {
  const { model, tokenizer, summary } = watched;
  const { recipe, frames, systemWords, hasTaps } = request;
  const { choices, knownQuestion } = recipe;
  const systemTokens = encodeWords(tokenizer, systemWords);
  const frameTokens = frames.map((words) => encodeWords(tokenizer, words));
  const stream = await openStream(backend, {
    ...{ model, choices, systemTokens, streamFrames: frames.length, questionSlots: QUESTION_SLOTS, hasTaps },
    ...(knownQuestion !== null && { knownQuestion: encodeWords(tokenizer, knownQuestion.split(" ")) }),
  });
  const { memory } = stream.session;
  const { slotCapacity } = stream;
  const header: StreamHeader = {
    ...{ version: 1, model: summary, backend: backend.summary, memory, recipe, systemTokens, frames, slotCapacity },
  };
  let framesShown = 0;

  const closeBlock = async (): Promise<WatchedBlock | null> => {
    const arriving = frameTokens.slice(stream.framesSeen, framesShown);
    if (arriving.length === 0) return null;
    const { compression, arrivedSlots, computeMs, compressMs } = await stream.push(arriving);
    const { framesSeen, lengthSlots, peakSlots } = stream;
    const block: StreamBlock = {
      ...{ framesSeen, arrivedFrames: arriving.length, arrivedSlots, lengthSlots, peakSlots, computeMs, compressMs },
    };
    return { block, compression };
  };

  return {
    header,
    get framesShown() {
      return framesShown;
    },
    async see() {
      if (framesShown === frames.length) throw new InputError(`the stream has ${frames.length} frames only`);
      framesShown++;
      return framesShown - stream.framesSeen === choices.blockFrames ? closeBlock() : null;
    },
    closeBlock,
    async ask(asked) {
      const startedMs = performance.now();
      const written = await stream.ask(encodeQuestion(tokenizer, asked.question), ANSWER_TOKENS);
      const tokens = Int32Array.from(written.tokens);
      return {
        ...{ asked, tokens, words: Array.from(tokens, (token) => tokenizer.tokenText(token).trim()) },
        logProbabilities: Float32Array.from(written.forwards, ({ logProbability }) => logProbability),
        isRight: asked.answer === null ? null : isExpectedAnswer(watched, tokens, asked.answer),
        attention: hasTaps ? summedAttention(written) : emptyRows(headCountOf(summary), Float32Array),
        ...{ peakSlots: written.peakSlots, askedMs: performance.now() - startedMs },
      };
    },
    dispose: () => stream.dispose(),
  };
}

/** Word for word, and its end. */
export function isExpectedAnswer(
  { model, tokenizer }: Pick<WatchedModel, "model" | "tokenizer">,
  tokens: ArrayLike<number>,
  answer: string,
): boolean {
  const expected = encodeWords(tokenizer, answer.split(" "));
  const isEnded = model.config.stopTokens.includes(tokens[expected.length]);
  return isEnded && expected.every((token, at) => tokens[at] === token);
}

/** Over the tokens that were written; slots of question and answer are left out. */
function summedAttention({ forwards, positions }: WrittenAnswer): HeadRows<Float32Array> {
  const summed = newRows(positions.offsets, Float32Array);
  for (const { attention, attentionScale } of forwards) {
    attentionScale.forEach((scale, head) => {
      const paid = headRow(attention, head);
      const row = headRow(summed, head);
      for (let slot = 0; slot < row.length; slot++) row[slot] += (paid[slot] / 255) * scale;
    });
  }
  return summed;
}

/** One token a word. */
export function encodeWords(tokenizer: Tokenizer, words: readonly string[]): Int32Array {
  const strange = unknownWord(tokenizer, words);
  if (strange === null) return tokenizer.encode(words.join(" "));
  throw new InputError(`the model has no token for "${strange}": choose one that was trained on frame streams`);
}

function encodeQuestion(tokenizer: Tokenizer, question: string): Int32Array {
  const strange = unknownWord(tokenizer, question.split(" "));
  if (strange === null) return tokenizer.encode(question);
  throw new InputError(
    `“${question}” was not asked: the model does not know “${strange}”; ask in words of its questions`,
  );
}

/** The first word that is not one token. */
function unknownWord(tokenizer: Tokenizer, words: readonly string[]): string | null {
  const tokens = tokenizer.encode(words.join(" "));
  const strange = words.find((word, at) => at >= tokens.length || tokenizer.tokenText(tokens[at]).trim() !== word);
  return strange ?? (tokens.length === words.length ? null : words.join(" "));
}
