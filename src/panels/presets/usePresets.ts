// Fetches what the dialog of presets shows, when it is opened: the code of the cards and the presets themselves.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import type { Preset } from "../../settings/presets";
import type { PresetCards } from "./PresetCards";

type Cards = typeof PresetCards;

export type LoadedPresets =
  | { readonly type: "waiting" }
  | { readonly type: "presets"; readonly presets: readonly Preset[]; readonly Cards: Cards }
  /** Tried again when the dialog is opened again. */
  | { readonly type: "failed"; readonly message: string };

export interface PresetSource {
  readonly cards: () => Promise<Cards>;
  readonly presets: () => Promise<readonly Preset[]>;
}

const ownSource: PresetSource = {
  cards: async () => (await import("./PresetCards")).PresetCards,
  presets: async () => (await import("../../settings/presets")).loadPresets(),
};

/** `source`: the same record at every call. */
export function usePresets(isOpen: boolean, source: PresetSource = ownSource): LoadedPresets {
  const [loaded, setLoaded] = useState<LoadedPresets>({ type: "waiting" });
  const isMissing = loaded.type !== "presets";
  useEffect(() => {
    if (!isOpen || !isMissing) return;
    let isCurrent = true;
    const fetchAll = async (): Promise<void> => {
      try {
        const [Cards, presets] = await Promise.all([source.cards(), source.presets()]);
        if (isCurrent) setLoaded({ type: "presets", presets, Cards });
      } catch (error) {
        const message = `The examples could not be shown: ${errorMessage(error).replace(/\.$/, "")}. Open them again to retry.`;
        if (isCurrent) setLoaded({ type: "failed", message });
      }
    };
    void fetchAll();
    return () => {
      isCurrent = false;
    };
  }, [isOpen, isMissing, source]);
  return loaded;
}
