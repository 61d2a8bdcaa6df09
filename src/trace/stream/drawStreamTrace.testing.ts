// Traces of streams for tests and galleries: real ones, of a drawn model that watches a drawn stream on the CPU. Its answers mean
// nothing; everything else is as on the page.
import type { Backend } from "../../engine/backend";
import { createCpuBackend } from "../../engine/cpu/cpuBackend";
import { seededModel, tinyConfig } from "../../engine/seededModel.testing";
import { openWatch } from "../../engine/stream/streamWatch";
import type { Tokenizer } from "../../model/tokenizer";
import { keptFrames, streamPolicies, type StreamChoices, type StreamPolicyId } from "../../policy/streamChoices";
import { drawQuestions } from "../../problems/stream/questions";
import {
  defaultKnobs,
  drawStream,
  frameTokens,
  frameWords,
  systemWords,
  type FrameStream,
} from "../../problems/stream/streamProblem";
import { streamVocabulary } from "../../problems/stream/streamWords";
import type { ModelSummary } from "../trace";
import { createStreamTraceBuilder, type AskedQuestion, type StreamRecipe, type StreamTrace } from "./streamTrace";

export interface DrawnStream {
  readonly frames?: number;
  readonly seed?: number;
  readonly policyId?: StreamPolicyId;
  readonly choices?: Partial<StreamChoices>;
  readonly questionCount?: number;
  /** Watched so far; absent: all. */
  readonly seenFrames?: number;
}

const config = { ...tinyConfig, vocabularySize: streamVocabulary.length, stopTokens: [2] };
export const drawnStreamModel = seededModel(11, config);
const { architecture, layerCount, headCount, kvHeadCount, headDim, vocabularySize, maxPositions } = config;
const drawnStreamSummary: ModelSummary = {
  ...{ id: "drawn", label: "Drawn model", architecture, layerCount, headCount, kvHeadCount, headDim },
  ...{ vocabularySize, maxPositions, parameterCount: 1, digest: "0".repeat(64) },
};

/** Words of the family, one token each. */
const streamTokenizer: Tokenizer = {
  encode: (text) => Int32Array.from(text.split(" "), (word) => streamVocabulary.indexOf(word)),
  decode: (tokens) => Array.from(tokens, (token) => streamVocabulary[token]).join(" "),
  tokenText: (token) => streamVocabulary[token] ?? "",
  textStream: () => ({
    next: (token) => streamVocabulary[token],
    peek: (token) => streamVocabulary[token],
    rest: () => "",
  }),
  frame: { before: [], behind: [] },
  vocabularySize: streamVocabulary.length,
};

export function drawnRecipe(stream: FrameStream, drawn: DrawnStream = {}): StreamRecipe {
  const { policyId = "tar+van", questionCount = 4 } = drawn;
  const capFrames = drawn.choices?.capFrames ?? 8;
  const keepFrames = keptFrames(capFrames, 0.75);
  const choices: StreamChoices = {
    ...{ rule: "tarVan", capFrames, keepFrames, blockFrames: capFrames - keepFrames, frameTokens, seed: 1 },
    ...{ temporalShare: 0.5, recentShare: 0.125, isReversed: false },
    ...{ isRenumbered: true, temporalKeys: "beforeRope", patchOf: "token", poolingWidths: null },
    ...drawn.choices,
    ...streamPolicies[policyId].choices,
  };
  const questions: AskedQuestion[] = drawQuestions(stream, { count: questionCount, moments: "any" }).map(
    ({ type, moment, question, answer }) => ({ type, moment, question, answer }),
  );
  const knownQuestion = choices.rule === "questionAttention" ? questions[0].question : null;
  return { streamId: stream.id, policyId, choices, knownQuestion, questions };
}

/** `backend`: of `drawnStreamModel`; absent: the CPU. */
export async function drawStreamTrace(drawn: DrawnStream = {}, backend?: Backend): Promise<StreamTrace> {
  const stream = drawStream({ ...defaultKnobs, frames: drawn.frames ?? 32 }, drawn.seed ?? 5);
  const recipe = drawnRecipe(stream, drawn);
  const watch = await openWatch(
    backend ?? (await createCpuBackend(drawnStreamModel)),
    { model: drawnStreamModel, tokenizer: streamTokenizer, summary: drawnStreamSummary },
    { recipe, frames: frameWords(stream.frames), systemWords, hasTaps: true },
  );
  const builder = createStreamTraceBuilder(watch.header);
  const note = (closed: Awaited<ReturnType<typeof watch.see>>): void => {
    if (closed !== null) builder.appendBlock(closed.block, closed.compression);
  };
  const end = drawn.seenFrames ?? stream.frames.length;
  for (const question of [...recipe.questions.filter(({ moment }) => moment <= end), null]) {
    while (watch.framesShown < (question?.moment ?? end)) note(await watch.see());
    note(await watch.closeBlock());
    if (question !== null) builder.appendAnswer(await watch.ask(question));
  }
  if (end === stream.frames.length) builder.finish("whole");
  watch.dispose();
  return builder.trace;
}
