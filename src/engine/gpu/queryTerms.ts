// Families of terms that rest on more than the window's queries, or weigh them differently. Scratch is [layer][head or kvHead]
// [slot of scoreStride] unless it says otherwise.
//
//   ring of queries ► turned to the positions to come ► μ, Σ ► logits ► "expectedAttention", "logExpectedAttention"
//                                                        └───► weights ► A⁻¹ ► "valueLeverage"
import { headCountOf } from "../../cache/headRows";
import { CAP_EPSILON } from "../terms/expectedAttention";
import type { TermParameters } from "../backend";
import { boundKernel, type BoundKernel } from "./dispatch";
import { allOf, type Kernel } from "./kernelCache";
import {
  anchorWeightsKernel,
  candidateAttentionKernel,
  chunkAttentionKernel,
  chunkRowsKernel,
  expectedAttentionKernel,
  expectedLogitsKernel,
  futureQueriesKernel,
  invertMatricesKernel,
  joinedLogitsKernel,
  observedAttentionKernel,
  placedAttentionKernel,
  queryCovarianceKernel,
  valueLeverageKernel,
  weightedSquaresKernel,
} from "./kernels/queryKernels";
import { compilePlane, planeEvidence } from "./queryPlane";
import { slotRows, uniformOf, type FamilyShape, type TermFamilySpec } from "./termFamily";
import { WindowTerms, type TermLayout, type TermSource } from "./windowTerms";

/** The queries to come as a cloud: what both of its families start from. */
interface Foretold {
  readonly foretold: GPUBuffer;
  readonly mean: GPUBuffer; // [layer][head][headDim]
  readonly deviations: GPUBuffer; // [layer][head][row][headDim]; empty where no covariance is asked for
  /** Queries buffered at most. */
  readonly rowCount: number;
  readonly queries: BoundKernel;
}

const expected: TermFamilySpec = {
  names: ["expectedAttention", "logExpectedAttention"],
  compile: async (cache, shape) => {
    const { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE, KV_HEAD_COUNT } = overridesOf(shape);
    const kernels = await allOf({
      queries: cache.kernel({ spec: futureQueriesKernel, overrides: { HEAD_VECTORS, HEAD_COUNT } }),
      covariance: cache.kernel({ spec: queryCovarianceKernel, overrides: { HEAD_VECTORS } }),
      logits: cache.kernel({ spec: expectedLogitsKernel, overrides: { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE } }),
      attention: cache.kernel({ spec: expectedAttentionKernel, overrides: { KV_HEAD_COUNT, GROUP_SIZE } }),
    });
    const planeKernels = await compilePlane(cache, shape);
    return (source, layout, parameters) => {
      const { device, pool, params, slotTable, keys } = source;
      const { headDim } = layout.shape;
      const headTotal = queryHeadTotal(layout);
      const cloud = foretell(source, layout, kernels.queries, parameters);
      const { foretold, mean, deviations, queries } = cloud;
      const covarianceBytes = parameters.hasCovariance ? headTotal * headDim * headDim * 4 : 0;
      const covariance = pool.storage("query covariance", covarianceBytes);
      const logits = pool.storage("expected logits", headTotal * layout.slotCapacity * 4);
      const attention = slotRows(source, layout, "expected attention");
      const logarithm = slotRows(source, layout, "log expected attention");
      const spread = boundKernel(device, kernels.covariance, { params, foretold, deviations, covariance });
      const score = boundKernel(device, kernels.logits, {
        ...{ params, foretold, slotTable, keys, mean, covariance, logits },
        slotBiases: source.slotBiases,
      });
      const softmax = boundKernel(device, kernels.attention, {
        ...{ params, foretold, slotTable, logits, attention, logarithm },
      });
      return {
        encode: (recorder, longestSlots) => {
          recorder.dispatchFor(queries, headDim / 2, headTotal);
          if (parameters.hasCovariance) recorder.dispatchFor(spread, headDim * headDim, headTotal);
          recorder.dispatchFor(score, longestSlots, headTotal);
          recorder.dispatch(softmax, [headCountOf(layout.shape)]);
        },
        bufferOf: (name) => (name === "expectedAttention" ? attention : logarithm),
        ...(layout.hasEvidence === true &&
          parameters.hasCovariance && {
            evidence: planeEvidence(source, layout, planeKernels, {
              ...cloud,
              covariance,
              sinkSlots: parameters.sinkSlots,
            }),
          }),
      };
    };
  },
};

