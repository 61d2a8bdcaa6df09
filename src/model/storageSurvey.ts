// How well a model's keys and values stand being stored in fewer bits, layer by layer: how alike the KV heads are, what is lost
// at which width, and one token's entries to look at. Made by `npm run storage`, stored as storage.json next to the weights.

import * as v from "valibot";
import { InputError } from "../lib/errors";
import { parseMeasuredFile } from "./measuredFile";

export const surveyFileName = "storage.json";

/** The widths that were tried, in bits. */
export const surveyedBits = [2, 3, 4, 8] as const;

const text = v.pipe(v.string(), v.maxLength(300));
const share = v.pipe(v.number(), v.finite(), v.minValue(0));
const errors = v.pipe(v.array(share), v.length(surveyedBits.length));

const entriesSchema = v.object({
  /** Mean over the pairs of heads of the correlation of their entries, each channel about its own mean; −1 … 1. */
  correlation: v.pipe(v.number(), v.minValue(-1), v.maxValue(1)),
  /** Squared length that is left once the mean over heads is taken off, as a share. */
  deviationShare: share,
  /** √(Σ(x̂ − x)² / Σx²) at each of the widths, asymmetric codes. */
  errors: v.object({
    /** Groups along channels: each slot by itself. */
    channels: errors,
    /** Groups along tokens: one channel of neighbouring slots. */
    tokens: errors,
    /** Deviations from the mean over heads, groups along channels (TaDA). */
    deviations: errors,
  }),
  /** The example's entries, [kvHead][headDim]. */
  example: v.array(v.array(v.number())),
});

const fileSchema = v.object({
  version: v.literal(1),
  /** The command that makes it again. */
  command: text,
  /** `digest`: of the weights. */
  model: v.object({ id: text, digest: text }),
  tokenCount: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Numbers of a group. */
  groupSize: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** The token whose entries are shown. */
  example: v.object({ word: text, position: v.pipe(v.number(), v.integer(), v.minValue(0)), sentence: text }),
  layers: v.array(v.object({ keys: entriesSchema, values: entriesSchema })),
});

export type StorageSurvey = v.InferOutput<typeof fileSchema>;
export type SurveyedEntries = v.InferOutput<typeof entriesSchema>;

interface SurveyedModel {
  readonly layerCount: number;
  readonly kvHeadCount: number;
  readonly digest: string;
}

/** Throws InputError that says what is wrong where; `file` is its name, for messages. */
export function parseStorageSurvey(fileText: string, file: string, model: SurveyedModel): StorageSurvey {
  const refuse = (what: string): InputError => new InputError(`${file}: ${what}; make it again with npm run storage`);
  const survey = parseMeasuredFile(fileSchema, fileText, model.digest, refuse);
  const { layerCount, kvHeadCount } = model;
  const isFitting =
    survey.layers.length === layerCount &&
    survey.layers.every(
      ({ keys, values }) => keys.example.length === kvHeadCount && values.example.length === kvHeadCount,
    );
  if (isFitting) return survey;
  throw refuse(`layers: expected ${layerCount} layers of ${kvHeadCount} KV heads`);
}

/**
 * How alike H heads must be for TaDA's mean to pay: it costs 16 / H bits a number and saves −½ log₂[(1 − ρ)(1 − 1/H)]
 * (docs/methods.md). Null for one head.
 */
export function breakEvenCorrelation(kvHeadCount: number): number | null {
  return kvHeadCount < 2 ? null : 1 - 2 ** (-32 / kvHeadCount) / (1 - 1 / kvHeadCount);
}
