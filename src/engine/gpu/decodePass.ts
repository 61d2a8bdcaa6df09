// The forward of one token: bound once per session, recorded in every step, nothing allocated in between.
import { headCountOf } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { QueryFilters } from "../../model/queryFilters";
import { boundKernel, groupsFor, type BoundKernel, type Recorder, type Workgroups } from "./dispatch";
import type { GpuWeights } from "./gpuWeights";
import type { VocabularyParts } from "./matrixForms";
import type { CompiledLatents, GpuLatents } from "./latents";
import type { CompiledPacking, PackedSession } from "./packedSession";
import type { BufferBinding, Kernel } from "./kernelCache";
import type { MatrixKernel, MergeKernels, ModelKernels, ReceivedKernels, TurnBackKernels } from "./modelKernels";
import { peakLayerBytes, type SessionBuffers, type SessionLayout } from "./sessionBuffers";
import type { CompiledFamily } from "./termFamilies";
import { layersOf } from "./windowTerms";

/** What is compiled only for the sessions that ask for it. */
export interface SessionKernels {
  /** Taps of every query head; null where the run does not ask for them. */
  readonly headTaps: Kernel | null;
  readonly termFamilies: readonly CompiledFamily[];
  /** Sums of the attention received, and how they move at a compaction; null where no term asks for them. */
  readonly received: ReceivedKernels | null;
  /** Null where keys keep their rotation. */
  readonly turnBack: TurnBackKernels | null;
  /** Null where nothing is merged. */
  readonly merges: MergeKernels | null;
  /** Null where every slot is read. */
  readonly latents: CompiledLatents | null;
  /** Null where entries are kept as computed. */
  readonly packing: CompiledPacking | null;
}

/** What the passes of a session are made of. */
export interface SessionParts extends Omit<SessionKernels, "latents" | "packing"> {
  /** Null where every slot is read. */
  readonly latents: GpuLatents | null;
  /** Null where entries are kept as computed. */
  readonly packed: PackedSession | null;
  readonly device: GPUDevice;
  readonly config: ModelConfig;
  readonly filters: QueryFilters | null;
  readonly kernels: ModelKernels;
  readonly weights: GpuWeights;
  readonly vocabulary: VocabularyParts;
  readonly buffers: SessionBuffers;
  readonly layout: SessionLayout;
  readonly hasTaps: boolean;
}

interface Dispatch {
  readonly bound: BoundKernel;
  readonly groups: Workgroups;
}

/** A kernel, or what depends on the forward. */
type Step = Dispatch | ((recorder: Recorder, longestSlots: number, isPrompt: boolean) => void);

export class DecodePass {
  private readonly steps: readonly Step[];
  private readonly taps: BoundKernel | null;
  private readonly headTaps: BoundKernel | null;
  private readonly promptSums: readonly BoundKernel[];
  private readonly received: BoundKernel | null;

  constructor(private readonly parts: SessionParts) {
    const { config, kernels, weights, buffers } = parts;
    const { params, hidden, logits, tokens, results } = buffers;
    this.steps = [
      ...kernels.embed.map((kernel, part): Step => {
        const embed = this.bind(kernel, { tokens, weight: weights.embedding[part], hidden });
        return { bound: embed, groups: [groupsFor(embed, config.hiddenSize / 4)] };
      }),
      ...weights.layers.flatMap((_, layer) => this.layerSteps(layer)),
      ...this.logitSteps(),
      { bound: this.bind(kernels.sample, { params, logits, tokens, results }), groups: [1] },
    ];
    const { slotTable, probabilities, peaks, rowPlaces } = buffers;
    const tapped = { params, slotTable, probabilities, peaks };
    this.taps = parts.hasTaps ? this.bind(kernels.attentionTaps, { ...tapped, rowPlaces, results }) : null;
    const { headTaps } = parts;
    const ofHeads = { rowPlaces: buffers.headRowPlaces, results: buffers.headResults };
    this.headTaps = headTaps && this.bind(headTaps, { ...tapped, ...ofHeads });
    const { received } = parts;
    const { receivedSums } = buffers;
    this.received = received && this.bind(received.add, { params, slotTable, probabilities, receivedSums });
    this.promptSums = buffers.promptSums.map((columnSums, layer) =>
      this.bind(kernels.terms.promptAttention, { params, probabilities: this.probabilitiesOf(layer), columnSums }),
    );
  }

  /** The forward on tokens[0] with the numbers in params; `isPrompt` adds its attention to the prompt's column sums. */
  record(recorder: Recorder, longestSlots: number, isPrompt: boolean): void {
    for (const step of this.steps) {
      if (typeof step === "function") step(recorder, longestSlots, isPrompt);
      else recorder.dispatch(step.bound, step.groups);
    }
    const { config, layout } = this.parts;
    const wordCount = Math.ceil(longestSlots / 4);
    if (this.taps !== null) recorder.dispatchFor(this.taps, wordCount, headCountOf(config));
    if (this.headTaps !== null) recorder.dispatchFor(this.headTaps, wordCount, layout.headTapRowCount);
    const { received } = this;
    if (received !== null) recorder.dispatchFor(received, longestSlots, config.kvHeadCount, config.layerCount);
    if (!isPrompt) return;
    for (const bound of this.promptSums) recorder.dispatchFor(bound, longestSlots, config.kvHeadCount);
  }

