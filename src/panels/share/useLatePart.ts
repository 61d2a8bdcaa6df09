// Code that a page needs only once somebody opens the dialog that shows it.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";

export interface LatePart<Part> {
  /** Null until it is here. */
  readonly part: Part | null;
  /** Why it is not, in words; tried again when the dialog is opened again. */
  readonly failure: string | null;
}

/** `load`: the same function at every call. */
export function useLatePart<Part>(isWanted: boolean, load: () => Promise<Part>): LatePart<Part> {
  const [late, setLate] = useState<LatePart<Part>>({ part: null, failure: null });
  const isMissing = late.part === null;
  useEffect(() => {
    if (!isWanted || !isMissing) return;
    let isCurrent = true;
    const fetchPart = async (): Promise<void> => {
      try {
        const part = await load();
        if (isCurrent) setLate({ part, failure: null });
      } catch (error) {
        if (!isCurrent) return;
        const reason = errorMessage(error).replace(/\.$/, "");
        setLate({
          part: null,
          failure: `This part of the page could not be loaded: ${reason}. Open it again to retry.`,
        });
      }
    };
    void fetchPart();
    return () => {
      isCurrent = false;
    };
  }, [isWanted, isMissing, load]);
  return late;
}
