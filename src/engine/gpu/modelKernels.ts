// All kernels of a model, compiled side by side: for decode, for prefill chunks, and for the terms.
import { headCountOf } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import { CANDIDATE_COUNT } from "../../model/sampling";
import type { TermName } from "../../policy/policy";
import type { Workgroups } from "./dispatch";
import { allOf, PackedKernels } from "./kernelCache";
import type { Kernel, KernelCache } from "./kernelCache";
import type { LayerForms, MatrixForms, VocabularyParts } from "./matrixForms";
import { biased, flag, hasUnits, type KernelSpec, type MatrixForm, type OverrideValues } from "./kernelSpec";
import {
  attentionDecodeKernel,
  attentionMixKernel,
  attentionScoresKernel,
  attentionSoftmaxKernel,
  attentionTapsKernel,
} from "./kernels/attentionKernels";
import { compactKernel, qkvRopeKernel, turnKeysBackKernel, turnQueriesBackKernel } from "./kernels/cacheKernels";
import {
  addNormedKernel,
  embedKernel,
  gateUpBlocksKernel,
  gateUpKernel,
  gateUpSharedKernel,
  matMulKernel,
  matVecBlocksKernel,
  matVecKernel,
  matVecSharedKernel,
  rmsNormKernel,
  gateMulKernel,
} from "./kernels/matrixKernels";
import { mergePartnersKernel, mergeScoresKernel, mergeSlotsKernel, mixNormsKernel } from "./kernels/mergeKernels";
import { replaceSlotsKernel } from "./kernels/packedKernels";
import { compactReceivedKernel, receivedAttentionKernel } from "./kernels/queryKernels";
import { RESULT_WORDS, sampleKernel } from "./kernels/sample";
import { peakLayerBytes } from "./sessionBuffers";
import { createTermKernels, redundancyKernels, windowKernels, type HeadShape, type TermKernels } from "./termKernels";

/** A kernel and the workgroups that its matrix takes, which do not change. */
export interface MatrixKernel {
  readonly kernel: Kernel;
  readonly groups: Workgroups;
}

/** Of sessions that add up the attention that each slot receives. */
export interface ReceivedKernels {
  readonly add: Kernel;
  readonly compact: Kernel;
}

/** Of sessions whose keys are rotated again at events. */
export interface TurnBackKernels {
  readonly keys: Kernel;
  readonly queries: Kernel;
}

/** Of sessions that merge: what measures and carries out merges, and attention with a bias on every slot. */
export interface MergeKernels {
  readonly attentionDecode: Kernel;
  readonly attentionScores: Kernel;
  readonly partners: Kernel;
  readonly scores: Kernel;
  readonly mixNorms: Kernel;
  readonly slots: Kernel;
  /** Null where entries are kept as computed. */
  readonly replace: Kernel | null;
}

/** Of one layer; layers whose matrices have the same forms share them. */
export interface LayerProducts {
  /** One for each buffer of the joint matrix. */
  readonly qkv: readonly MatrixKernel[];
  readonly attentionOutput: MatrixKernel;
  readonly gateUp: MatrixKernel;
  readonly down: MatrixKernel;
}

export interface ModelKernels {
  /** One for each part of the embedding. */
  readonly embed: readonly Kernel[];
  readonly layers: readonly LayerProducts[];
  readonly qkvRope: Kernel;
  /** Of a layer, whose window it knows. */
  readonly attentionDecode: (layer: number) => Kernel;
  /** Null where outputs of attention and MLP have no norm of their own. */
  readonly addNormed: Kernel | null;
  /** One for each part of the output. */
  readonly logits: readonly MatrixKernel[];
  readonly sample: Kernel;
  readonly attentionTaps: Kernel;
  /** The same for every query head by itself, into a buffer of its own; compiled when first asked for. */
  readonly headTaps: () => Promise<Kernel>;
  readonly compact: Kernel;
  /** Compiled when first asked for, as the next. */
  readonly turnBack: () => Promise<TurnBackKernels>;
  readonly received: () => Promise<ReceivedKernels>;
  /** `decay` as in MergeDemand. */
  readonly merges: (decay: number) => Promise<MergeKernels>;
  readonly prefill: {
    readonly rmsNorm: Kernel;
    readonly layers: readonly LayerProducts[];
    readonly attentionSoftmax: (layer: number) => Kernel;
    readonly attentionMix: Kernel;
    readonly gateMul: Kernel;
  };
  readonly terms: TermKernels;
}

