// Sharing: the address of the recipe, with the digest of the tokens it gave where a finished run of it is on screen.
import { encodeLink } from "../settings/link";
import type { Choices } from "../settings/settings";
import { tokensDigest } from "../trace/digest";
import type { Trace } from "../trace/trace";

/** A full address. `run` is a run of these very choices, or null. */
export function shareAddress(page: string, choices: Choices, run: Trace | null): string {
  const isWhole = run !== null && (run.end === "stopToken" || run.end === "length");
  const digest = isWhole ? tokensDigest(run.steps.map((record) => record.token)) : null;
  const fragment = encodeLink({ choices, proofs: digest === null ? [] : [digest] });
  return fragment === "" ? page : `${page}#${fragment}`;
}
