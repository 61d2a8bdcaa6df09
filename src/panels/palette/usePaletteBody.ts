// Fetches what the palette shows: once the page rests, so that it is there when it is asked for, or else when it is opened.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import { whenIdle } from "../../ui/whenIdle";
import type { PaletteBody } from "./PaletteBody";

type Body = typeof PaletteBody;

interface PaletteCode {
  /** Null until it is here. */
  readonly Body: Body | null;
  /** Why it is not, in words; tried again when the palette is opened again. */
  readonly failure: string | null;
}

export function usePaletteBody(isWanted: boolean): PaletteCode {
  const [code, setCode] = useState<PaletteCode>({ Body: null, failure: null });
  const isMissing = code.Body === null;
  useEffect(() => {
    if (!isMissing) return;
    let isCurrent = true;
    const fetchBody = async (): Promise<void> => {
      try {
        const fetched = await import("./PaletteBody");
        if (isCurrent) setCode({ Body: fetched.PaletteBody, failure: null });
      } catch (error) {
        // Nobody has asked for it yet: opening it tries again.
        if (!isCurrent || !isWanted) return;
        setCode({ Body: null, failure: `The commands could not be loaded: ${errorMessage(error)}. Reload the page.` });
      }
    };
    const cancel = isWanted ? null : whenIdle(() => void fetchBody());
    if (isWanted) void fetchBody();
    return () => {
      isCurrent = false;
      cancel?.();
    };
  }, [isWanted, isMissing]);
  return code;
}
