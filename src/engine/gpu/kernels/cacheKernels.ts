// What writes the slots of the cache: new keys and values, and the survivors of an event; with their plain twins.
import qkvRopeCode from "../../../../shaders/qkvRope.wgsl?raw";
import compactCode from "../../../../shaders/compact.wgsl?raw";
import turnKeysBackCode from "../../../../shaders/turnKeysBack.wgsl?raw";
import turnQueriesBackCode from "../../../../shaders/turnQueriesBack.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";
import { rmsNormTwin } from "./matrixKernels";

export const qkvRopeKernel: KernelSpec = {
  name: "qkvRope",
  code: qkvRopeCode,
  bindings: ["params", "qkv", "qkNorm", "ropeTable", "slotTable", "queries", "keys", "values", "queryRing"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT", "KV_HEAD_COUNT", "HAS_QK_NORM", "EPSILON"],
  workgroupSize: { software: 16, hardware: 64 },
};

/** One head of queries or keys: RMSNorm if `norm` is given, then the rotation of its position. [dim] */
export function turnedHeadTwin(
  head: Float32Array,
  angles: Float32Array, // [headDim / 2][cosine, sine]
  norm: Float32Array | null,
  epsilon: number,
): Float32Array {
  const source = norm === null ? head : rmsNormTwin(head, norm, epsilon);
  const half = head.length / 2;
  return source.map((entry, dim) => {
    const cosine = angles[(dim % half) * 2];
    const sine = angles[(dim % half) * 2 + 1];
    return dim < half ? entry * cosine - source[dim + half] * sine : entry * cosine + source[dim - half] * sine;
  });
}

export const compactKernel: KernelSpec = {
  name: "compact",
  code: compactCode,
  bindings: ["params", "slotTable", "survivors", "keys", "values"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "HEAD_TOTAL"],
  workgroupSize: { software: 4, hardware: 32 },
};

/** One head's cache of `vectors` [slot][headDim] after only the survivors stayed; what lies behind them is unspecified. */
export function compactTwin(vectors: Float32Array, survivors: ArrayLike<number>, headDim: number): Float32Array {
  const kept = new Float32Array(survivors.length * headDim);
  Array.from(survivors).forEach((slot, at) => {
    kept.set(vectors.subarray(slot * headDim, (slot + 1) * headDim), at * headDim);
  });
  return kept;
}

/** The twins of these two are keepSlots (cpu/plainKv.ts) and turnQueriesBack (cpu/queryRing.ts). */
export const turnKeysBackKernel: KernelSpec = {
  name: "turnKeysBack",
  code: turnKeysBackCode,
  bindings: ["params", "slotTable", "survivors", "ropeTable", "tableRows", "keys"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "KV_HEAD_COUNT", "HEAD_TOTAL"],
  workgroupSize: { software: 4, hardware: 32 },
};

export const turnQueriesBackKernel: KernelSpec = {
  name: "turnQueriesBack",
  code: turnQueriesBackCode,
  bindings: ["params", "ropeTable", "tableRows", "queryRing"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};
