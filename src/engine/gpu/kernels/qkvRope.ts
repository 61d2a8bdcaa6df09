// What lies between the projections and the attention (shaders/qkvRope.wgsl), and its plain twin.
import code from "../../../../shaders/qkvRope.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";
import { rmsNormTwin } from "./rmsNorm";

export const qkvRopeKernel: KernelSpec = {
  name: "qkvRope",
  code,
  bindings: ["params", "qkv", "qkNorm", "ropeTable", "queries", "keys", "values", "queryRing"],
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
