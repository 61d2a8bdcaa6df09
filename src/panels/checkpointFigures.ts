// How often checkpoints are right, for the panels that show it: fetched when first seen, and written in per cent.
import { useEffect, useState } from "react";
import { storedCheckpoints, type LoadedCheckpoints, type Share, type StoredName } from "../state/storedCheckpoints";

/** Null while it is being fetched. */
export function useStoredCheckpoints(name: StoredName): LoadedCheckpoints | null {
  const [loaded, setLoaded] = useState<LoadedCheckpoints | null>(null);
  useEffect(() => {
    let isWanted = true;
    void storedCheckpoints(name).then((outcome) => {
      if (isWanted) setLoaded(outcome);
    });
    return () => {
      isWanted = false;
    };
  }, [name]);
  return loaded;
}

/** "83 ± 4", in per cent or points: with one standard error, unless that is 0. */
export function writtenPercent({ share, error }: Share): string {
  const percent = Math.round(100 * share);
  const spread = error === 0 ? "" : ` ± ${Math.max(1, Math.round(100 * error))}`;
  return `${percent < 0 ? "−" : ""}${Math.abs(percent)}${spread}`;
}

/** The same of a gain, with its sign: "+42 ± 8". */
export function writtenGain(gain: Share): string {
  return `${Math.round(100 * gain.share) > 0 ? "+" : ""}${writtenPercent(gain)}`;
}

/** "25 %", or "full cache" for null. */
export function budgetName(budgetShare: number | null): string {
  return budgetShare === null ? "full cache" : `${Math.round(100 * budgetShare)} %`;
}
