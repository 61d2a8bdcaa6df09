// Sharing: the address of an experiment, or of a moment in it, with proofs of the runs on screen where they are whole.
import type { LinkContent } from "../settings/linkContent";
import { revisionOf, shippedModels } from "../settings/shippedModels";
import { settingTable } from "../settings/settings";
import { proveRun, thinnedProof, type Proof } from "../trace/proof/proof";
import { encodeProof } from "../trace/proof/proofText";
import type { Trace } from "../trace/trace";
import { momentTexts, type Moment } from "./moment";
import { shortLink } from "./packedLink";

/** Chat programs and mail cut addresses that are longer. */
export const MOST_LINK_CHARACTERS = 2000;

export interface Shared extends Pick<LinkContent, "choices" | "comparison"> {
  /** The page's own address, without a fragment. */
  readonly page: string;
  /** Runs of these very settings, the run's own first; empty where there are none on screen. [lane] */
  readonly traces: readonly Trace[];
  /** Null for the experiment alone. */
  readonly moment: Moment | null;
}

export interface SharedLink {
  readonly address: string;
  /** Some steps or events are vouched for in groups, so that the address stays short. */
  readonly isThinned: boolean;
  /** Longer than MOST_LINK_CHARACTERS, however thin: a run file travels better. */
  readonly isLong: boolean;
}

export async function sharedLink({ page, choices, comparison, traces, moment }: Shared): Promise<SharedLink> {
  const modelId = choices.model ?? settingTable.model.default;
  const model = traces.at(0)?.header.model ?? shippedModels.find(({ id }) => id === modelId) ?? shippedModels[0];
  const addressWith = async (proofs: readonly (Proof | null)[]): Promise<string> => {
    const fragment = await shortLink({
      choices,
      comparison,
      revision: revisionOf(model),
      proofs: proofs.map((proof) => (proof === null ? "" : encodeProof(proof))),
      moment: moment === null ? {} : momentTexts(moment),
    });
    return `${page}#${fragment}`;
  };

  let proofs: readonly (Proof | null)[] = traces.map((trace) => (isWhole(trace) ? proveRun(trace) : null));
  let address = await addressWith(proofs);
  let isThinned = false;
  while (linkLength(address) > MOST_LINK_CHARACTERS) {
    const thinner = withLongestThinned(proofs);
    if (thinner === null) break;
    proofs = thinner;
    isThinned = true;
    address = await addressWith(proofs);
  }
  return { address, isThinned, isLong: linkLength(address) > MOST_LINK_CHARACTERS };
}

/** Characters of an address as it is sent. */
export function linkLength(address: string): number {
  return address.length;
}

function isWhole({ end }: Trace): boolean {
  return end === "stopToken" || end === "length";
}

/** The proofs with the longest of them thinned; null where none can be. */
function withLongestThinned(proofs: readonly (Proof | null)[]): readonly (Proof | null)[] | null {
  const thinner = proofs.map((proof) => (proof === null ? null : thinnedProof(proof)));
  const lengthOf = (lane: number): number => {
    const proof = proofs[lane];
    return proof === null || thinner[lane] === null ? -1 : encodeProof(proof).length;
  };
  const longest = proofs.map((_, lane) => lane).sort((one, other) => lengthOf(other) - lengthOf(one))[0];
  if (longest === undefined || lengthOf(longest) < 0) return null;
  return proofs.map((proof, lane) => (lane === longest ? thinner[lane] : proof));
}
