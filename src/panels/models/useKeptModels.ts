// The list of kept models, as this and other tabs change it.
import { useCallback, useEffect, useState } from "react";
import { freeBytes, keptModels, KEPT_CHANNEL, sweepFiles, type KeptModel } from "../../hub/keptModels";
import { errorMessage } from "../../lib/errors";

interface KeptList {
  /** Null before they were read. */
  readonly models: readonly KeptModel[] | null;
  readonly free: number | null;
  readonly failure: string | null;
}

export function useKeptModels(): KeptList & { readonly refresh: () => void } {
  const [list, setList] = useState<KeptList>({ models: null, free: null, failure: null });
  const refresh = useCallback(() => {
    void (async () => {
      try {
        setList({ models: await keptModels(), free: await freeBytes(), failure: null });
      } catch (error) {
        setList({ models: [], free: null, failure: errorMessage(error) });
      }
    })();
  }, []);
  useEffect(() => {
    refresh();
    void sweepFiles().catch(() => undefined);
    const channel = new BroadcastChannel(KEPT_CHANNEL);
    channel.onmessage = refresh;
    return () => channel.close();
  }, [refresh]);
  return { ...list, refresh };
}
