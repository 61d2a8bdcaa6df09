// Whether the lanes gave what the link promised from which their settings came.
import { checkProof } from "../trace/proof/proofCheck";
import { parseProof } from "../trace/proof/proofText";
import type { Trace } from "../trace/trace";
import type { Verdict } from "../trace/proof/verdict";

/** A verdict for each lane; null for one that nobody vouches for. [lane] */
export function promiseVerdicts(
  promisedProofs: readonly string[],
  traces: readonly Trace[],
): readonly (Verdict | null)[] {
  return traces.map((trace, lane) => {
    const text = promisedProofs.at(lane) ?? "";
    if (text === "") return null;
    const proof = parseProof(text);
    return proof === null ? { type: "incomplete", reason: "damagedProof" } : checkProof(proof, trace);
  });
}
