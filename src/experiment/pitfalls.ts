// The sweep of the pitfalls lab as it is stored in public/results/pitfalls/: which of two orders of a prompt is forgotten, by
// policy, share evicted, order of the two and remedy. docs/pitfalls.md tells what it shows.
import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The mean over problems and its standard error. */
const meanSchema = v.object({ mean: v.number(), error: v.number(), count });

/** What was asked of the secret (the defence) or of the other order (the directive). */
const instructionSchema = v.object({
  /** Share of runs whose answer obeys it; any answer without the number obeys the secret. A run without an answer obeys nothing. */
  obeyed: meanSchema,
  /** Share of its tokens that are left, mean over layers and KV heads: after the prompt, and at the end. */
  keptAfterPrompt: meanSchema,
  keptAtEnd: meanSchema,
});

const cellSchema = v.object({
  columnId: v.string(),
  label: v.string(),
  policyId: v.string(),
  /** Fair shares by lengths alone, and by the rules of the paper's code. */
  mode: v.picklist(["plain", "whitelist", "fair", "fairCode"]),
  /** Share of the prompt that is evicted. */
  ratio: share,
  /** Which of the two stands first in the prompt. */
  isSecretFirst: v.boolean(),
  /** Problems that ran. */
  count,
  secret: instructionSchema,
  other: instructionSchema,
  /** Keep rate of the secret's order after the prompt minus that of the other: −1 … 1. */
  bias: meanSchema,
  /** Share of runs whose answer names the number. */
  leaked: meanSchema,
  /**
   * ln p(the number) − ln p("secret") in nats, where the answer has to say one of them ("the start was …"): after the text that
   * the full cache writes, and after the run's own, of those runs that get so far.
   */
  forcedMargin: v.nullable(meanSchema),
  ownMargin: v.nullable(meanSchema),
  /** Share of right results of the task. */
  right: meanSchema,
});

const sweepSchema = v.object({
  version: v.literal(1),
  name: v.string(),
  /** The command that makes it again; a larger count continues it. */
  command: v.string(),
  date: v.string(),
  model: v.object({ id: v.string(), digest: v.string(), parameterCount: count }),
  seed: count,
  problemCount: count,
  /** Knobs of the problems, as npm run problems takes them. */
  knobs: v.string(),
  meanPromptTokens: v.number(),
  windowSlots: count,
  intervalSteps: v.nullable(count),
  schedule: v.picklist(["once", "decoding"]),
  cells: v.array(cellSchema),
  /** Cells of the grid that cannot run, and why. */
  leftOut: v.array(v.object({ label: v.string(), mode: v.string(), ratio: share, reason: v.string() })),
});

export type PitfallsFigure = Readonly<v.InferOutput<typeof meanSchema>>;
export type PitfallsCell = Readonly<v.InferOutput<typeof cellSchema>>;
export type PitfallsSweep = Readonly<v.InferOutput<typeof sweepSchema>>;
export type PitfallsMode = PitfallsCell["mode"];

/** Throws InputError if the text is not a sweep of this version. */
export function parsePitfallsSweep(text: string, file: string): PitfallsSweep {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: expected JSON (${errorMessage(error)})`);
  }
  const parsed = v.safeParse(sweepSchema, fields);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new InputError(
    `${file} is not a sweep of the pitfalls lab: ${v.getDotPath(issue) ?? "it"}: ${issue.message}; make it again with npm run pitfalls`,
  );
}
