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

/** Those of the window that read keys. */
type WindowKernels = Pick<TermKernels, "attentionScores">;
/** The same of redundancy. */
type RedundancyKernels = Pick<TermKernels, "keyNorm" | "redundancyRows" | "redundancyRawRows">;

export async function createTermKernels(cache: KernelCache, shape: HeadShape): Promise<TermKernels> {
  const KV_HEAD_COUNT = shape.kvHeadCount;
  const GROUP_SIZE = shape.headCount / shape.kvHeadCount;
  const others = allOf({
    attentionSoftmax: cache.kernel({ spec: attentionSoftmaxKernel, overrides: { GROUP_SIZE, WINDOW_SLOTS: 0 } }),
    promptAttention: cache.kernel({ spec: promptAttentionKernel, overrides: { GROUP_SIZE } }),
    windowStatistics: cache.kernel({ spec: windowStatisticsKernel, overrides: { GROUP_SIZE, KV_HEAD_COUNT } }),
    votingHeads: cache.kernel({ spec: votingHeadsKernel, overrides: { GROUP_SIZE, KV_HEAD_COUNT } }),
    redundancyMean: cache.kernel({ spec: redundancyMeanKernel, overrides: { KV_HEAD_COUNT } }),
    redundancy: cache.kernel({ spec: redundancyKernel, overrides: { KV_HEAD_COUNT } }),
  });
  const reading = [windowKernels(cache, shape), redundancyKernels(cache, shape)] as const;
  const [window, redundancy] = await Promise.all(reading);
  return { ...window, ...redundancy, ...(await others) };
}

export function windowKernels(cache: KernelCache, shape: HeadShape): Promise<WindowKernels> {
  const { headCount: HEAD_COUNT, kvHeadCount, headDim } = shape;
  const overrides = { HEAD_VECTORS: headDim / 4, GROUP_SIZE: HEAD_COUNT / kvHeadCount, HEAD_COUNT };
  return allOf({ attentionScores: cache.kernel({ spec: attentionScoresKernel, overrides }) });
}

export function redundancyKernels(cache: KernelCache, shape: HeadShape): Promise<RedundancyKernels> {
  const heads = { HEAD_VECTORS: shape.headDim / 4, KV_HEAD_COUNT: shape.kvHeadCount };
  const rows = (isRaw: boolean) =>
    cache.kernel({ spec: redundancyRowsKernel, overrides: { ...heads, IS_RAW: flag(isRaw) } });
  return allOf({
    keyNorm: cache.kernel({ spec: keyNormKernel, overrides: heads }),
    redundancyRows: rows(false),
    redundancyRawRows: rows(true),
  });
}
