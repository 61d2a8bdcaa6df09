// The presses of NVIDIA/kvpress that a policy of ours answers to: which policy, with which parameters, and what of it is compared.
import { PROJECTION_COLUMNS } from "../../src/engine/terms/projectedNorms";
import type { TermMatrices } from "../../src/engine/terms/termMatrices";
import { streamingLlm } from "../../src/policy/attentionFree";
import { cur, keyDiff, keyNorm, lagKv, leverageScore, qFilter } from "../../src/policy/keyValueScores";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import {
  cap,
  compactor,
  expectedAttention,
  finch,
  h2oOfKvPress,
  nonCausalAttention,
  snapKvOfKvPress,
  tova,
} from "../../src/policy/queryScores";
import {
  booleanOf,
  fieldOf,
  numberOf,
  oneOf,
  optionalField,
  sliceOf,
  tensorOf,
  type Field,
  type Tensor,
} from "./field";
import type { Scene } from "./scene";

export interface PressRun {
  /** Its formula scores. The newest `windowSlots` tokens (none unless set here) are no candidates: the press protects them. */
  readonly policy: Pick<Policy, "formula">;
  readonly parameters: Partial<PolicyParameters>;
  /** What the press writes where ours is Infinity, or in the window, from the largest other score; that and 1 unless set. */
  readonly protectedScore?: (largest: number) => number;
  /** Columns of layer-wide steps are computed over all sequences of the batch together. */
  readonly isOverBatch?: boolean;
  /** Matrices that the case gives instead of a draw or a model of ours. */
  readonly matrices?: (scene: Scene, sequence: number) => Partial<TermMatrices>;
  /** Largest relative error of the scores, where it is more than the backend allows. */
  readonly tolerance?: number;
  /** Where ties or another scale leave only one of them defined. */
  readonly compares?: "scores" | "kept";
}

/** From a press's config, and the whole case, to how it is run here. */
type ReadPress = (config: Field, root: Field) => PressRun;