  /** Each part of the output has its rows of the logits. */
  private logitSteps(): Step[] {
    const { kernels, weights, buffers, vocabulary } = this.parts;
    return kernels.logits.map((kernel, part) => {
      const { firstRow, rowCount } = vocabulary.output[part];
      const output = { buffer: buffers.logits, offset: 4 * firstRow, size: 4 * rowCount };
      const input = { input: buffers.hidden, norm: weights.finalNorm };
      return this.matrix(kernel, { ...input, weight: weights.output[part], output });
    });
  }

  private layerSteps(layer: number): Step[] {
    const { config, kernels, layout, buffers } = this.parts;
    const { params, hidden, qkv, queries, mixed, gated, peaks } = buffers;
    const weights = this.parts.weights.layers[layer];
    const products = kernels.layers[layer];
    const slotTable = layersOf(buffers.slotTable, layout.slotTableLayerBytes, layer);
    const { keys, values } = buffers;
    const queryRing = layersOf(buffers.queryRing, layout.queryLayerBytes, layer);
    const rope = this.bind(kernels.qkvRope, {
      ...{ params, qkv, qkNorm: weights.qkNorm, ropeTable: buffers.layerRopeTable(layer), slotTable },
      ...{ queries, keys, values, queryRing },
    });
    const attention = this.bind(this.parts.merges?.attentionDecode ?? kernels.attentionDecode(layer), {
      ...{ params, slotTable, queries, keys, values, slotBiases: buffers.slotBiases },
      probabilities: this.probabilitiesOf(layer),
      peaks: layersOf(peaks, peakLayerBytes(config), layer),
      output: mixed,
    });
    const headTotal = config.headCount + 2 * config.kvHeadCount;
    return [
      ...products.qkv.map((kernel, part) =>
        this.matrix(kernel, {
          ...{ input: hidden, norm: weights.attentionNorm, weight: weights.qkv[part], bias: weights.qkvBias },
          output: qkv,
        }),
      ),
      { bound: rope, groups: [groupsFor(rope, (headTotal * config.headDim) / 4)] },
      ...this.packingSteps(layer),
      this.attentionStep(layer, attention),
      ...this.branchSteps(products.attentionOutput, weights.attentionBranchNorm, {
        ...{ input: mixed, weight: weights.attentionOutput },
      }),
      this.matrix(products.gateUp, { input: hidden, norm: weights.mlpNorm, weight: weights.gateUp, output: gated }),
      ...this.branchSteps(products.down, weights.mlpBranchNorm, { input: gated, weight: weights.down }),
    ];
  }

  /** The product that ends attention or MLP, added to the hidden row, through its own norm where it has one. */
  private branchSteps(
    matrix: MatrixKernel,
    norm: GPUBuffer,
    bindings: Readonly<Record<"input" | "weight", GPUBuffer>>,
  ): Dispatch[] {
    const { addNormed } = this.parts.kernels;
    const { hidden, branch } = this.parts.buffers;
    if (addNormed === null) return [this.matrix(matrix, { ...bindings, output: hidden })];
    return [
      this.matrix(matrix, { ...bindings, output: branch }),
      { bound: this.bind(addNormed, { branch, norm, hidden }), groups: [1] },
    ];
  }

  private packingSteps(layer: number): Step[] {
    const { packed } = this.parts;
    if (packed === null) return [];
    return [
      (recorder) => {
        packed.recordPack(recorder, layer);
        packed.recordKeep(recorder, layer, 1);
      },
    ];
  }

  /** The prompt's last token reads every slot, as the prefill does. */
  private attentionStep(layer: number, bound: BoundKernel): Step {
    const { latents, config } = this.parts;
    const groups: Workgroups = [config.headCount];
    if (latents === null || !latents.has(layer)) return { bound, groups };
    return (recorder, longestSlots, isPrompt) => {
      if (!isPrompt) {
        latents.recordSelected(recorder, layer);
        return;
      }
      latents.recordWhole(recorder, layer, 1, longestSlots);
      recorder.dispatch(bound, groups);
    };
  }

  private probabilitiesOf(layer: number): BufferBinding {
    return layersOf(this.parts.buffers.probabilities, this.parts.layout.scoreLayerBytes, layer);
  }

  private matrix({ kernel, groups }: MatrixKernel, bindings: Readonly<Record<string, BufferBinding>>): Dispatch {
    const { unused } = this.parts.weights;
    return { bound: this.bind(kernel, { norm: unused, bias: unused, ...bindings }), groups };
  }

  private bind(kernel: Kernel, bindings: Readonly<Record<string, BufferBinding>>): BoundKernel {
    return boundKernel(this.parts.device, kernel, bindings);
  }
}
