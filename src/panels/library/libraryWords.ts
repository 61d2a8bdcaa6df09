// The library's texts: each run in one line, and the room that all runs take.
import { counted } from "../../lib/counted";
import type { LibraryRun } from "../../state/library/libraryRun";
import type { LibraryQuota } from "../../state/library/runLibrary";
import { writtenBytes, writtenShare } from "../../ui/numbers";

/**
 * "G-KV, B 96 · 62 + 389 tokens": policy and budget, tokens of the prompt and generated ones. Of a stream
 * "TaR + VaN, |M| 8 frames · 128 frames, 5 of 6 answers right".
 */
export function runWords({ policyLabel, budgetSlots, promptCount, stepCount, stream }: LibraryRun): string {
  if (stream !== undefined) {
    const { frames, capFrames, answers, right } = stream;
    const policyWords = capFrames === null ? policyLabel : `${policyLabel}, |M| ${counted(capFrames, "frame")}`;
    return `${policyWords} · ${counted(frames, "frame")}, ${right} of ${counted(answers, "answer")} right`;
  }
  const policy = budgetSlots === null ? policyLabel : `${policyLabel}, B ${budgetSlots}`;
  return `${policy} · ${written(promptCount)} + ${written(stepCount)} tokens`;
}

/** "14 Mar 2026, 09:05" in the reader's time zone. */
export function savedWords(savedAtMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone }).format(savedAtMs);
}

export function roomWords(runs: readonly LibraryRun[], quota: LibraryQuota | null): string {
  const ownBytes = runs.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
  const own = `${counted(runs.length, "run")}, ${writtenBytes(ownBytes)}`;
  if (quota === null) return `${own}. The browser does not say how much room there is.`;
  const share = quota.quotaBytes === 0 ? 1 : quota.usedBytes / quota.quotaBytes;
  return `${own}. This page uses ${writtenBytes(quota.usedBytes)} of the ${writtenBytes(quota.quotaBytes)} that the browser allows it (${writtenShare(share)}).`;
}

function written(count: number): string {
  return count.toLocaleString("en");
}