export const presses: Readonly<Record<string, ReadPress>> = {
  CriticalKVPress: (config, root) => {
    const base = presses[oneOf(fieldOf(config, "base"), ["SnapKVPress", "ExpectedAttentionPress"])](config, root);
    const secondStage = {
      secondStage: "critical",
      secondStageShift: configNumber(config, "epsilon"),
      firstStagePart: configNumber(config, "first_stage_ratio"),
    } as const;
    // ε is the second stage's. What the press writes for those who must stay is the largest float.
    const parameters = { ...base.parameters, ...secondStage, expectedFloor: 0 };
    return { ...base, parameters, protectedScore: () => Infinity };
  },
  KnormPress: () => ({ policy: keyNorm, parameters: {} }),
  KeyDiffPress: () => ({ policy: keyDiff, parameters: {} }),
  // The rule is ours with other numbers: a press scores 0 and 1, we score by position, and both keep the same.
  StreamingLLMPress: (config) => ({ policy: streamingLlm, parameters: sinksOf(config), compares: "kept" }),
  LagKVPress: (config) => {
    const isCross = configFlag(config, "cross_scoring");
    return {
      policy: lagKv,
      parameters: {
        ...sinksOf(config),
        lagSlots: configNumber(config, "lag_size"),
        lagScore: isCross ? "spread" : "rank",
      },
      // Ranks tie between blocks, and the press leaves open who stays.
      ...(isCross ? {} : { compares: "scores" }),
    };
  },
  CURPress: (config, root) => {
    const isProjected = configFlag(config, "use_random_leverage");
    const isLocal = configFlag(config, "use_local_approximation");
    const curFrom = ({ key: "key", value: "value", kv_avg: "mean", kv_product: "product" } as const)[
      oneOf(fieldOf(config, "leverage_type"), ["key", "value", "kv_avg", "kv_product"])
    ];
    return {
      policy: cur,
      parameters: {
        sinkSlots: configNumber(config, "num_sinks"),
        ...{ curFrom, isCurProjected: isProjected },
        curBlockSlots: isLocal ? configNumber(config, "local_window_size") : 0,
      },
      protectedScore: () => 1,
      ...(isProjected && {
        matrices: ({ shape }) => {
          const projection = inputOf(root, "random_matrix", [shape.headDim, PROJECTION_COLUMNS]);
          return { projection: () => projection.data };
        },
      }),
    };
  },
  CompactorPress: (config, root) => {
    const sketchColumns = configNumber(config, "sketch_dimension");
    const blending = optionalField(config, "blending");
    return {
      policy: compactor,
      parameters: {
        ...{ sketchColumns, attentionChunkSlots: configNumber(config, "chunk_size") },
        ...{ sinkSlots: configNumber(config, "sink_size_start"), windowSlots: configNumber(config, "sink_size_end") },
        blending: blending === null ? configNumber(config, "compression_ratio") : numberOf(blending),
      },
      protectedScore: (largest) => largest,
      isOverBatch: true,
      matrices: (scene, sequence) => ({ sketch: sketchesOf(root, scene, sketchColumns)[sequence] }),
      tolerance: 1e-4,
    };
  },
  LeverageScorePress: (config, root) => {
    const sketchColumns = configNumber(config, "sketch_dimension");
    return {
      policy: leverageScore,
      parameters: { sinkSlots: 0, sketchColumns },
      isOverBatch: true,
      matrices: (scene, sequence) => ({ sketch: sketchesOf(root, scene, sketchColumns)[sequence] }),
      tolerance: 1e-4,
    };
  },
  QFilterPress: (_, root) => ({
    policy: qFilter,
    parameters: {},
    matrices: ({ shape: { kvHeadCount, headDim } }) => {
      const filters = inputOf(root, "q_filter", [kvHeadCount, headDim]);
      return { filter: (_, kvHead) => sliceOf(filters, kvHead).data };
    },
  }),
  TOVAPress: () => ({ policy: tova, parameters: { windowSlots: 1, groupPooling: "mean" } }),
  SnapKVPress: (config) => ({
    policy: snapKvOfKvPress,
    parameters: { ...windowOf(config), poolingSlots: configNumber(config, "kernel_size") },
  }),
  FinchPress: (config) => ({ policy: finch, parameters: windowOf(config) }),
  ObservedAttentionPress: () => ({ policy: h2oOfKvPress, parameters: {} }),
  ExpectedAttentionPress: (config) => ({
    policy: expectedAttention,
    parameters: {
      ...foretelling(config),
      hasCovariance: configFlag(config, "use_covariance"),
      hasValueNorm: configFlag(config, "use_vnorm"),
      expectedFloor: configNumber(config, "epsilon"),
    },
  }),
  CapPress: (config) => ({
    policy: cap,
    parameters: { ...foretelling(config), sharpness: configNumber(config, "tau") },
  }),
  NonCausalAttnPress: (config) => ({
    policy: nonCausalAttention,
    parameters: { sinkSlots: 0, attentionChunkSlots: configNumber(config, "chunk_size") },
    isOverBatch: true,
  }),
};

function sinksOf(config: Field): Partial<PolicyParameters> {
  return { sinkSlots: configNumber(config, "n_sink") };
}

function inputOf(root: Field, name: string, shape: readonly number[]): Tensor {
  return tensorOf(fieldOf(fieldOf(root, "inputs"), name), shape);
}

/** Draws by sequence, then KV head. */
function sketchesOf(root: Field, { batchCount, shape }: Scene, columnCount: number): TermMatrices["sketch"][] {
  const { kvHeadCount, headDim } = shape;
  const draws = inputOf(root, "random_matrix", [batchCount, kvHeadCount, headDim, columnCount]);
  return Array.from({ length: batchCount }, (_, sequence) => {
    const heads = sliceOf(draws, sequence);
    return (_, kvHead) => sliceOf(heads, kvHead).data;
  });
}

function windowOf(config: Field): Partial<PolicyParameters> {
  return { windowSlots: configNumber(config, "window_size"), groupPooling: "mean" };
}

/** A press has every query of the prompt. */
function foretelling(config: Field): Partial<PolicyParameters> {
  const [sinkSlots, futureSteps] = [configNumber(config, "n_sink"), configNumber(config, "n_future_positions")];
  return { queryBuffer: Infinity, sinkSlots, futureSteps };
}

function configFlag(config: Field, name: string): boolean {
  return booleanOf(fieldOf(config, name));
}

function configNumber(config: Field, name: string): number {
  return numberOf(fieldOf(config, name));
}
