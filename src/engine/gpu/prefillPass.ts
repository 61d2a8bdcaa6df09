// A chunk of the prompt as matrix products: fills keys, values and the query ring; the last token is left to DecodePass.
import { boundKernel, groupsFor, type BoundKernel, type Recorder } from "./dispatch";
import type { SessionParts } from "./decodePass";
import type { BufferBinding, Kernel } from "./kernelCache";
import type { MatrixKernel } from "./modelKernels";
import { peakLayerBytes } from "./sessionBuffers";
import { layersOf } from "./windowTerms";

interface BoundMatrix {
  readonly bound: BoundKernel;
  readonly columnGroups: number;
}

/** In three kernels, which share what they load between rows; where entries are packed, row by row, since rows see different ones. */
type ChunkAttention =
  | { readonly type: "tiles"; readonly scores: BoundKernel; readonly softmax: BoundKernel; readonly mix: BoundKernel }
  | { readonly type: "rows"; readonly bound: BoundKernel };

interface LayerKernels {
  readonly attentionNorm: BoundKernel;
  readonly qkv: readonly BoundMatrix[];
  readonly rope: BoundKernel;
  readonly attention: ChunkAttention;
  readonly promptSums: BoundKernel | null;
  readonly received: BoundKernel | null;
  readonly attentionOutput: BoundMatrix;
  /** Null where outputs are added by their products. */
  readonly addAttention: BoundKernel | null;
  readonly mlpNorm: BoundKernel;
  readonly gateUp: BoundMatrix;
  readonly gateMul: BoundKernel;
  readonly down: BoundMatrix;
  readonly addMlp: BoundKernel | null;
}

export class PrefillPass {
  private readonly embeds: readonly BoundKernel[];
  private readonly layers: readonly LayerKernels[];

  constructor(private readonly parts: SessionParts) {
    const { kernels, weights, buffers } = parts;
    const { tokens, hidden } = buffers;
    this.embeds = kernels.embed.map((kernel, part) =>
      this.bind(kernel, { tokens, weight: weights.embedding[part], hidden }),
    );
    this.layers = weights.layers.map((_, layer) => this.bindLayer(layer));
  }

  /** The chunk whose tokens are in the buffer, with the numbers in params. */
  record(recorder: Recorder, rowCount: number, lengthSlots: number): void {
    const { config } = this.parts;
    for (const embed of this.embeds) recorder.dispatchFor(embed, config.hiddenSize / 4, rowCount);
    this.layers.forEach((kernels, layer) => this.recordLayer(recorder, { kernels, layer }, rowCount, lengthSlots));
  }

  private recordLayer(
    recorder: Recorder,
    { kernels: layer, layer: place }: { readonly kernels: LayerKernels; readonly layer: number },
    rowCount: number,
    lengthSlots: number,
  ): void {
    const { headCount, kvHeadCount, headDim, intermediateSize } = this.parts.config;
    const rowTiles = Math.ceil(rowCount / 4);
    const multiply = ({ bound, columnGroups }: BoundMatrix): void =>
      recorder.dispatch(bound, [columnGroups, groupsFor(bound, rowTiles)]);
    recorder.dispatchFor(layer.attentionNorm, rowCount);
    layer.qkv.forEach(multiply);
    recorder.dispatchFor(layer.rope, ((headCount + 2 * kvHeadCount) * headDim) / 4, rowCount);
    this.parts.latents?.recordWhole(recorder, place, rowCount, lengthSlots);
    const { packed } = this.parts;
    const { attention } = layer;
    if (attention.type === "rows") {
      packed?.recordPack(recorder, place);
      recorder.dispatch(attention.bound, [headCount, rowCount]);
      packed?.recordKeep(recorder, place, rowCount);
    } else {
      recorder.dispatchFor(attention.scores, Math.ceil(lengthSlots / 4), headCount * rowTiles);
      recorder.dispatch(attention.softmax, [rowCount, headCount]);
    }
    if (layer.promptSums !== null) recorder.dispatchFor(layer.promptSums, lengthSlots, kvHeadCount);
    if (layer.received !== null) recorder.dispatchFor(layer.received, lengthSlots, kvHeadCount);
    if (attention.type === "tiles") recorder.dispatchFor(attention.mix, (headCount * headDim) / 4, rowTiles);
    multiply(layer.attentionOutput);
    if (layer.addAttention !== null) recorder.dispatch(layer.addAttention, [rowCount]);
    recorder.dispatchFor(layer.mlpNorm, rowCount);
    multiply(layer.gateUp);
    recorder.dispatchFor(layer.gateMul, intermediateSize / 4, rowCount);
    multiply(layer.down);
    if (layer.addMlp !== null) recorder.dispatch(layer.addMlp, [rowCount]);
  }

