// What a trace says of the model that made it.

import type { LoadedModel } from "../model/loadModel";
import type { ModelSummary } from "../trace/trace";
import type { ModelReference } from "./protocol";

export function modelSummary(
  { id, label }: Pick<ModelReference, "id" | "label">,
  { config, parameterCount, digest }: Pick<LoadedModel, "config" | "parameterCount" | "digest">,
): ModelSummary {
  return {
    id,
    label,
    architecture: config.architecture,
    layerCount: config.layerCount,
    headCount: config.headCount,
    kvHeadCount: config.kvHeadCount,
    headDim: config.headDim,
    vocabularySize: config.vocabularySize,
    parameterCount,
    maxPositions: config.maxPositions,
    digest,
  };
}
