// Feeds a model each text word by word (teacher forcing, full cache), and takes the attention of every query head where it
// writes the answers. A trial counts if the model's own most probable words are the answer. Attention is what a run
// records: 8 bits of each row's largest weight.

import { headRow } from "../../src/cache/headRows";
import type { ForwardResult } from "../../src/engine/backend";
import { assert, InputError } from "../../src/lib/errors";
import { greedySampling } from "../../src/model/sampling";
import { baseParameters } from "../../src/policy/parameters";
import type { Needle } from "../../src/problems/needles";
import { tokensOf } from "../../src/problems/problem";
import type { NeedleAttention, StepReading } from "../../src/trace/infScore";
import { needleAttention } from "../../src/trace/infScore";
import type { OpenedModel } from "../openModel";
import type { NeedleText } from "./needleTrials";

export interface Trial {
  readonly needle: Needle;
  readonly isRight: boolean;
  /** [layer][head], layer by layer */
  readonly heads: readonly NeedleAttention[];
  readonly example: TrialExample;
}

/** What is needed to show a trial. */
export interface TrialExample {
  readonly words: readonly string[];
  readonly answer: string;
  /** Of the query that writes the answer's first word: bytes [layer][head][position], and each head's largest weight. */
  readonly attention: Uint8Array;
  readonly scale: Float32Array;
}

export interface MeasureChoices {
  readonly topCount: number;
  readonly reading: StepReading;
}

/** The trials of one text, in the order of its needles. */
export async function measureText(
  { loaded, backend }: OpenedModel,
  { problem, needles }: NeedleText,
  choices: MeasureChoices,
): Promise<Trial[]> {
  const words = tokensOf(`${problem.prompt} ${problem.trace}`);
  const tokens = loaded.tokenizer.encode(words.join(" "));
  if (tokens.length !== words.length) {
    throw new InputError(
      `the tokenizer makes ${tokens.length} tokens of ${words.length} words; roles need a model with one token for each word`,
    );
  }
  const promptCount = tokensOf(problem.prompt).length;
  const lastAt = Math.max(...needles.map(({ answerAt, answerCount }) => answerAt + answerCount - 1));
  const results = await forcedResults({ loaded, backend }, tokens, promptCount, lastAt - promptCount + 1);
  return needles.map((needle): Trial => {
    const steps = Array.from({ length: needle.answerCount }, (_, at) => needle.answerAt + at - promptCount);
    const answers = steps.map((step) => results[step]);
    const headCount = loaded.config.layerCount * loaded.config.headCount;
    return {
      needle,
      isRight: answers.every(({ token }, at) => token === tokens[needle.answerAt + at]),
      heads: Array.from({ length: headCount }, (_, head) =>
        needleAttention(
          answers.map((result) => attentionRow(result, head)),
          { needle, ...choices },
        ),
      ),
      example: {
        words: words.slice(0, needle.answerAt),
        answer: words.slice(needle.answerAt, needle.answerAt + needle.answerCount).join(" "),
        attention: headAttentionOf(answers[0]).attention.values,
        scale: headAttentionOf(answers[0]).scale,
      },
    };
  });
}

/** Forward t reads up to position promptCount + t − 1 of the text and predicts the next; greedy, so `token` is its choice. */
async function forcedResults(
  { loaded, backend }: Pick<OpenedModel, "loaded" | "backend">,
  tokens: Int32Array,
  promptCount: number,
  stepCount: number,
): Promise<ForwardResult[]> {
  const session = await backend.createSession({
    slotCapacity: tokens.length,
    positionCapacity: tokens.length,
    windowSlots: baseParameters.windowSlots,
    sampling: greedySampling,
    stopTokens: loaded.config.stopTokens,
    hasTaps: true,
    hasHeadTaps: true,
    terms: [],
    parameters: baseParameters,
  });
  try {
    await session.prefill(tokens.slice(0, promptCount));
    const results = [await session.collect()];
    while (results.length < stepCount) {
      session.decode(tokens[promptCount + results.length - 1]);
      results.push(await session.collect());
    }
    return results;
  } finally {
    session.dispose();
  }
}

function headAttentionOf({ headAttention, headAttentionScale }: ForwardResult) {
  assert(headAttention !== undefined && headAttentionScale !== undefined, "query heads are recorded");
  return { attention: headAttention, scale: headAttentionScale };
}

function attentionRow(result: ForwardResult, head: number): Float32Array {
  const { attention, scale } = headAttentionOf(result);
  return Float32Array.from(headRow(attention, head), (byte) => (byte / 255) * scale[head]);
}