  private bindLayer(layer: number): LayerKernels {
    const { kernels, layout, buffers } = this.parts;
    const { prefill, terms } = kernels;
    const { params, hidden, branch, normed, qkv, queries, mixed, gateUp, gated } = buffers;
    const weights = this.parts.weights.layers[layer];
    const products = prefill.layers[layer];
    const slotTable = layersOf(buffers.slotTable, layout.slotTableLayerBytes, layer);
    const { keys, values } = buffers;
    const queryRing = layersOf(buffers.queryRing, layout.queryLayerBytes, layer);
    const probabilities = buffers.chunkScores;
    const norm = (weight: GPUBuffer) =>
      this.bind(prefill.rmsNorm, { params, input: hidden, norm: weight, output: normed });
    const { addNormed } = kernels;
    const output = addNormed === null ? hidden : branch;
    const { received } = this.parts;
    const receivedSums = received && layersOf(buffers.receivedSums, layout.receivedLayerBytes, layer);
    const columnSums: GPUBuffer | undefined = buffers.promptSums[layer];
    return {
      attentionNorm: norm(weights.attentionNorm),
      qkv: products.qkv.map((kernel, part) =>
        this.matrix(kernel, { input: normed, weight: weights.qkv[part], bias: weights.qkvBias, output: qkv }),
      ),
      rope: this.bind(kernels.qkvRope, {
        ...{ params, qkv, qkNorm: weights.qkNorm, ropeTable: buffers.layerRopeTable(layer), slotTable },
        ...{ queries, keys, values, queryRing },
      }),
      attention: this.bindAttention(layer),
      promptSums:
        columnSums === undefined ? null : this.bind(terms.promptAttention, { params, probabilities, columnSums }),
      received: receivedSums && this.bind(received.add, { params, slotTable, probabilities, receivedSums }),
      attentionOutput: this.matrix(products.attentionOutput, {
        ...{ input: mixed, weight: weights.attentionOutput, output },
      }),
      addAttention: addNormed && this.bind(addNormed, { branch, norm: weights.attentionBranchNorm, hidden }),
      mlpNorm: norm(weights.mlpNorm),
      gateUp: this.matrix(products.gateUp, { input: normed, weight: weights.gateUp, output: gateUp }),
      gateMul: this.bind(prefill.gateMul, { gateUp, output: gated }),
      down: this.matrix(products.down, { input: gated, weight: weights.down, output }),
      addMlp: addNormed && this.bind(addNormed, { branch, norm: weights.mlpBranchNorm, hidden }),
    };
  }

  private bindAttention(layer: number): ChunkAttention {
    const { config, kernels, layout, buffers, packed } = this.parts;
    const { params, queries, keys, values, mixed, slotBiases, chunkScores: probabilities } = buffers;
    const slotTable = layersOf(buffers.slotTable, layout.slotTableLayerBytes, layer);
    if (packed !== null) {
      const peaks = layersOf(buffers.peaks, peakLayerBytes(config), layer);
      const cache = { params, slotTable, queries, keys, values, slotBiases };
      const kernel = this.parts.merges?.attentionDecode ?? kernels.attentionDecode(layer);
      return { type: "rows", bound: this.bind(kernel, { ...cache, probabilities, peaks, output: mixed }) };
    }
    return {
      type: "tiles",
      scores: this.bind(kernels.terms.attentionScores, { params, slotTable, queries, keys, scores: probabilities }),
      softmax: this.bind(kernels.prefill.attentionSoftmax(layer), { params, slotTable, probabilities }),
      mix: this.bind(kernels.prefill.attentionMix, { params, slotTable, probabilities, values, output: mixed }),
    };
  }

  private matrix({ kernel, groups }: MatrixKernel, bindings: Readonly<Record<string, BufferBinding>>): BoundMatrix {
    const { params } = this.parts.buffers;
    const bias = this.parts.weights.unused;
    return { bound: this.bind(kernel, { params, bias, ...bindings }), columnGroups: groups[0] };
  }

  private bind(kernel: Kernel, bindings: Readonly<Record<string, BufferBinding>>): BoundKernel {
    return boundKernel(this.parts.device, kernel, bindings);
  }
}
