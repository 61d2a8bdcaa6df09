// Proofs in links, of either kind: a run on a model that ships with the page repeats to the bit, so digests prove it; one on a model
// that was brought is fed the tokens that its proof holds.
import type { RunRequest } from "../engine/protocol";
import { parseBroughtId } from "../settings/broughtModels";
import { checkFedProof } from "../trace/proof/fedProofCheck";
import { proveFed, thinnedFed, type FedProof } from "../trace/proof/fedProof";
import { encodeFedProof, parseFedProof } from "../trace/proof/fedProofText";
import { proveRun, thinnedProof, type Proof } from "../trace/proof/proof";
import { checkProof } from "../trace/proof/proofCheck";
import { encodeProof, parseProof } from "../trace/proof/proofText";
import type { ReplayVerdict } from "../trace/proof/verdict";
import type { Trace } from "../trace/trace";

export type LinkProof =
  { readonly type: "exact"; readonly proof: Proof } | { readonly type: "fed"; readonly proof: FedProof };

export function linkProofOf(trace: Trace): LinkProof {
  const fed = parseBroughtId(trace.header.model.id) === null ? null : proveFed(trace);
  return fed === null ? { type: "exact", proof: proveRun(trace) } : { type: "fed", proof: fed };
}

export function linkProofText(proof: LinkProof): string {
  return proof.type === "exact" ? encodeProof(proof.proof) : encodeFedProof(proof.proof);
}

/** A proof of fewer letters that says less; null where there is none. */
export function thinnedLinkProof(whole: LinkProof): LinkProof | null {
  if (whole.type === "exact") {
    const proof = thinnedProof(whole.proof);
    return proof && { type: "exact", proof };
  }
  const proof = thinnedFed(whole.proof);
  return proof && { type: "fed", proof };
}

/** A replay verdict for each lane; null for a lane without a proof. [lane] */
export function promiseVerdicts(
  promisedProofs: readonly string[],
  traces: readonly Trace[],
): readonly (ReplayVerdict | null)[] {
  return traces.map((trace, lane) => {
    const text = promisedProofs.at(lane) ?? "";
    if (text === "") return null;
    const fed = parseFedProof(text);
    if (fed !== null) return checkFedProof(fed, trace);
    const proof = parseProof(text);
    return proof === null ? { type: "incomplete", reason: "damagedProof" } : checkProof(proof, trace);
  });
}

/** The run fed the tokens that the proofs hold; the same run where they hold none. Forced lanes share those of the first. */
export function fedRequest(request: RunRequest, promisedProofs: readonly string[]): RunRequest {
  const tokens = request.lanes.map((_, lane) => parseFedProof(promisedProofs.at(lane) ?? "")?.tokens);
  if (tokens.every((ofLane) => ofLane === undefined)) return request;
  if (request.isForced) return { ...request, fedTokens: tokens.find((ofLane) => ofLane !== undefined) ?? [] };
  const lanes = request.lanes.map((recipe, lane) => {
    const fedTokens = tokens[lane];
    return fedTokens === undefined ? recipe : { ...recipe, fedTokens };
  });
  return { ...request, lanes };
}
