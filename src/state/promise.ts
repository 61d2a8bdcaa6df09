// Whether the lanes gave what the link promised from which their settings came.
import { checkProof } from "../trace/proofCheck";
import { parseProof } from "../trace/proofText";
import type { Trace } from "../trace/trace";
import type { Verdict } from "../trace/verdict";
import { verdictWords } from "../trace/verdictWords";
import type { Notice, PageState } from "./pageState";

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

/** For runs that came to their own end; null where nothing was promised. */
export function promiseNotice(
  { promisedProofs, isContinued }: Pick<PageState, "promisedProofs" | "isContinued">,
  traces: readonly Trace[],
): Pick<Notice, "tone" | "text"> | null {
  if (isContinued) return null;
  const verdicts = promiseVerdicts(promisedProofs, traces);
  if (verdicts.every((verdict) => verdict === null)) return null;
  const words = verdicts.map((verdict) =>
    verdict === null ? "The link does not vouch for this one." : verdictWords(verdict),
  );
  const text = words.length === 1 ? words[0] : words.map((of, lane) => `Lane ${lane + 1}: ${of}`).join(" ");
  const isKept = verdicts.every((verdict) => verdict === null || verdict.type === "reproduced");
  return { tone: isKept ? "info" : "warning", text };
}
