// The kernels that measure terms, compiled for one model shape. Sessions and probes share them.
import { allOf } from "./kernelCache";
import type { Kernel, KernelCache } from "./kernelCache";
import { flag } from "./kernelSpec";
import { attentionScoresKernel, attentionSoftmaxKernel } from "./kernels/attentionKernels";
import {
  keyNormKernel,
  promptAttentionKernel,
  redundancyKernel,
  redundancyMeanKernel,
  redundancyRowsKernel,
  votingHeadsKernel,
  windowStatisticsKernel,
} from "./kernels/eventKernels";

export interface HeadShape {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
}

export interface TermKernels {
  readonly attentionScores: Kernel;
  readonly attentionSoftmax: Kernel;
  readonly promptAttention: Kernel;
  readonly windowStatistics: Kernel;
  readonly votingHeads: Kernel;
  readonly keyNorm: Kernel;
  readonly redundancyRows: Kernel;
  readonly redundancyRawRows: Kernel;
  readonly redundancyMean: Kernel;
  readonly redundancy: Kernel;
}

export function createTermKernels(cache: KernelCache, shape: HeadShape): Promise<TermKernels> {
  const HEAD_VECTORS = shape.headDim / 4;
  const KV_HEAD_COUNT = shape.kvHeadCount;
  const HEAD_COUNT = shape.headCount;
  const GROUP_SIZE = shape.headCount / shape.kvHeadCount;
  const rows = (isRaw: boolean) =>
    cache.kernel({ spec: redundancyRowsKernel, overrides: { HEAD_VECTORS, KV_HEAD_COUNT, IS_RAW: flag(isRaw) } });
  return allOf({
    attentionScores: cache.kernel({ spec: attentionScoresKernel, overrides: { HEAD_VECTORS, GROUP_SIZE, HEAD_COUNT } }),
    attentionSoftmax: cache.kernel({ spec: attentionSoftmaxKernel, overrides: { GROUP_SIZE } }),
    promptAttention: cache.kernel({ spec: promptAttentionKernel, overrides: { GROUP_SIZE } }),
    windowStatistics: cache.kernel({ spec: windowStatisticsKernel, overrides: { GROUP_SIZE, KV_HEAD_COUNT } }),
    votingHeads: cache.kernel({ spec: votingHeadsKernel, overrides: { GROUP_SIZE, KV_HEAD_COUNT } }),
    keyNorm: cache.kernel({ spec: keyNormKernel, overrides: { HEAD_VECTORS, KV_HEAD_COUNT } }),
    redundancyRows: rows(false),
    redundancyRawRows: rows(true),
    redundancyMean: cache.kernel({ spec: redundancyMeanKernel, overrides: { KV_HEAD_COUNT } }),
    redundancy: cache.kernel({ spec: redundancyKernel, overrides: { KV_HEAD_COUNT } }),
  });
}
