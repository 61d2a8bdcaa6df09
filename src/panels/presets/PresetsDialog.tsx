// Comparisons that make a point, in a dialog. Cards and presets are loaded when it is first opened.
import type { Preset } from "../../settings/presets";
import { LateNote, useLatePart } from "../../ui/latePart";
import { Sheet } from "../../ui/Sheet";

interface PresetsDialogProps {
  readonly isOpen: boolean;
  readonly onOpen: (preset: Preset) => void;
  readonly onClose: () => void;
}

async function loadCards() {
  const [{ PresetCards }, { loadPresets }] = await Promise.all([
    import("./PresetCards"),
    import("../../settings/presets"),
  ]);
  return { PresetCards, presets: await loadPresets() };
}

export function PresetsDialog({ isOpen, onOpen, onClose }: PresetsDialogProps) {
  const { part, failure } = useLatePart(isOpen, loadCards, { what: "The examples" });
  const open = (preset: Preset): void => {
    onClose();
    onOpen(preset);
  };
  return (
    <Sheet name="presets" title="Examples that make a point" isOpen={isOpen} onClose={onClose}>
      {part === null ? <LateNote failure={failure} /> : <part.PresetCards presets={part.presets} onOpen={open} />}
    </Sheet>
  );
}