interface Matrix {
  readonly columns: number;
  readonly outputs: number;
  /** Where they begin among those of a joint matrix, and how many that has; absent: they are all. */
  readonly firstRow?: number;
  readonly outputRows?: number;
  readonly hasNorm?: boolean;
  readonly hasBias?: boolean;
  readonly hasResidual?: boolean;
}

export async function createModelKernels(
  cache: KernelCache,
  config: ModelConfig,
  { forms, parts }: { readonly forms: MatrixForms; readonly parts: VocabularyParts },
): Promise<ModelKernels> {
  const { hiddenSize, intermediateSize, headCount, kvHeadCount, headDim, vocabularySize, layerCount } = config;
  const EPSILON = config.rmsNormEpsilon;
  const HEAD_VECTORS = headDim / 4;
  const GROUP_SIZE = headCount / kvHeadCount;
  const IS_GELU = flag(config.activation === "geluTanh");
  const hasResidual = !config.hasBranchNorms;
  const slotHeads = { HEAD_VECTORS, KV_HEAD_COUNT: kvHeadCount, HEAD_TOTAL: headCountOf(config) };
  const queryWidth = headCount * headDim;
  const qkvWidth = queryWidth + 2 * kvHeadCount * headDim;

  const plain = (spec: KernelSpec, overrides: OverrideValues, matrixForm: MatrixForm = "f32"): Promise<Kernel> =>
    cache.kernel({ spec, overrides, matrixForm });
  /** Of the forms of a kernel: for adapters that are a CPU, for real GPUs, and there for blocks that are loaded in units. */
  const chosen = (form: MatrixForm, [software, hardware, blocks]: readonly KernelSpec[]): KernelSpec =>
    cache.isSoftware ? software : hasUnits(form) ? blocks : hardware;
  const matVec = async (form: MatrixForm, matrix: Matrix): Promise<MatrixKernel> => {
    const spec = chosen(form, [matVecKernel, matVecSharedKernel, matVecBlocksKernel]);
    const overrides = {
      ...{ ...matrixOverrides(matrix), HAS_NORM: flag(matrix.hasNorm === true), EPSILON },
      ...(spec === matVecBlocksKernel && { BLOCKS: (matrix.columns * matrix.outputs) / BLOCK }),
    };
    const kernel = await plain(spec, overrides, form);
    return { kernel, groups: spread(groupCount(cache, kernel, matrix.outputs / 4)) };
  };
  const matMul = async (form: MatrixForm, matrix: Matrix): Promise<MatrixKernel> => {
    const OUTPUT_ROWS = matrix.outputRows ?? matrix.outputs;
    const kernel = await plain(matMulKernel, { ...matrixOverrides(matrix), OUTPUT_ROWS }, form);
    return { kernel, groups: [Math.ceil(matrix.outputs / 4 / kernel.workgroupSize)] };
  };
  const gateUp = async (form: MatrixForm): Promise<MatrixKernel> => {
    const spec = chosen(form, [gateUpKernel, gateUpSharedKernel, gateUpBlocksKernel]);
    const overrides = {
      ...{ COLUMN_VECTORS: hiddenSize / 4, ROWS: intermediateSize, IS_GELU, EPSILON },
      ...(spec === gateUpBlocksKernel && { BLOCKS: (2 * intermediateSize * hiddenSize) / BLOCK }),
    };
    const kernel = await plain(spec, overrides, form);
    return { kernel, groups: [groupCount(cache, kernel, intermediateSize / 2)] };
  };

  const qkvMatrix = { columns: hiddenSize, outputRows: qkvWidth, hasBias: config.hasQkvBias };
  const outputMatrix = { columns: queryWidth, outputs: hiddenSize, hasResidual };
  const tapShape = {
    SLOT_GROUP_SIZE: GROUP_SIZE,
    LAYER_COUNT: layerCount,
    PEAK_LAYER_STRIDE: peakLayerBytes(config) / 4,
  };
  const embedding = { COLUMN_VECTORS: hiddenSize / 4, SCALE: config.embeddingScale };
  const downMatrix = { columns: intermediateSize, outputs: hiddenSize, hasResidual };
  const gateUpMatrix = { columns: hiddenSize, outputs: 2 * intermediateSize };
  const qkvParts = ({ qkv }: LayerForms): readonly (readonly [MatrixForm, Matrix])[] =>
    qkv.map(({ form, firstRow, rowCount }) => [form, { ...qkvMatrix, firstRow, outputs: rowCount }]);
  const decodeLayer = (layer: LayerForms): Promise<LayerProducts> =>
    allOf({
      qkv: Promise.all(qkvParts(layer).map(([form, part]) => matVec(form, { ...part, hasNorm: true }))),
      attentionOutput: matVec(layer.attentionOutput, outputMatrix),
      gateUp: gateUp(layer.gateUp),
      down: matVec(layer.down, downMatrix),
    });
  const prefillLayer = (layer: LayerForms): Promise<LayerProducts> =>
    allOf({
      qkv: Promise.all(qkvParts(layer).map(([form, part]) => matMul(form, part))),
      attentionOutput: matMul(layer.attentionOutput, outputMatrix),
      gateUp: matMul(layer.gateUp, gateUpMatrix),
      down: matMul(layer.down, downMatrix),
    });
  const [slots, decode, prefill, terms] = await Promise.all([
    slotKernels(cache, config),
    allOf({
      embed: Promise.all(
        parts.embedding.map(({ firstRow: FIRST_TOKEN, rowCount: ROWS }) =>
          plain(embedKernel, { ...embedding, FIRST_TOKEN, ROWS }, forms.embedding),
        ),
      ),
      layers: Promise.all(forms.layers.map(decodeLayer)),
      addNormed: config.hasBranchNorms
        ? plain(addNormedKernel, { COLUMN_VECTORS: hiddenSize / 4, EPSILON })
        : Promise.resolve(null),
      logits: Promise.all(
        parts.output.map(({ rowCount }) =>
          matVec(forms.output, { columns: hiddenSize, outputs: rowCount, hasNorm: true }),
        ),
      ),
      sample: plain(sampleKernel, {
        VOCABULARY_SIZE: vocabularySize,
        CANDIDATE_COUNT: Math.min(CANDIDATE_COUNT, vocabularySize),
      }),
      attentionTaps: plain(attentionTapsKernel, {
        ...tapShape,
        ...{ GROUP_SIZE, KV_HEAD_COUNT: kvHeadCount, RESULT_WORDS },
      }),
      compact: plain(compactKernel, slotHeads),
    }),
    allOf({
      rmsNorm: plain(rmsNormKernel, { COLUMN_VECTORS: hiddenSize / 4, EPSILON }),
      layers: Promise.all(forms.layers.map(prefillLayer)),
      attentionSoftmax: byWindow(config, (WINDOW_SLOTS) => plain(attentionSoftmaxKernel, { GROUP_SIZE, WINDOW_SLOTS })),
      attentionMix: plain(attentionMixKernel, { HEAD_VECTORS, GROUP_SIZE, HEAD_COUNT: headCount }),
      gateMul: plain(gateMulKernel, { COLUMN_VECTORS: intermediateSize / 4, IS_GELU }),
    }),
    createTermKernels(cache, config),
  ]);
  const headTaps = (): Promise<Kernel> =>
    plain(attentionTapsKernel, { ...tapShape, GROUP_SIZE: 1, KV_HEAD_COUNT: headCount, RESULT_WORDS: 0 });
  const turnBack = (): Promise<TurnBackKernels> =>
    allOf({
      keys: plain(turnKeysBackKernel, slotHeads),
      queries: plain(turnQueriesBackKernel, { HEAD_VECTORS, HEAD_COUNT: headCount }),
    });
  const received = (): Promise<ReceivedKernels> =>
    allOf({
      add: plain(receivedAttentionKernel, { GROUP_SIZE, KV_HEAD_COUNT: kvHeadCount }),
      compact: plain(compactReceivedKernel, { KV_HEAD_COUNT: kvHeadCount, HEAD_TOTAL: headCountOf(config) }),
    });
  const merges = (decay: number): Promise<MergeKernels> => compileMerges(cache, config, decay);
  return { ...slots, ...decode, headTaps, turnBack, received, merges, prefill, terms };
}

