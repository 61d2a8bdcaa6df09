// A scene of the KVPress cases: what an attention layer gives a press, and the layer as a probe measures it.
import { createRopeTable } from "../../src/engine/ropeTable";
import type { ScoreInputs } from "../../src/policy/formula";
import type { PolicyParameters } from "../../src/policy/policy";
import { InputError } from "../../src/lib/errors";
import { readCount, readHeadDims, type CaseContext } from "./caseParts";
import { fieldOf, numberOf, rootField, sliceOf, tensorOf, type Field, type Tensor } from "./field";
import type { AttentionShape, ProbedLayer } from "./termProbe";

/** Inputs of a scorer, as an attention layer of a model would have them. */
export interface Scene {
  readonly batchCount: number;
  /** Without a window. */
  readonly shape: AttentionShape;
  readonly keys: Tensor; // [sequence][kvHead][token][headDim], after RoPE
  readonly values: Tensor; // [sequence][kvHead][token][headDim]
  readonly queries: Tensor; // [sequence][head][token][headDim], after RoPE
  readonly outputWeight: Float32Array; // [hidden][head · headDim]
  readonly ropeTheta: number;
}

/** The scene that a case names. */
export async function sceneOf(root: Field, { readBeside }: Pick<CaseContext, "readBeside">): Promise<Scene> {
  const name = fieldOf(root, "scene");
  if (typeof name.value !== "string") throw new InputError("scene: expected the name of a scene");
  return readScene(rootField(await readBeside(name.value)));
}

function readScene(root: Field): Scene {
  const dims = readHeadDims(root);
  const [batchCount, lengthSlots] = [readCount(root, "dims", "batch"), readCount(root, "dims", "seq_len")];
  const hiddenSize = readCount(root, "dims", "hidden_size");
  const { headCount, kvHeadCount, headDim } = dims;
  const kvShape = [batchCount, kvHeadCount, lengthSlots, headDim];
  return {
    batchCount,
    shape: { ...dims, lengthSlots, windowSlots: 0, paddingSlots: 0 },
    keys: tensorOf(fieldOf(root, "keys_post_rope"), kvShape),
    values: tensorOf(fieldOf(root, "values"), kvShape),
    queries: tensorOf(fieldOf(root, "queries_post_rope"), [batchCount, headCount, lengthSlots, headDim]),
    outputWeight: tensorOf(fieldOf(root, "wo"), [hiddenSize, headCount * headDim]).data,
    ropeTheta: numberOf(fieldOf(fieldOf(root, "rope"), "theta")),
  };
}

export function probedLayer(scene: Scene, sequence: number, parameters: PolicyParameters): ProbedLayer {
  const { shape, ropeTheta } = scene;
  const rope = { headDim: shape.headDim, ropeTheta, ropeScaling: null };
  return {
    shape: { ...shape, windowSlots: parameters.windowSlots },
    keys: sliceOf(scene.keys, sequence).data,
    values: sliceOf(scene.values, sequence).data,
    queries: sliceOf(scene.queries, sequence).data,
    positions: Int32Array.from({ length: shape.lengthSlots }, (_, slot) => slot),
    outputWeight: scene.outputWeight,
    ropeTable: createRopeTable(rope, shape.lengthSlots + parameters.futureSteps),
    parameters,
  };
}

/** What a formula reads, of every head. `terms`: each [kvHead][slot]. */
export function layerInputs(
  { shape, positions }: ProbedLayer,
  terms: Readonly<Record<string, Float32Array>>,
): readonly ScoreInputs[] {
  const { kvHeadCount, lengthSlots, windowSlots } = shape;
  const candidateCount = lengthSlots - windowSlots;
  return Array.from({ length: kvHeadCount }, (_, kvHead) => {
    const row = (all: Float32Array) => all.subarray(kvHead * lengthSlots, kvHead * lengthSlots + candidateCount);
    return {
      ...{ layer: 0, kvHead, event: 0, candidateCount, positions, promptCount: lengthSlots, carried: null },
      terms: Object.fromEntries(Object.entries(terms).map(([name, all]) => [name, row(all)])),
    };
  });
}
