// Whether a run gave the tokens that the link promised from which its settings came.
import { tokensDigest } from "../trace/digest";
import type { Trace } from "../trace/trace";
import type { Notice, PageState } from "./pageState";

/** For a run that came to its own end; null where nothing was promised. */
export function promiseNotice(
  { promisedDigest, isContinued }: Pick<PageState, "promisedDigest" | "isContinued">,
  { steps }: Trace,
): Pick<Notice, "tone" | "text"> | null {
  if (promisedDigest === null || isContinued) return null;
  if (tokensDigest(steps.map((record) => record.token)) === promisedDigest) {
    const text = `Reproduced: the same ${steps.length} tokens as in the run that the link was shared from.`;
    return { tone: "info", text };
  }
  const text = "Not reproduced: the tokens differ from those of the run that the link was shared from.";
  return { tone: "warning", text };
}