/** What every forward writes slots with, and reads them with. */
function slotKernels(
  cache: KernelCache,
  config: ModelConfig,
): Promise<Pick<ModelKernels, "qkvRope" | "attentionDecode">> {
  const { headCount: HEAD_COUNT, kvHeadCount: KV_HEAD_COUNT, headDim, hasQkNorm, rmsNormEpsilon: EPSILON } = config;
  const heads = { HEAD_VECTORS: headDim / 4, HEAD_COUNT };
  return allOf({
    qkvRope: cache.kernel({
      spec: qkvRopeKernel,
      overrides: { ...heads, KV_HEAD_COUNT, HAS_QK_NORM: flag(hasQkNorm), EPSILON },
    }),
    attentionDecode: byWindow(config, (WINDOW_SLOTS) =>
      cache.kernel({
        spec: attentionDecodeKernel,
        overrides: { ...heads, GROUP_SIZE: HEAD_COUNT / KV_HEAD_COUNT, WINDOW_SLOTS },
      }),
    ),
  });
}

/** A kernel for every window that some layer has, 0 for none. */
async function byWindow(
  { layers }: ModelConfig,
  compile: (windowSlots: number) => Promise<Kernel>,
): Promise<(layer: number) => Kernel> {
  const windows = layers.map(({ window }) => window ?? 0);
  const compiled = new Map(
    await Promise.all([...new Set(windows)].map(async (window) => [window, await compile(window)] as const)),
  );
  return (layer) => {
    const kernel = compiled.get(windows[layer]);
    assert(kernel !== undefined, `a kernel for the window of layer ${layer}`);
    return kernel;
  };
}

