// Code that the page loads only once somebody opens the dialog or the view that shows it.
import { useEffect, useState } from "react";
import { errorMessage } from "../lib/errors";

interface LatePart<Part> {
  /** Null until it is loaded. */
  readonly part: Part | null;
  /** Why it could not be loaded, in words; opening it again retries. */
  readonly failure: string | null;
}

interface LateOptions {
  /** The part in words, for the message. */
  readonly what?: string;
  /** Loads it as soon as the browser is idle, even before it is wanted. */
  readonly isPrefetched?: boolean;
}

/** `load`: the same function at every call. */
export function useLatePart<Part>(
  isWanted: boolean,
  load: () => Promise<Part>,
  { what = "This part of the page", isPrefetched = false }: LateOptions = {},
): LatePart<Part> {
  const [late, setLate] = useState<LatePart<Part>>({ part: null, failure: null });
  const isMissing = late.part === null;
  useEffect(() => {
    if (!isMissing) return;
    let isCurrent = true;
    const fetchPart = async (): Promise<void> => {
      try {
        const part = await load();
        if (isCurrent) setLate({ part, failure: null });
      } catch (error) {
        // A failed prefetch stays silent: opening it retries.
        if (!isCurrent || !isWanted) return;
        const reason = errorMessage(error).replace(/\.$/, "");
        setLate({ part: null, failure: `${what} could not be loaded: ${reason}. Open it again to retry.` });
      }
    };
    const cancel = isPrefetched && !isWanted ? whenIdle(() => void fetchPart()) : null;
    if (isWanted) void fetchPart();
    return () => {
      isCurrent = false;
      cancel?.();
    };
  }, [isWanted, isMissing, load, what, isPrefetched]);
  return late;
}

/** What a dialog shows until its content is loaded. */
export function LateNote({ failure }: { readonly failure: string | null }) {
  return failure === null ? <p role="status">Loading…</p> : <p role="alert">{failure}</p>;
}

/** The longest wait, also in browsers that do not report idleness. */
const FALLBACK_MS = 2000;

/** Calls back when the browser has nothing else to do; returns what cancels that. */
export function whenIdle(act: () => void): () => void {
  // Safari lacks it.
  if ("requestIdleCallback" in window) {
    const handle = requestIdleCallback(act, { timeout: FALLBACK_MS });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(act, FALLBACK_MS);
  return () => clearTimeout(timer);
}
