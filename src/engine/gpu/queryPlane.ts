// The cloud of queries and the keys in a plane, which an event records beside the term "expectedAttention":
//
//   μ, Σ of the queries to come ► two axes ► queries and keys along them
import { headCountOf } from "../../cache/headRows";
import { AXIS_ROUNDS } from "../terms/cloudPlane";
import { bufferedQueries } from "../terms/queryCloud";
import { boundKernel } from "./dispatch";
import { allOf, type Kernel, type KernelCache } from "./kernelCache";
import { keyPointsKernel, queryAxesKernel, queryPointsKernel } from "./kernels/queryKernels";
import type { FamilyEvidence, FamilyShape } from "./termFamily";
import type { TermLayout, TermSource } from "./windowTerms";

export interface PlaneKernels {
  readonly axes: Kernel;
  readonly queryPoints: Kernel;
  readonly keyPoints: Kernel;
}

export function compilePlane(
  cache: KernelCache,
  { headDim, headCount, kvHeadCount }: FamilyShape,
): Promise<PlaneKernels> {
  const [HEAD_VECTORS, GROUP_SIZE] = [headDim / 4, headCount / kvHeadCount];
  return allOf({
    axes: cache.kernel({ spec: queryAxesKernel, overrides: { HEAD_VECTORS, GROUP_SIZE, ROUNDS: AXIS_ROUNDS } }),
    queryPoints: cache.kernel({ spec: queryPointsKernel, overrides: { HEAD_VECTORS, GROUP_SIZE } }),
    keyPoints: cache.kernel({ spec: keyPointsKernel, overrides: { HEAD_VECTORS, KV_HEAD_COUNT: kvHeadCount } }),
  });
}

/** What was measured for the term; queryTerms.ts says what each buffer holds. */
export interface MeasuredCloud {
  readonly foretold: GPUBuffer;
  readonly mean: GPUBuffer;
  readonly deviations: GPUBuffer;
  readonly covariance: GPUBuffer;
  /** Queries buffered at most. */
  readonly rowCount: number;
  readonly sinkSlots: number;
}

export function planeEvidence(
  { device, pool, params, slotTable, keys }: TermSource,
  { shape, slotCapacity }: TermLayout,
  kernels: PlaneKernels,
  cloud: MeasuredCloud,
): FamilyEvidence {
  const { foretold, mean, deviations, covariance, rowCount, sinkSlots } = cloud;
  const { headDim, headCount, kvHeadCount, layerCount } = shape;
  const headTotal = headCountOf(shape);
  const memberCount = headCount / kvHeadCount;
  const axes = pool.storage("query axes", headTotal * 2 * headDim * 4);
  const variance = pool.storage("query variance", headTotal * 4);
  const queryPoints = pool.storage("query points", headTotal * memberCount * rowCount * 2 * 4);
  const keyPoints = pool.storage("key points", headTotal * slotCapacity * 2 * 4);
  const findAxes = boundKernel(device, kernels.axes, { covariance, mean, axes, variance });
  const placeQueries = boundKernel(device, kernels.queryPoints, {
    ...{ params, foretold, mean, deviations, axes, points: queryPoints },
  });
  const placeKeys = boundKernel(device, kernels.keyPoints, { params, slotTable, keys, axes, points: keyPoints });
  const queryWidth = (count: number): number => 2 * memberCount * count;
  return {
    encode(recorder, longestSlots) {
      recorder.dispatch(findAxes, [headTotal]);
      recorder.dispatchFor(placeQueries, rowCount, layerCount * headCount);
      recorder.dispatchFor(placeKeys, longestSlots, headTotal);
    },
    rows: [
      {
        name: "queryPoints",
        buffer: queryPoints,
        widthAt: (_, newest) => queryWidth(bufferedQueries(newest, rowCount, sinkSlots).rowCount),
        largestWidth: queryWidth(rowCount),
      },
      {
        name: "keyPoints",
        buffer: keyPoints,
        widthAt: (longestSlots) => 2 * longestSlots,
        largestWidth: 2 * slotCapacity,
      },
      { name: "queryVariance", buffer: variance, widthAt: () => 1, largestWidth: 1 },
    ],
  };
}
