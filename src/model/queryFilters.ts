// Q-Filters of a model: away from where the queries of each KV head point, for the policy of that name (Godey et al. 2025, arXiv:2503.02812).
// Made by `npm run filters`, stored as filters.json next to the weights.

import * as v from "valibot";
import { InputError } from "../lib/errors";
import { parseMeasuredFile } from "./measuredFile";

export const filtersFileName = "filters.json";

/** Of length 1, away from the side that queries lie on: keys with a low product stay. [layer][kvHead][headDim] */
export type QueryFilters = Float32Array;

const text = v.pipe(v.string(), v.maxLength(300));
const number = v.pipe(v.number(), v.finite());

const fileSchema = v.object({
  version: v.literal(1),
  /** The command that makes it again. */
  command: text,
  /** `digest`: of the weights whose queries were looked at. */
  model: v.object({ id: text, digest: text }),
  /** Tokens whose queries were looked at. */
  tokenCount: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** How much of the queries' squared length lies along the filter. [layer][kvHead] */
  explained: v.array(v.array(number)),
  filters: v.array(v.array(v.array(number))),
});

export type QueryFiltersFile = v.InferOutput<typeof fileSchema>;

interface FilteredModel {
  readonly layerCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly digest: string;
}

/** Throws InputError that says what is wrong where; `file` is its name, for messages. */
export function parseQueryFilters(fileText: string, file: string, model: FilteredModel): QueryFilters {
  const { filters } = parseMeasuredFile(fileSchema, fileText, model.digest, (what) => badFilters(file, what));
  const { layerCount, kvHeadCount, headDim } = model;
  const isFitting =
    filters.length === layerCount &&
    filters.every((heads) => heads.length === kvHeadCount && heads.every(({ length }) => length === headDim));
  if (!isFitting) {
    throw badFilters(file, `filters: expected ${layerCount} layers of ${kvHeadCount} KV heads of ${headDim} numbers`);
  }
  return Float32Array.from(filters.flat(2));
}

function badFilters(file: string, what: string): InputError {
  return new InputError(`${file}: ${what}; make it again with npm run filters`);
}
