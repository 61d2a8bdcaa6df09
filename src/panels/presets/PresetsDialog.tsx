// Comparisons that make a point, in a dialog. Cards and presets are fetched when it is first opened.
import type { Preset } from "../../settings/presets";
import { Sheet } from "../../ui/Sheet";
import { usePresets, type PresetSource } from "./usePresets";

interface PresetsDialogProps {
  readonly isOpen: boolean;
  readonly onOpen: (preset: Preset) => void;
  readonly onClose: () => void;
  /** Where cards and presets come from; the page's own where it is not said. */
  readonly source?: PresetSource;
}

export function PresetsDialog({ isOpen, onOpen, onClose, source }: PresetsDialogProps) {
  const loaded = usePresets(isOpen, source);
  const open = (preset: Preset): void => {
    onClose();
    onOpen(preset);
  };
  return (
    <Sheet name="presets" title="Examples that make a point" isOpen={isOpen} onClose={onClose}>
      {loaded.type === "waiting" && <p role="status">The examples are on their way…</p>}
      {loaded.type === "failed" && <p role="alert">{loaded.message}</p>}
      {loaded.type === "presets" && <loaded.Cards presets={loaded.presets} onOpen={open} />}
    </Sheet>
  );
}
