// How a session reads through latents, in numbers: from a run's parameters and a model's shape, before anything is allocated.

import { InputError } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { KeyBasis } from "../../model/keyBasis";
import type { PolicyParameters } from "../../policy/policy";
import { ranksOf } from "../../trace/reading";
import { leadingBasis, type LatentBasis } from "./latents";
import type { SelectionRule } from "./selectSlots";

export interface LatentReading extends SelectionRule {
  /** r: coordinates kept of a token's keys, all heads of a layer together. */
  readonly rank: number;
  /** Layers that keep whole keys and read every slot. [layer] */
  readonly isDense: readonly boolean[];
}

type LayerShape = Pick<ModelConfig, "layerCount" | "kvHeadCount" | "headDim">;

/** Null where every slot is read. */
export function latentReadingOf(parameters: PolicyParameters, { layerCount, kvHeadCount, headDim }: LayerShape) {
  if (parameters.reading === "everything") return null;
  const { rank, scoreRank } = ranksOf(parameters, kvHeadCount * headDim);
  const denseAhead = { ends: 1, paper: 2, none: 0 }[parameters.readingDense];
  const denseBehind = parameters.readingDense === "none" ? 0 : 1;
  const reading: LatentReading = {
    ...{ rank, scoreRank, topSlots: parameters.readingSlots },
    ...{ sinkSlots: parameters.readingSinks, recentSlots: parameters.readingRecent, chosenBy: parameters.readingSets },
    isDense: Array.from({ length: layerCount }, (_, layer) => layer < denseAhead || layer >= layerCount - denseBehind),
  };
  return reading;
}

/** Throws InputError where the model has none. */
export async function requireBasis({
  readBasis,
}: {
  readonly readBasis?: () => Promise<KeyBasis | null>;
}): Promise<KeyBasis> {
  const basis = (await readBasis?.()) ?? null;
  if (basis !== null) return basis;
  throw new InputError(
    "reading through latents needs the directions of this model’s keys (basis.json), and there are none; read every slot, or make them with npm run basis",
  );
}

/** The directions in which a layer keeps its latents. Ranks beyond those that the file holds would hold nothing. */
export function layerBasis(basis: KeyBasis, layer: number, { rank }: LatentReading, width: number): LatentBasis {
  const directions = basis[layer];
  return leadingBasis(directions, width, Math.min(rank, directions.length / width));
}
