// The presses of NVIDIA/kvpress that a policy of ours answers to: which policy, with which parameters, and what of it is compared.
import { keyDiff, keyNorm } from "../../src/policy/keyValueScores";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import {
  cap,
  expectedAttention,
  finch,
  h2oOfKvPress,
  nonCausalAttention,
  snapKvOfKvPress,
  tova,
} from "../../src/policy/queryScores";
import { booleanOf, numberOf, fieldOf, type Field } from "./field";

export interface PressRun {
  /** Its formula scores. The newest `windowSlots` tokens (none unless set here) are no candidates: the press protects them. */
  readonly policy: Pick<Policy, "formula">;
  readonly parameters: Partial<PolicyParameters>;
  /** What the press writes where ours is Infinity, or in the window, from the largest other score; that and 1 unless set. */
  readonly protectedScore?: (largest: number) => number;
  /** Columns of layer-wide steps are computed over all sequences of the batch together. */
  readonly isOverBatch?: boolean;
  /** Largest relative error of the scores, instead of the backend's. */
  readonly tolerance?: number;
  /** Where ties or another scale leave only one of them defined. */
  readonly compares?: "scores" | "kept";
}

/** From a press's config, and the whole case, to how it is run here. */
export type ReadPress = (config: Field, root: Field) => PressRun;

export const presses: Readonly<Record<string, ReadPress>> = {
  KnormPress: () => ({ policy: keyNorm, parameters: {} }),
  KeyDiffPress: () => ({ policy: keyDiff, parameters: {} }),
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

export function configNumber(config: Field, name: string): number {
  return numberOf(fieldOf(config, name));
}
