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
    };

export interface RopeSettings {
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
}

const supported = "default, linear and llama3";

/** Base and scaling of RoPE. Throws InputError naming a type that is not supported. */
export function parseRope(fields: Fields, maxPositions: number): RopeSettings {
  const name = hasField(fields, "rope_parameters") ? "rope_parameters" : "rope_scaling";
  const rope = hasField(fields, name) ? recordFields(fields.values.get(name), `${fields.file}: ${name}`) : null;
  for (const record of rope ? [fields, rope] : [fields]) {
    const rotated = record.values.get("partial_rotary_factor") ?? 1;
    if (rotated !== 1) throw fieldError(record, "partial_rotary_factor", "1, the only one supported");
  }
  const thetaHolder = rope && hasField(rope, "rope_theta") ? rope : fields;
  return {
    // 10000 is what all three architectures default to.
    ropeTheta: hasField(thetaHolder, "rope_theta")
      ? numberField(thetaHolder, "rope_theta", { low: 1, high: 1e12 })
      : 10000,
    ropeScaling: rope && parseScaling(rope, maxPositions),
  };
}

function parseScaling(rope: Fields, maxPositions: number): RopeScaling | null {
  const type = rope.values.get("rope_type") ?? rope.values.get("type");
  switch (type) {
    case "default":
      return null;
    case "linear":
      return { type, factor: parseFactor(rope) };
    case "llama3": {
      const frequency = { low: 1e-6, high: 1e6 };
      const lowFrequencyFactor = numberField(rope, "low_freq_factor", frequency);
      const highFrequencyFactor = numberField(rope, "high_freq_factor", frequency);
      // Between the two the formula divides by their difference.
      if (highFrequencyFactor <= lowFrequencyFactor) {
        throw fieldError(rope, "high_freq_factor", `above low_freq_factor (${lowFrequencyFactor})`);
      }
      return {
        type,
        factor: parseFactor(rope),
        lowFrequencyFactor,
        highFrequencyFactor,
        originalMaxPositions: hasField(rope, "original_max_position_embeddings")
          ? wholeNumberField(rope, "original_max_position_embeddings", { low: 1, high: 2 ** 24 })
          : maxPositions,
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
