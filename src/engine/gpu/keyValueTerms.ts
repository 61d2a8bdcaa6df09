// Families of terms that look at keys and values alone. Scratch is [layer][kvHead][slot of scoreStride] unless it says otherwise.
import { headCountOf } from "../../cache/headRows";
import { boundKernel } from "./dispatch";
import { allOf } from "./kernelCache";
import { keyNormKernel } from "./kernels/eventKernels";
import { keyAnchorKernel, keyCosineKernel, valueNormKernel } from "./kernels/keyValueKernels";
import type { FamilyShape, TermFamilySpec } from "./termFamilies";
import type { TermLayout, TermSource } from "./windowTerms";

const keyNorms: TermFamilySpec = {
  names: ["keyNorm"],
  compile: async (cache, shape) => {
    const kernel = await cache.kernel({ spec: keyNormKernel, overrides: headOverrides(shape) });
    return (source, layout) => {
      const { params, slotTable, keys } = source;
      const norms = slotRows(source, layout, "key norms");
      const bound = boundKernel(source.device, kernel, { params, slotTable, keys, norms });
      return {
        encode: (recorder, longestSlots) => recorder.dispatchFor(bound, longestSlots, headCountOf(layout.shape)),
        bufferOf: () => norms,
      };
    };
  },
};

const valueNorms: TermFamilySpec = {
  names: ["valueNorm"],
  compile: async (cache, shape) => {
    const kernel = await cache.kernel({ spec: valueNormKernel, overrides: headOverrides(shape) });
    return (source, layout) => {
      const { params, slotTable, values } = source;
      const norms = slotRows(source, layout, "value norms");
      const bound = boundKernel(source.device, kernel, { params, slotTable, values, norms });
      return {
        encode: (recorder, longestSlots) => recorder.dispatchFor(bound, longestSlots, headCountOf(layout.shape)),
        bufferOf: () => norms,
      };
    };
  },
};

/** keys ► norms ► anchor of each head ► cosines */
const keyCosines: TermFamilySpec = {
  names: ["keyCosine"],
  compile: async (cache, shape) => {
    const overrides = headOverrides(shape);
    const kernels = await allOf({
      norms: cache.kernel({ spec: keyNormKernel, overrides }),
      anchor: cache.kernel({ spec: keyAnchorKernel, overrides }),
      cosine: cache.kernel({ spec: keyCosineKernel, overrides }),
    });
    return (source, layout) => {
      const { device, pool, params, slotTable, keys } = source;
      const headTotal = headCountOf(layout.shape);
      const norms = slotRows(source, layout, "key norms");
      const cosines = slotRows(source, layout, "key cosines");
      const anchors = pool.storage("key anchors", headTotal * layout.shape.headDim * 4); // [layer][kvHead][headDim]
      const cache = { params, slotTable, keys };
      const measureNorms = boundKernel(device, kernels.norms, { ...cache, norms });
      const measureAnchor = boundKernel(device, kernels.anchor, { ...cache, norms, anchors });
      const measureCosine = boundKernel(device, kernels.cosine, { ...cache, norms, anchors, cosines });
      return {
        encode: (recorder, longestSlots) => {
          recorder.dispatchFor(measureNorms, longestSlots, headTotal);
          recorder.dispatch(measureAnchor, [layout.shape.headDim / 4, headTotal]);
          recorder.dispatchFor(measureCosine, longestSlots, headTotal);
        },
        bufferOf: () => cosines,
      };
    };
  },
};

function headOverrides({ headDim, kvHeadCount }: FamilyShape): Record<string, number> {
  return { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount };
}

/** A number for every slot. */
function slotRows({ pool }: TermSource, { shape, slotCapacity }: TermLayout, label: string): GPUBuffer {
  return pool.storage(label, headCountOf(shape) * slotCapacity * 4);
}

export const keyValueFamilies: readonly TermFamilySpec[] = [keyNorms, valueNorms, keyCosines];
