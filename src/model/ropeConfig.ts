// The rotary position settings of config.json, in the three spellings in which exports write them:
// rope_scaling with `type` (oldest) or `rope_type`, and rope_parameters, which holds rope_theta too (transformers 5).

import { InputError } from "../lib/errors";
import type { Fields } from "./fields";
import { describe, fieldError, hasField, numberField, recordFields, wholeNumberField } from "./fields";

export type RopeScaling =
  | { readonly type: "linear"; readonly factor: number }
  | {
      readonly type: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalMaxPositions: number;
    }
  | {
      readonly type: "yarn";
      readonly factor: number;
      readonly originalMaxPositions: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      /** Multiplies cosines and sines. */
      readonly attentionFactor: number;
    }
  | {
      /** GGUF files hold Llama 3's scaling as what it divides each frequency by. */
      readonly type: "divisors";
      readonly divisors: readonly number[]; // [headDim / 2]
    };

export interface RopeSettings {
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
}

const supported = "default, linear, llama3 and yarn";

/**
 * Base and scaling of RoPE. Throws InputError for an unsupported type, and if two places in the file disagree: which of
 * them a program reads depends on its version.
 */
export function parseRope(
  fields: Fields,
  { maxPositions, thetaDefault }: { readonly maxPositions: number; readonly thetaDefault: number },
): RopeSettings {
  const records = ["rope_parameters", "rope_scaling"]
    .filter((name) => hasField(fields, name))
    .map((name) => recordFields(fields.values.get(name), `${fields.file}: ${name}`));
  for (const record of [fields, ...records]) {
    const rotated = record.values.get("partial_rotary_factor") ?? 1;
    if (rotated !== 1) throw fieldError(record, "partial_rotary_factor", "1, the only one supported");
  }
  return {
    ropeTheta: agreed(fields, "rope_theta", [fields, ...records].flatMap(namedTheta)) ?? thetaDefault,
    ropeScaling:
      agreed(
        fields,
        "rope_scaling",
        records.map((record) => parseScaling(record, maxPositions)),
      ) ?? null,
  };
}

/** The value that all places name; undefined if none does. */
function agreed<Value>(fields: Fields, name: string, values: readonly Value[]): Value | undefined {
  const different = values.find((value) => JSON.stringify(value) !== JSON.stringify(values[0]));
  if (different === undefined) return values.at(0);
  const found = [values[0], different].map((value) => (value === null ? "none" : JSON.stringify(value)));
  throw new InputError(
    `${fields.file}: rope_parameters, rope_scaling and rope_theta disagree: ${name} is ${found.join(" and ")}, expected one value; remove the wrong one`,
  );
}

function namedTheta(record: Fields): number[] {
  return hasField(record, "rope_theta") ? [numberField(record, "rope_theta", { low: 1, high: 1e12 })] : [];
}

function parseScaling(rope: Fields, maxPositions: number): RopeScaling | null {
  // transformers 5 writes one record per type of layer where they differ.
  const nested = [...rope.values].find(([, value]) => typeof value === "object" && value !== null);
  if (nested !== undefined) {
    throw new InputError(
      `${rope.file}: ${describe(nested[0])} is ${describe(nested[1])}; only one setting for all layers is supported: choose another model`,
    );
  }
  const names = [rope.values.get("rope_type") ?? null, rope.values.get("type") ?? null];
  const [type = "default", other = type] = names.filter((name) => name !== null);
  if (type !== other) throw fieldError(rope, "type", `the same as rope_type (${describe(type)})`);
  switch (type) {
    case "default":
      return null;
    case "linear":
      return { type: "linear", factor: parseFactor(rope) };
    case "llama3": {
      const frequency = { low: 1e-6, high: 1e6 };
      const lowFrequencyFactor = numberField(rope, "low_freq_factor", frequency);
      const highFrequencyFactor = numberField(rope, "high_freq_factor", frequency);
      // Between the two the formula divides by their difference.
      if (highFrequencyFactor <= lowFrequencyFactor) {
        throw fieldError(rope, "high_freq_factor", `above low_freq_factor (${lowFrequencyFactor})`);
      }
      return {
        type: "llama3",
        factor: parseFactor(rope),
        lowFrequencyFactor,
        highFrequencyFactor,
        originalMaxPositions: hasField(rope, "original_max_position_embeddings")
          ? wholeNumberField(rope, "original_max_position_embeddings", { low: 1, high: 2 ** 24 })
          : maxPositions,
      };
    }
    case "yarn": {
      const factor = parseFactor(rope);
      const number = (name: string, fallback: number, range = { low: 1e-6, high: 1e6 }): number =>
        hasField(rope, name) ? numberField(rope, name, range) : fallback;
      for (const name of ["mscale", "mscale_all_dim"]) {
        if (hasField(rope, name)) throw fieldError(rope, name, "left out: only attention_factor is supported");
      }
      if (rope.values.get("truncate") === false) throw fieldError(rope, "truncate", "true, the only case supported");
      return {
        type: "yarn",
        factor,
        originalMaxPositions: hasField(rope, "original_max_position_embeddings")
          ? wholeNumberField(rope, "original_max_position_embeddings", { low: 1, high: 2 ** 24 })
          : maxPositions,
        betaFast: number("beta_fast", 32),
        betaSlow: number("beta_slow", 1),
        attentionFactor: number("attention_factor", factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1),
      };
    }
    default:
      throw new InputError(
        `${rope.file}: rope_type is ${describe(type)}; supported are ${supported}: choose another model`,
      );
  }
}

function parseFactor(rope: Fields): number {
  return numberField(rope, "factor", { low: 1, high: 1e6 });
}
