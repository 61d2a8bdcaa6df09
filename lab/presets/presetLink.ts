// The link of a preset: written with a proof of every lane, and run again as the page would run it.

import { emptyLink } from "../../src/settings/linkContent";
import type { LaneChoices } from "../../src/settings/lanes";
import { encodeLink } from "../../src/settings/link";
import type { PresetLoss } from "../../src/settings/presets";
import type { Choices } from "../../src/settings/settings";
import { revisionText } from "../../src/settings/linkRevision";
import { modelOf, shippedModels } from "../../src/settings/shippedModels";
import { firstPlace, placeText } from "../../src/state/moment";
import type { Proof } from "../../src/trace/proof/proof";
import { proveRun, thinnedProof } from "../../src/trace/proof/proof";
import { encodeProof } from "../../src/trace/proof/proofText";
import type { Trace } from "../../src/trace/trace";
import type { OpenedModel } from "../openModel";
import { openModel } from "../openModel";
import { recordLanes } from "../recordTrace";
import { InputError } from "../../src/lib/errors";
import type { Problem } from "../../src/problems/problem";
import { settingsOfLanes } from "../../src/settings/lanes";
import type { DecodedLink, LinkContent } from "../../src/settings/linkContent";
import { settingsInForce } from "../../src/settings/inForce";
import { problemOf } from "../../src/state/problem";
import { runRequest } from "../../src/state/recipe";
import { shippedFolder } from "../../scripts/shippedFolder";

/** A fragment may be longer, but the list of presets has to stay small. */
const MOST_CHARACTERS = 1100;

export interface LinkedRun {
  readonly choices: Choices;
  readonly others: readonly LaneChoices[];
  readonly traces: readonly Trace[];
  readonly loss: PresetLoss;
}

/** Opens at the event that evicts the token, with the token pinned. */
export function provenLink({ choices, others, traces, loss }: LinkedRun): string {
  const { lostAtStep: step, layer, kvHead, position: pinnedPosition } = loss;
  const content = {
    ...emptyLink,
    way: "explore" as const,
    choices,
    comparison: { others, isForced: false },
    revision: revisionText(traces.map(({ header }) => header.model)),
    moment: { at: placeText({ ...firstPlace, step, layer, kvHead, pinnedPosition }) },
  };
  let proofs: readonly Proof[] = traces.map(proveRun);
  const write = (): string => encodeLink({ ...content, proofs: proofs.map(encodeProof) });
  while (write().length > MOST_CHARACTERS && proofs.some((proof) => thinnedProof(proof) !== null)) {
    proofs = proofs.map((proof) => thinnedProof(proof) ?? proof);
  }
  return write();
}

/** The model that the page begins with. */
export function openPlayer(): Promise<OpenedModel> {
  return openModel(shippedFolder, "cpu", shippedModels[0]);
}

/** A trace per lane, to the end; lanes of other models open them. */
export async function replayLink(
  { backend, summary, loaded }: OpenedModel,
  { choices, comparison }: Pick<LinkContent | DecodedLink, "choices" | "comparison">,
): Promise<Trace[]> {
  const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
  const asked = { lanes, isForced: comparison.isForced, problem: linkProblem({ choices }) };
  const { isForced, lanes: recipes } = runRequest(asked, summary.maxPositions);
  const named = recipes.map((recipe, lane) => {
    const { id, label } = modelOf(lanes[lane].model);
    return id === summary.id ? recipe : { ...recipe, model: { id, label, address: `models/${id}` } };
  });
  return recordLanes(backend, summary, {
    ...{ model: loaded, tokenizer: loaded.tokenizer, request: { lanes: named, isForced } },
    openOther: (reference) => openModel(`public/${reference.address}`, "cpu", reference),
  });
}

/** The problem that a link names; presets have no other. */
export function linkProblem({ choices }: Pick<LinkContent, "choices">): Problem {
  const problem = problemOf(settingsInForce(choices).settings.problem);
  if (problem === null) throw new InputError("a preset needs a problem with a known answer");
  return problem;
}