const leverages: TermFamilySpec = {
  names: ["valueLeverage"],
  compile: async (cache, shape) => {
    const { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE, KV_HEAD_COUNT } = overridesOf(shape);
    const kernels = await allOf({
      queries: cache.kernel({ spec: futureQueriesKernel, overrides: { HEAD_VECTORS, HEAD_COUNT } }),
      weights: cache.kernel({ spec: anchorWeightsKernel, overrides: { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE } }),
      squares: cache.kernel({
        spec: weightedSquaresKernel,
        overrides: { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE, EPSILON: CAP_EPSILON },
      }),
      invert: cache.kernel({ spec: invertMatricesKernel, overrides: { WIDTH: shape.headDim } }),
      leverage: cache.kernel({ spec: valueLeverageKernel, overrides: { HEAD_VECTORS, KV_HEAD_COUNT, GROUP_SIZE } }),
    });
    return (source, layout, parameters) => {
      const { device, pool, params, slotTable, keys, values } = source;
      const { headDim } = layout.shape;
      const headTotal = queryHeadTotal(layout);
      const meanAlone = { ...parameters, hasCovariance: false };
      const { foretold, mean, queries } = foretell(source, layout, kernels.queries, meanAlone);
      const weights = pool.storage("anchor weights", headTotal * layout.slotCapacity * 4);
      const matrices = pool.storage("value squares", headTotal * headDim * headDim * 4);
      const leverage = slotRows(source, layout, "value leverage");
      const weigh = boundKernel(device, kernels.weights, { params, foretold, slotTable, keys, mean, weights });
      const square = boundKernel(device, kernels.squares, {
        ...{ params, foretold, slotTable, values, weights, squares: matrices },
      });
      const invert = boundKernel(device, kernels.invert, { matrices });
      const score = boundKernel(device, kernels.leverage, {
        ...{ params, slotTable, values, weights, inverses: matrices, leverage },
      });
      return {
        encode: (recorder, longestSlots) => {
          recorder.dispatchFor(queries, headDim / 2, headTotal);
          recorder.dispatch(weigh, [headTotal]);
          recorder.dispatchFor(square, (headDim * headDim) / 4, headTotal);
          recorder.dispatch(invert, [headTotal]);
          recorder.dispatchFor(score, longestSlots, headCountOf(layout.shape));
        },
        bufferOf: () => leverage,
      };
    };
  },
};

const chunks: TermFamilySpec = {
  names: ["chunkAttention"],
  readsPositions: true,
  compile: async (cache, shape) => {
    const { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE } = overridesOf(shape);
    const overrides = { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE };
    const kernels = await allOf({
      rows: cache.kernel({ spec: chunkRowsKernel, overrides }),
      columns: cache.kernel({ spec: chunkAttentionKernel, overrides }),
    });
    return (source, layout, { attentionChunkSlots: chunkSlots, sinkSlots }) => {
      const { device, pool, params, slotTable, keys, queries, positions } = source;
      const headTotal = queryHeadTotal(layout);
      const chunks = uniformOf(source, "chunks", [chunkSlots, sinkSlots]);
      const rows = pool.storage("chunk rows", 2 * headTotal * layout.slotCapacity * 4); // two numbers a slot
      const attention = slotRows(source, layout, "chunk attention");
      const given = { params, chunks, slotTable, queries, positions, keys, rows, slotBiases: source.slotBiases };
      const measureRows = boundKernel(device, kernels.rows, given);
      const measureColumns = boundKernel(device, kernels.columns, { ...given, attention });
      return {
        encode: (recorder, longestSlots) => {
          recorder.dispatchFor(measureRows, longestSlots, headTotal);
          recorder.dispatchFor(measureColumns, longestSlots, headCountOf(layout.shape));
        },
        bufferOf: () => attention,
      };
    };
  },
};

/** Window attention of R-KV's repository. */
const candidates: TermFamilySpec = {
  names: ["candidateAttention"],
  compile: async (cache, shape) => {
    const { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE, KV_HEAD_COUNT } = overridesOf(shape);
    const kernels = await allOf({
      logits: cache.kernel({ spec: joinedLogitsKernel, overrides: { HEAD_VECTORS, HEAD_COUNT, GROUP_SIZE } }),
      attention: cache.kernel({ spec: candidateAttentionKernel, overrides: { KV_HEAD_COUNT } }),
    });
    return (source, layout) => {
      const { device, pool, params, slotTable, keys, queries } = source;
      const headTotal = headCountOf(layout.shape);
      const { windowSlots, slotCapacity } = layout;
      const logits = pool.storage("joined logits", headTotal * windowSlots * slotCapacity * 4); // [layer][kvHead][row][slot]
      const attention = slotRows(source, layout, "candidate attention");
      const join = boundKernel(device, kernels.logits, {
        params,
        slotTable,
        queries,
        keys,
        logits,
        slotBiases: source.slotBiases,
      });
      const softmax = boundKernel(device, kernels.attention, { params, slotTable, logits, attention });
      return {
        encode: (recorder, longestSlots) => {
          recorder.dispatchFor(join, longestSlots, windowSlots, headTotal);
          recorder.dispatch(softmax, [headTotal]);
        },
        bufferOf: () => attention,
      };
    };
  },
};