/** The same kernels for a session that packs its entries, as far as one with these terms uses them. */
export async function packedModelKernels(
  plain: ModelKernels,
  cache: PackedKernels,
  config: ModelConfig,
  terms: readonly TermName[],
): Promise<ModelKernels> {
  const asksFor = (...names: TermName[]): boolean => names.some((name) => terms.includes(name));
  const [slots, window, redundancy] = await Promise.all([
    slotKernels(cache, config),
    asksFor("windowAttention", "attentionShift", "placedAttention") ? windowKernels(cache, config) : null,
    asksFor("redundancy", "redundancyRaw") ? redundancyKernels(cache, config) : null,
  ]);
  return {
    ...plain,
    ...slots,
    terms: { ...plain.terms, ...window, ...redundancy },
    merges: (decay) => compileMerges(cache, config, decay),
  };
}

/** Also for probes, which have no model. */
export function compileMerges(
  cache: KernelCache,
  shape: HeadShape & { readonly layerCount: number },
  DECAY: number,
): Promise<MergeKernels> {
  const { headCount: HEAD_COUNT, kvHeadCount: KV_HEAD_COUNT, headDim } = shape;
  const groups = { HEAD_VECTORS: headDim / 4, GROUP_SIZE: HEAD_COUNT / KV_HEAD_COUNT };
  const heads = { ...groups, HEAD_COUNT };
  const pools = { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT };
  const slotHeads = { HEAD_VECTORS: headDim / 4, KV_HEAD_COUNT, HEAD_TOTAL: headCountOf(shape) };
  return allOf({
    attentionDecode: cache.kernel({ spec: biased(attentionDecodeKernel), overrides: { ...heads, WINDOW_SLOTS: 0 } }),
    attentionScores: cache.kernel({ spec: biased(attentionScoresKernel), overrides: heads }),
    partners: cache.kernel({ spec: mergePartnersKernel, overrides: slotHeads }),
    scores: cache.kernel({ spec: mergeScoresKernel, overrides: { ...heads, DECAY } }),
    mixNorms: cache.kernel({ spec: mixNormsKernel, overrides: pools }),
    slots: cache.kernel({ spec: mergeSlotsKernel, overrides: heads }),
    replace:
      cache instanceof PackedKernels
        ? cache.kernel({ spec: replaceSlotsKernel, overrides: { HEAD_VECTORS: headDim / 4 } })
        : Promise.resolve(null),
  });
}

function matrixOverrides({ columns, outputs, firstRow = 0, hasBias, hasResidual }: Matrix): OverrideValues {
  return {
    COLUMN_VECTORS: columns / 4,
    ROWS: outputs,
    FIRST_ROW: firstRow,
    HAS_BIAS: flag(hasBias === true),
    HAS_RESIDUAL: flag(hasResidual === true),
  };
}

/** Numbers that share a scale in the forms with units. */
const BLOCK = 32;
/** What WebGPU allows along one dimension. */
const MOST_GROUPS = 65_535;

function spread(groups: number): Workgroups {
  return groups <= MOST_GROUPS ? [groups] : [MOST_GROUPS, Math.ceil(groups / MOST_GROUPS)];
}

/** The barrier-free form gives a share of the rows to an invocation, the other to a workgroup. */
function groupCount(cache: KernelCache, kernel: Kernel, shareCount: number): number {
  return Math.ceil(shareCount / (cache.isSoftware ? kernel.workgroupSize : 1));
}
