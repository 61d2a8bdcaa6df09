// What was measured of the weights of the run on show, fetched when a panel is first seen.
import { useEffect, useState } from "react";
import type { LoadedMeasure, MeasuredModel } from "../state/storedMeasures";

/** Null while it is being fetched. `load`: the same function every time. */
export function useMeasure<Measure>(
  { digest, label, layerCount, headCount, kvHeadCount, headDim }: MeasuredModel,
  load: (model: MeasuredModel) => Promise<LoadedMeasure<Measure>>,
): LoadedMeasure<Measure> | null {
  const [loaded, setLoaded] = useState<{ readonly digest: string; readonly outcome: LoadedMeasure<Measure> } | null>(
    null,
  );
  useEffect(() => {
    let isWanted = true;
    void load({ digest, label, layerCount, headCount, kvHeadCount, headDim }).then((outcome) => {
      if (isWanted) setLoaded({ digest, outcome });
    });
    return () => {
      isWanted = false;
    };
  }, [digest, label, layerCount, headCount, kvHeadCount, headDim, load]);
  return loaded?.digest === digest ? loaded.outcome : null;
}
