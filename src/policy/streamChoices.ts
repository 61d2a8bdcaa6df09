// What compresses a stream of frames, as a row of choices: the named policies, and the numbers beside them. Settings, links, run
// files and the command line derive from this table.
import type { FrameChoices, FrameRule } from "./frameCompression";

/** "questionAttention": by what a question known beforehand looks at (SnapKV). */
export type StreamRule = FrameRule | "questionAttention";

/** How TaR and VaN are measured. */
export interface FrameScoreChoices {
  /** Keys stand at their slots, as the paper's streaming setting has it, so that a stream is longer than the context; else at their positions. */
  readonly isRenumbered: boolean;
  /** Keys that TaR compares. */
  readonly temporalKeys: "beforeRope" | "afterRope";
  /** Which patch a slot counts as: its own, or as the published code has it, that of its slot. */
  readonly patchOf: "token" | "slot";
  /** Slots over which value norms are averaged, along the cache; null: not at all. Odd. [layer] */
  readonly poolingWidths: readonly number[] | null;
}

export interface StreamChoices extends FrameScoreChoices, FrameChoices {
  readonly rule: StreamRule;
  /** |M| in frames; null: nothing is ever evicted. */
  readonly capFrames: number | null;
  /** Most frames that arrive at once. */
  readonly blockFrames: number;
  readonly seed: number;
}

interface StreamPolicy {
  readonly label: string;
  /** Over the numbers that are chosen for all. */
  readonly choices: Partial<StreamChoices>;
}

export const streamPolicies = {
  "tar+van": { label: "TaR + VaN", choices: { rule: "tarVan" } },
  tar: { label: "TaR alone", choices: { rule: "tarVan", temporalShare: 1 } },
  van: { label: "VaN alone", choices: { rule: "tarVan", temporalShare: 0 } },
  reversed: { label: "TaR reversed", choices: { rule: "tarVan", temporalShare: 1, isReversed: true } },
  "van+recent": { label: "VaN + newest frames", choices: { rule: "vanRecent" } },
  window: { label: "Sliding window", choices: { rule: "slidingWindow" } },
  uniform: { label: "Uniform tokens", choices: { rule: "uniformTokens" } },
  "uniform-frames": { label: "Uniform frames", choices: { rule: "uniformFrames" } },
  "uniform-known": { label: "Uniform, length known", choices: { rule: "uniformKnownLength" } },
  random: { label: "Random", choices: { rule: "random" } },
  changed: { label: "Changed patches", choices: { rule: "changedPatches" } },
  rare: { label: "Rare patches", choices: { rule: "rarePatches" } },
  snapkv: { label: "SnapKV, question 1 known", choices: { rule: "questionAttention" } },
  full: { label: "Full cache", choices: { rule: "slidingWindow", capFrames: null } },
} as const satisfies Record<string, StreamPolicy>;
export type StreamPolicyId = keyof typeof streamPolicies;
export const streamPolicyIds = Object.keys(streamPolicies) as StreamPolicyId[];

/** |C| that a share of |M| comes to: at least a frame, less than |M|. */
export function keptFrames(capFrames: number, share: number): number {
  return Math.max(1, Math.min(capFrames - 1, Math.floor(share * capFrames)));
}
