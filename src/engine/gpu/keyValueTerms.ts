// Families of terms that look at keys and values alone. Scratch is [layer][kvHead][slot of scoreStride] unless it says otherwise.
import { headCountOf, joinRows, kvHeadOf, layerOf } from "../../cache/headRows";
import { PROJECTION_COLUMNS } from "../terms/projectedNorms";
import { boundKernel } from "./dispatch";
import { allOf } from "./kernelCache";
import { keyNormKernel } from "./kernels/eventKernels";
import {
  filterProductKernel,
  keyAnchorKernel,
  keyCosineKernel,
  lagDeviationsKernel,
  lagRangesKernel,
  lagSpreadKernel,
  leverageKernel,
  projectedValueNormKernel,
  sketchFactorKernel,
  sketchKeysKernel,
  sketchNormsKernel,
  valueNormKernel,
} from "./kernels/keyValueKernels";
import { slotRows, uniformOf, type FamilyShape, type TermFamilySpec } from "./termFamily";
import { layersOf, type TermLayout } from "./windowTerms";

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

/** values, output weights ► norms, a layer at a time because its weights are a buffer of their own */
const projectedValueNorms: TermFamilySpec = {
  names: ["projectedValueNorm"],
  compile: async (cache, shape, outputForms) => {
    const { headCount, kvHeadCount, hiddenSize } = shape;
    const overrides = { ...headOverrides(shape), GROUP_SIZE: headCount / kvHeadCount, HIDDEN_SIZE: hiddenSize };
    const spec = projectedValueNormKernel;
    const kernels = await Promise.all(outputForms.map((matrixForm) => cache.kernel({ spec, overrides, matrixForm })));
    return (source, layout) => {
      const { device, pool, params, values, outputWeights } = source;
      const norms = slotRows(source, layout, "projected value norms");
      const ofLayer = pool.storage("projected value norms of a layer", kvHeadCount * layout.slotCapacity * 4);
      const layers = outputWeights.map((weight, layer) => {
        const slotTable = layersOf(source.slotTable, layout.slotTableLayerBytes, layer);
        return boundKernel(device, kernels[layer], { params, slotTable, values, weight, norms: ofLayer });
      });
      return {
        encode: (recorder, longestSlots) => {
          const byteCount = kvHeadCount * longestSlots * 4;
          layers.forEach((bound, layer) => {
            recorder.dispatchFor(bound, longestSlots, kvHeadCount);
            recorder.copy({ from: ofLayer, to: norms, toBytes: layer * byteCount, byteCount });
          });
        },
        bufferOf: () => norms,
      };
    };
  },
};

const sketchNorms: TermFamilySpec = {
  names: ["keySketchNorm", "valueSketchNorm"],
  compile: async (cache, shape) => {
    const overrides = { ...headOverrides(shape), COLUMN_COUNT: PROJECTION_COLUMNS };
    const kernel = await cache.kernel({ spec: sketchNormsKernel, overrides });
    return (source, layout) => {
      const { device, pool, params, slotTable, keys, values, matrices } = source;
      const columns = pool.filled("projection", columnsOf(matrices.projection(PROJECTION_COLUMNS), PROJECTION_COLUMNS));
      const keyNorms = slotRows(source, layout, "norms of projected keys");
      const valueNorms = slotRows(source, layout, "norms of projected values");
      const bound = boundKernel(device, kernel, { params, slotTable, keys, values, columns, keyNorms, valueNorms });
      return {
        encode: (recorder, longestSlots) => recorder.dispatchFor(bound, longestSlots, headCountOf(layout.shape)),
        bufferOf: (name) => (name === "keySketchNorm" ? keyNorms : valueNorms),
      };
    };
  },
};

const filterProducts: TermFamilySpec = {
  names: ["filterProduct"],
  compile: async (cache, shape) => {
    const kernel = await cache.kernel({ spec: filterProductKernel, overrides: headOverrides(shape) });
    return (source, layout) => {
      const { device, pool, params, slotTable, keys, matrices } = source;
      const filters = pool.filled("query filters", eachHead(layout, matrices.filter.bind(matrices)));
      const products = slotRows(source, layout, "filter products");
      const bound = boundKernel(device, kernel, { params, slotTable, keys, filters, products });
      return {
        encode: (recorder, longestSlots) => recorder.dispatchFor(bound, longestSlots, headCountOf(layout.shape)),
        bufferOf: () => products,
      };
    };
  },
};

