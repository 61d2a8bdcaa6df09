// What the page says of a policy's paper: a record of sentences, and settings to try.
import type { LaneChoices } from "../../settings/lanes";
import type { Choices } from "../../settings/settings";

export interface PolicyPaper {
  readonly policyId: string;
  /** Null for a policy that no paper proposes. */
  readonly source: PaperSource | null;
  readonly paper: readonly string[];
  readonly code: readonly string[];
  readonly here: readonly string[];
  readonly trials: readonly PaperTrial[];
}

export interface PaperSource {
  readonly citation: string;
  readonly address: string;
  /** "" where no code is known. */
  readonly code: string;
  readonly codeAddress: string;
}

/** The public code that we read and ran. */
export const readCode = {
  gkv: { code: "microsoft/G-KV, 6db3b2e", codeAddress: "https://github.com/microsoft/G-KV/tree/6db3b2e" },
  rKv: { code: "Zefan-Cai/R-KV, d15c976", codeAddress: "https://github.com/Zefan-Cai/R-KV/tree/d15c976" },
  kvpress: { code: "NVIDIA/kvpress, 8bb29b9", codeAddress: "https://github.com/NVIDIA/kvpress/tree/8bb29b9" },
  keepKv: { code: "kkvcache/KeepKV, a25a2b5", codeAddress: "https://github.com/kkvcache/KeepKV/tree/a25a2b5" },
} as const;

/** Settings to try: a run, mostly next to the policy as the page begins with it. */
export interface PaperTrial {
  readonly label: string;
  readonly choices: Choices;
  readonly others?: readonly LaneChoices[];
}
