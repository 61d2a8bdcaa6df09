// Frame streams as JSON lines: npm run problems -- --family stream. A stream has one text of frames and several questions.
import { errorMessage, InputError } from "../src/lib/errors";
import { hashWords, randomStream } from "../src/lib/random";
import { drawKnobs, type KnobRange } from "../src/problems/dial";
import { drawQuestions, type QuestionWish } from "../src/problems/stream/questions";
import { defaultKnobs, drawStream, streamDial, streamWords } from "../src/problems/stream/streamProblem";
import type { StreamKnobs } from "../src/problems/stream/streamProblem";

export interface StreamLineOptions {
  readonly difficulty: KnobRange;
  /** frames and televisions, instead of the dial and three. */
  readonly knobs: Readonly<Record<string, KnobRange>> | null;
  readonly camera: StreamKnobs["camera"];
  readonly questions: QuestionWish;
  readonly seed: number;
  readonly hasLinks: boolean;
}

/** Stream number `index` of a series: depends on its seed and the ranges alone. */
export function streamLine(options: StreamLineOptions, index: number): string {
  const { difficulty, knobs, camera, questions, hasLinks } = options;
  const seed = options.seed + index;
  const draws = randomStream(hashWords(seed, 0x73747264));
  const stop = draws.integer(...difficulty);
  const { frames } = drawKnobs(streamDial, stop, seed);
  const drawn = Object.entries(knobs ?? {}).map(([name, range]) => [name, draws.integer(...range)] as const);
  const unknown = drawn.find(([name]) => name !== "frames" && name !== "televisions");
  if (unknown !== undefined)
    throw new InputError(`--knobs: a stream has no knob ${unknown[0]}, only frames, televisions`);
  try {
    const stream = drawStream({ ...defaultKnobs, frames, camera, ...Object.fromEntries(drawn) }, seed);
    return JSON.stringify({
      ...{ id: stream.id, family: "stream", knobs: stream.knobs, stream: streamWords(stream.frames).join(" ") },
      questions: drawQuestions(stream, questions).map(({ reads, ...question }) =>
        hasLinks ? { ...question, reads } : question,
      ),
    });
  } catch (error) {
    throw new InputError(`--knobs: ${errorMessage(error)}`);
  }
}
