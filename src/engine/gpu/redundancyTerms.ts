// Key norms and both variants of redundancy on the GPU, over all layers at once. All scratch is [layer][kvHead][slot of scoreStride].
//
//   keys ► norms ► row sums of cosines, excused matches ► mean cosine ► softmax
import { headCountOf } from "../../cache/headRows";
import { boundKernel, type BoundKernel, type Recorder } from "./dispatch";
import type { TermLayout, TermSource } from "./windowTerms";

interface Chain {
  readonly rows: BoundKernel;
  readonly mean: BoundKernel;
  readonly softmax: BoundKernel;
}

export class RedundancyTerms {
  readonly norms: GPUBuffer;
  readonly excusedSlots: GPUBuffer;
  readonly meanCosine: GPUBuffer;
  readonly softmax: GPUBuffer;
  private readonly keyNorm: BoundKernel;
  private readonly chains: { readonly kernel: Chain; readonly raw: Chain };

  constructor(
    source: TermSource,
    private readonly layout: TermLayout,
  ) {
    const { device, pool, kernels, params, slotTable, keys } = source;
    const bytes = this.rowCount * layout.slotCapacity * 4;
    const norms = pool.storage("key norms", bytes);
    const cosineSums = pool.storage("cosine sums", bytes);
    const excusedSlots = pool.storage("excused slots", bytes);
    const excusedCosines = pool.storage("excused cosines", bytes);
    const meanCosine = pool.storage("mean cosine", bytes);
    const softmax = pool.storage("redundancy", bytes);
    this.norms = norms;
    this.excusedSlots = excusedSlots;
    this.meanCosine = meanCosine;
    this.softmax = softmax;
    const bind = boundKernel.bind(null, device);
    const rowBuffers = { params, slotTable, keys, norms, cosineSums, excusedSlots, excusedCosines };
    const mean = bind(kernels.redundancyMean, {
      params,
      slotTable,
      cosineSums,
      excusedSlots,
      excusedCosines,
      meanCosine,
    });
    const last = bind(kernels.redundancy, { params, slotTable, meanCosine, softmax });
    this.keyNorm = bind(kernels.keyNorm, { params, slotTable, keys, norms });
    this.chains = {
      kernel: { rows: bind(kernels.redundancyRows, rowBuffers), mean, softmax: last },
      raw: { rows: bind(kernels.redundancyRawRows, rowBuffers), mean, softmax: last },
    };
  }

  /** Fills `norms`. */
  encodeKeyNorm(recorder: Recorder, longestSlots: number): void {
    recorder.dispatchFor(this.keyNorm, longestSlots, this.rowCount);
  }

  /** Fills `excusedSlots`, `meanCosine` and `softmax` from `norms`. */
  encodeRedundancy(recorder: Recorder, longestSlots: number, variant: "kernel" | "raw"): void {
    const { rows, mean, softmax } = this.chains[variant];
    recorder.dispatchFor(rows, Math.ceil(longestSlots / 4), this.rowCount);
    recorder.dispatchFor(mean, Math.ceil(longestSlots / 4), this.rowCount);
    recorder.dispatch(softmax, [this.rowCount]);
  }

  private get rowCount(): number {
    return headCountOf(this.layout.shape);
  }
}
