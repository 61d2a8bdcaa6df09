// What `npm run scorecard` measured beyond the stored tables, as it lies in public/results/scorecard: runs at 10 and 40 % of the
// cache, runs fed the full cache's tokens, times and bytes beside the full cache's on the same problem, and streams of frames.

import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const model = v.object({ id: v.string(), digest: v.string(), parameterCount: count });
const choices = v.record(v.string(), v.union([v.number(), v.string(), v.boolean()]));

/** How an item came out beside the full cache: the same text, the same answer in another text, another answer. */
const likeness = v.pipe(v.string(), v.regex(/^[tao]*$/));

const cellSchema = v.object({
  /** A family, or "stream". */
  suite: v.string(),
  unit: v.picklist(["slots", "bytes"]),
  columnId: v.string(),
  label: v.string(),
  /** Of a stream: what its compression is called by npm run stream-eval. */
  policyId: v.string(),
  /** Null for the full cache. */
  budgetShare: v.nullable(share),
  budgetSlots: v.nullable(count),
  budgetBytes: v.optional(count),
  /** What it departs from base values in; random eviction drew from a seed of its own for every problem. */
  choices,
  /** A letter per item: e exact, r right, w wrong, u no answer, f failed. An item is a problem, or a question about a stream. */
  outcomes: v.pipe(v.string(), v.regex(/^[erwuf]*$/)),
  likeness,
  /** Fed the full cache's tokens: positions with the same most probable token, and all. Of the first items; absent if none was fed. */
  agreed: v.optional(v.array(count)),
  positions: v.optional(v.array(count)),
  /** CPU time of prefill and decoding, and the most bytes of keys and values held after a step; per problem or stream. */
  cpuMs: v.array(v.number()),
  fullCpuMs: v.array(v.number()),
  heldBytes: v.array(count),
  fullBytes: v.array(count),
});

const refusedSchema = v.object({
  suite: v.string(),
  unit: v.picklist(["slots", "bytes"]),
  columnId: v.string(),
  label: v.string(),
  budgetShare: share,
  reason: v.string(),
});

const fileSchema = v.object({
  version: v.literal(1),
  name: v.string(),
  command: v.string(),
  date: v.string(),
  model,
  /** Of the first problem of each family; the others follow. */
  seed: count,
  families: v.array(v.object({ family: v.string(), difficulty: count, meanFullLength: v.number() })),
  /** Items of cells whose suite is "stream"; null while no model for streams is there. */
  stream: v.nullable(
    v.object({
      model,
      frames: count,
      /** Tokens of a frame, and so slots. */
      frameTokens: count,
      streamCount: count,
      /** Questions asked about each, after its last frame. */
      questionsEach: count,
      questions: v.array(v.object({ seed: count, type: v.string(), question: v.string(), answer: v.string() })),
    }),
  ),
  cells: v.array(cellSchema),
  /** What the engine refuses, in its words. */
  refused: v.array(refusedSchema),
});

export type ScoreCardCell = Readonly<v.InferOutput<typeof cellSchema>>;
export type RefusedCell = Readonly<v.InferOutput<typeof refusedSchema>>;
export type ScoreCardFile = Readonly<v.InferOutput<typeof fileSchema>>;

/** Throws InputError if the text is not a score card of this version. */
export function parseScoreCard(text: string, file: string): ScoreCardFile {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: expected JSON (${errorMessage(error)})`);
  }
  const parsed = v.safeParse(fileSchema, fields);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new InputError(
      `${file} is no score card: ${v.getDotPath(issue) ?? "it"}: ${issue.message}; make it again with npm run scorecard`,
    );
  }
  const odd = parsed.output.cells.find(
    ({ outcomes, likeness: letters, agreed, positions, cpuMs, fullCpuMs, heldBytes, fullBytes }) =>
      letters.length !== outcomes.length ||
      agreed?.length !== positions?.length ||
      [fullCpuMs, heldBytes, fullBytes].some(({ length }) => length !== cpuMs.length),
  );
  if (odd === undefined) return parsed.output;
  throw new InputError(`${file}: ${odd.label} on ${odd.suite} has lists of different length; make it again`);
}