/** keys, values ► range of each channel by block ► deviation on the scale of the next block ► softmax over the block */
const lagSpreads: TermFamilySpec = {
  names: ["lagSpread"],
  compile: async (cache, shape) => {
    const kernels = await allOf({
      ranges: cache.kernel({ spec: lagRangesKernel, overrides: headOverrides(shape) }),
      deviations: cache.kernel({ spec: lagDeviationsKernel, overrides: headOverrides(shape) }),
      spread: cache.kernel({ spec: lagSpreadKernel, overrides: { KV_HEAD_COUNT: shape.kvHeadCount } }),
    });
    return (source, layout, { sinkSlots, lagSlots }) => {
      const { device, pool, params, slotTable, keys, values } = source;
      const headTotal = headCountOf(layout.shape);
      const { headDim } = layout.shape;
      const blockStride = Math.ceil(layout.slotCapacity / lagSlots);
      const blocks = uniformOf(source, "lag blocks", [sinkSlots, lagSlots, blockStride]);
      const ranges = pool.storage("lag ranges", headTotal * blockStride * headDim * 4 * 4);
      const deviations = pool.storage("lag deviations", headTotal * layout.slotCapacity * 2 * 4);
      const scores = slotRows(source, layout, "lag scores");
      const cache = { params, blocks, slotTable, keys, values, ranges };
      const measureRanges = boundKernel(device, kernels.ranges, cache);
      const measureDeviations = boundKernel(device, kernels.deviations, { ...cache, deviations });
      const measureScores = boundKernel(device, kernels.spread, { params, blocks, slotTable, deviations, scores });
      return {
        encode: (recorder, longestSlots) => {
          recorder.dispatchFor(measureRanges, Math.ceil(longestSlots / lagSlots) * (headDim / 4), headTotal);
          recorder.dispatchFor(measureDeviations, longestSlots, headTotal);
          recorder.dispatchFor(measureScores, longestSlots, headTotal);
        },
        bufferOf: () => scores,
      };
    };
  },
};

/** keys, positions ► sketched keys before RoPE ► factor of their Gram matrix ► leverages */
const leverages: TermFamilySpec = {
  names: ["leverage"],
  readsPositions: true,
  compile: async (cache, shape) => {
    const overrides = { KV_HEAD_COUNT: shape.kvHeadCount };
    const kernels = await allOf({
      sketch: cache.kernel({ spec: sketchKeysKernel, overrides: headOverrides(shape) }),
      factor: cache.kernel({ spec: sketchFactorKernel, overrides }),
      leverage: cache.kernel({ spec: leverageKernel, overrides }),
    });
    return (source, layout, { sketchColumns, sinkSlots }) => {
      const { device, pool, params, slotTable, keys, positions, ropeTable, tableRows, matrices } = source;
      const headTotal = headCountOf(layout.shape);
      const { slotCapacity } = layout;
      const sketch = uniformOf(source, "sketch", [sketchColumns, sinkSlots]);
      const draws = eachHead(layout, (layer, kvHead) =>
        columnsOf(matrices.sketch(layer, kvHead, sketchColumns), sketchColumns),
      );
      const columns = pool.filled("sketch columns", draws); // [layer][kvHead][column][headDim]
      const sketched = pool.storage("sketched keys", headTotal * slotCapacity * sketchColumns * 4);
      const means = pool.storage("sketch means", headTotal * sketchColumns * 4);
      const grams = pool.storage("sketch Gram matrices", headTotal * sketchColumns ** 2 * 4);
      const factors = pool.storage("sketch factors", headTotal * sketchColumns ** 2 * 4);
      const leverages = slotRows(source, layout, "leverages");
      const head = { params, sketch, slotTable, sketched };
      const rotations = { positions, ropeTable, tableRows };
      const measureSketch = boundKernel(device, kernels.sketch, { ...head, ...rotations, keys, columns });
      const measureFactor = boundKernel(device, kernels.factor, { ...head, means, grams, factors });
      const measureLeverage = boundKernel(device, kernels.leverage, { ...head, means, factors, leverages });
      return {
        encode: (recorder, longestSlots) => {
          recorder.dispatchFor(measureSketch, longestSlots, headTotal, sketchColumns);
          recorder.dispatch(measureFactor, [headTotal]);
          recorder.dispatchFor(measureLeverage, longestSlots, headTotal);
        },
        bufferOf: () => leverages,
      };
    };
  },
};

/** A matrix [headDim][column], divided by √columns, as [column][headDim]. */
function columnsOf(matrix: Float32Array, columnCount: number): Float32Array {
  const headDim = matrix.length / columnCount;
  const scale = Math.sqrt(columnCount);
  return Float32Array.from(matrix, (_, at) => matrix[(at % headDim) * columnCount + Math.floor(at / headDim)] / scale);
}

/** Of every layer and KV head, joined. */
function eachHead({ shape }: TermLayout, ofHead: (layer: number, kvHead: number) => Float32Array): Float32Array {
  const heads = Array.from({ length: headCountOf(shape) }, (_, head) =>
    ofHead(layerOf(shape, head), kvHeadOf(shape, head)),
  );
  return joinRows(heads, Float32Array).values;
}

function headOverrides({ headDim, kvHeadCount }: FamilyShape): Record<string, number> {
  return { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT: kvHeadCount };
}

export const keyValueFamilies: readonly TermFamilySpec[] = [
  keyNorms,
  valueNorms,
  keyCosines,
  projectedValueNorms,
  sketchNorms,
  filterProducts,
  lagSpreads,
  leverages,
];
