// The link of a preset: recipe, lanes, moment, and a proof of every lane, thinned until the link is short.

import { emptyLink } from "../../src/settings/linkContent";
import type { LaneChoices } from "../../src/settings/lanes";
import { encodeLink } from "../../src/settings/link";
import type { PresetLoss } from "../../src/settings/presets";
import type { Choices } from "../../src/settings/settings";
import { revisionOf, shippedModels } from "../../src/settings/shippedModels";
import { firstPlace, placeText } from "../../src/state/momentPlace";
import type { Proof } from "../../src/trace/proof/proof";
import { proveRun, thinnedProof } from "../../src/trace/proof/proof";
import { encodeProof } from "../../src/trace/proof/proofText";
import type { Trace } from "../../src/trace/trace";

/** A fragment may be longer; a list of ten has to be light. */
const MOST_CHARACTERS = 1100;

export interface LinkedRun {
  readonly choices: Choices;
  readonly others: readonly LaneChoices[];
  readonly traces: readonly Trace[];
  readonly loss: PresetLoss;
}

/** Opens at the event at which the token goes, with the token pinned. */
export function provenLink({ choices, others, traces, loss }: LinkedRun): string {
  const { lostAtStep: step, layer, kvHead, position: pinnedPosition } = loss;
  const content = {
    ...emptyLink,
    choices,
    comparison: { others, isForced: false },
    revision: revisionOf(shippedModels[0]),
    moment: { at: placeText({ ...firstPlace, step, layer, kvHead, pinnedPosition }) },
  };
  let proofs: readonly Proof[] = traces.map(proveRun);
  const write = (): string => encodeLink({ ...content, proofs: proofs.map(encodeProof) });
  while (write().length > MOST_CHARACTERS && proofs.some((proof) => thinnedProof(proof) !== null)) {
    proofs = proofs.map((proof) => thinnedProof(proof) ?? proof);
  }
  return write();
}
