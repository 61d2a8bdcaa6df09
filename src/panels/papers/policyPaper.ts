// What is said of a policy and its paper.
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

interface PaperSource {
  readonly citation: string;
  readonly address: string;
  readonly code: string;
  readonly codeAddress: string;
}

/** Settings to try: a run, mostly next to the policy as the page begins with it. */
export interface PaperTrial {
  readonly label: string;
  readonly choices: Choices;
  readonly others?: readonly LaneChoices[];
}
