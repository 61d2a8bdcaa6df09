// What a link can say, whatever its form: settings, lanes, the model's revision, proofs of runs and a moment.
import { noLaneComparison, type LaneComparison } from "./lanes";
import type { MomentKey } from "./linkKeys";
import type { Choices } from "./settings";

export interface LinkContent {
  readonly choices: Choices;
  readonly comparison: LaneComparison;
  /** First 8 digits of the digest of the model's weights; null where the link does not say. */
  readonly revision: string | null;
  /** What each lane's run left behind, as trace/proof/proofText.ts writes it; "" for a lane that nobody vouches for. [lane] */
  readonly proofs: readonly string[];
  /** What was on screen, as state/moment.ts writes it; empty where the link does not say. */
  readonly moment: MomentTexts;
}

export type MomentTexts = Readonly<Partial<Record<MomentKey, string>>>;

export interface DecodedLink extends LinkContent {
  /** What could not be used, in plain words; empty for a link that was. */
  readonly complaints: readonly string[];
}

export const emptyLink: LinkContent = {
  choices: {},
  comparison: noLaneComparison,
  revision: null,
  proofs: [],
  moment: {},
};

/** What a link means that cannot be read at all. */
export function refusedLink(reason: string): DecodedLink {
  return { ...emptyLink, complaints: [`${reason} The defaults are used.`] };
}
