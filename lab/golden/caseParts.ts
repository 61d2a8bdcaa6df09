// Parts that case files share: sizes, options of the score-based family, left padding.
import { joinRows } from "../../src/cache/headRows";
import { InputError } from "../../src/lib/errors";
import { baseParameters } from "../../src/policy/parameters";
import type { PolicyParameters } from "../../src/policy/policy";
import type { FieldComparison } from "./compare";
import type { Field, Tensor } from "./field";
import { booleanOf, countOf, fieldOf, integerListOf, itemsOf, numberOf, oneOf, optionalField, tensorOf } from "./field";
import type { TermProbe } from "./termProbe";

/** What a case is run with. */
export interface CaseContext {
  readonly probe: TermProbe;
  /** Largest relative error of an array. */
  readonly tolerance: number;
  /** The file of this name, without its ending, in the folder of the case; throws InputError where there is none. */
  readonly readBeside: (name: string) => Promise<unknown>;
}

export type RunCase = (root: Field, context: CaseContext) => Promise<FieldComparison[]>;

export interface HeadDims {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
}

/** q_heads is absent if the case has no queries. */
export function readHeadDims(root: Field): HeadDims {
  const dims = fieldOf(root, "dims");
  const kvHeadCount = countOf(fieldOf(dims, "kv_heads"));
  const queryHeads = optionalField(dims, "q_heads");
  const headCount = queryHeads === null ? kvHeadCount : countOf(queryHeads);
  if (kvHeadCount < 1 || headCount % kvHeadCount !== 0) {
    throw new InputError(`dims: ${headCount} query heads do not divide among ${kvHeadCount} KV heads`);
  }
  return { headCount, kvHeadCount, headDim: countOf(fieldOf(dims, "head_dim")) };
}

export function readCount(root: Field, ...path: readonly string[]): number {
  return countOf(path.reduce(fieldOf, root));
}

/** An array under `expected`, of the given shape. */
export function readExpected(parent: Field, name: string, shape: readonly number[]): Tensor | null {
  const field = optionalField(parent, name);
  return field === null ? null : tensorOf(field, shape);
}

/** Every option of the family; options that a case omits take the reference's defaults. */
export function readParameters(root: Field): PolicyParameters {
  const config = fieldOf(root, "config");
  const flag = (name: string, fallback: boolean): boolean => {
    const field = optionalField(config, name);
    return field === null ? fallback : booleanOf(field);
  };
  const number = (name: string, fallback: number): number => {
    const field = optionalField(config, name);
    return field === null ? fallback : numberOf(field);
  };
  const choice = <Choice extends string>(name: string, choices: readonly Choice[]): Choice => {
    const field = optionalField(config, name);
    return field === null ? choices[0] : oneOf(field, choices);
  };
  const redundancy = flag("triton_similarity", true) ? "kernel" : "raw";
  return {
    ...baseParameters,
    budgetSlots: readCount(config, "budget"),
    windowSlots: readCount(config, "window_size"),
    budgetMode: choice("compress_mode", ["budget", "ratio"]),
    compressRatio: number("compress_ratio", 0.2),
    alpha: number("alpha", 0.8),
    lambda: number("mix_lambda", 0.1),
    smoothing: flag("enable_score_cache", false) ? choice("smooth_method", ["max", "mean", "sum"]) : "none",
    isNormalised: !flag("disable_norm", false),
    poolingSlots: flag("enable_pooling", false) ? number("kernel_size", 5) : 1,
    redundancy: flag("suppressing_redundancy", false) ? redundancy : "none",
    shiftGamma: flag("attention_shift_indicator", false) ? number("gamma", 200) : 0,
    groupPooling: "max",
  };
}

/** Left padding of each sequence among its newest `lengthSlots` tokens; a mask may be longer than the cache. */
export function readPadding(mask: Field, lengthSlots: number): number[] {
  return itemsOf(mask).map((sequence) => {
    const flags = integerListOf(sequence);
    if (flags.length < lengthSlots) {
      throw new InputError(`${sequence.path}: expected at least ${lengthSlots} flags, found ${flags.length}`);
    }
    const visible = flags.slice(flags.length - lengthSlots);
    const firstToken = visible.indexOf(1);
    const padding = firstToken < 0 ? lengthSlots : firstToken;
    if (visible.slice(padding).some((flag) => flag !== 1)) {
      throw new InputError(`${sequence.path}: expected padding on the left only`);
    }
    return padding;
  });
}

/** Concatenates pieces, such as the sequences of a batch. */
export function concatenated(pieces: readonly Float32Array[]): Float32Array {
  return joinRows(pieces, Float32Array).values;
}

/** Runs one after the other: a probe has one set of GPU buffers. */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  run: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [at, item] of items.entries()) results.push(await run(item, at));
  return results;
}