/** Window attention, later rows counting more. */
const placed: TermFamilySpec = {
  names: ["placedAttention"],
  compile: async (cache, shape) => {
    const { GROUP_SIZE, KV_HEAD_COUNT } = overridesOf(shape);
    const kernel = await cache.kernel({ spec: placedAttentionKernel, overrides: { GROUP_SIZE, KV_HEAD_COUNT } });
    return (source, layout) => {
      const window = new WindowTerms(source, layout);
      const { probabilities } = window;
      const ofBatch = slotRows(source, layout, "placed attention of some layers");
      const attention = slotRows(source, layout, "placed attention");
      const bound = window.batches.map(({ slotTable }) =>
        boundKernel(source.device, kernel, { params: source.params, slotTable, probabilities, attention: ofBatch }),
      );
      return {
        encode: (recorder, longestSlots) => {
          const layerBytes = layout.shape.kvHeadCount * longestSlots * 4;
          if (longestSlots <= layout.windowSlots) return;
          window.batches.forEach((batch, at) => {
            window.encodeProbabilities(recorder, longestSlots, batch);
            const rowCount = batch.layerCount * layout.shape.kvHeadCount;
            recorder.dispatchFor(bound[at], longestSlots - layout.windowSlots, rowCount);
            const toBytes = batch.firstLayer * layerBytes;
            recorder.copy({ from: ofBatch, to: attention, toBytes, byteCount: batch.layerCount * layerBytes });
          });
        },
        bufferOf: () => attention,
      };
    };
  },
};

/** The sums are added up in every forward. */
const observed: TermFamilySpec = {
  names: ["observedAttention"],
  readsPositions: true,
  compile: async (cache, shape) => {
    const { KV_HEAD_COUNT } = overridesOf(shape);
    const kernel = await cache.kernel({ spec: observedAttentionKernel, overrides: { KV_HEAD_COUNT } });
    return (source, layout) => {
      const { params, slotTable, positions, receivedSums } = source;
      const attention = slotRows(source, layout, "observed attention");
      const divide = boundKernel(source.device, kernel, { params, slotTable, positions, receivedSums, attention });
      return {
        encode: (recorder, longestSlots) => recorder.dispatchFor(divide, longestSlots, headCountOf(layout.shape)),
        bufferOf: () => attention,
      };
    };
  },
};

export const queryFamilies: readonly TermFamilySpec[] = [expected, leverages, chunks, candidates, placed, observed];

function overridesOf({ headDim, headCount, kvHeadCount }: FamilyShape) {
  return {
    HEAD_VECTORS: headDim / 4,
    HEAD_COUNT: headCount,
    KV_HEAD_COUNT: kvHeadCount,
    GROUP_SIZE: headCount / kvHeadCount,
  };
}

function foretell(source: TermSource, layout: TermLayout, kernel: Kernel, parameters: TermParameters): Foretold {
  const { device, pool, params, queries, ropeTable, tableRows } = source;
  const { headDim, headCount } = layout.shape;
  const headTotal = queryHeadTotal(layout);
  const { sinkSlots, futureSteps, sharpness, hasCovariance } = parameters;
  const ringRows = Math.floor(layout.queryLayerBytes / (headCount * headDim * 4));
  const rowCount = Math.min(parameters.queryBuffer, ringRows);
  const [sharpnessBits] = new Uint32Array(Float32Array.of(sharpness).buffer);
  const numbers = [sinkSlots, futureSteps, rowCount, hasCovariance ? 1 : 0, sharpnessBits];
  const foretold = uniformOf(source, "queries to come", numbers);
  const mean = pool.storage("query mean", headTotal * headDim * 4);
  const deviations = pool.storage("query deviations", hasCovariance ? headTotal * rowCount * headDim * 4 : 0);
  const bound = boundKernel(device, kernel, { params, foretold, queries, ropeTable, tableRows, mean, deviations });
  return { foretold, mean, deviations, rowCount, queries: bound };
}

function queryHeadTotal({ shape }: TermLayout): number {
  return shape.layerCount * shape.headCount;
}
