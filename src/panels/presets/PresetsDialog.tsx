// Comparisons that make a point, as a native dialog. Cards and presets are fetched when it is first opened.
import { useEffect, useRef } from "react";
import type { Preset } from "../../settings/presets";
import { usePresets, type PresetSource } from "./usePresets";

interface PresetsDialogProps {
  readonly isOpen: boolean;
  /** Called once the dialog is closed, so that the focus is back in its place. */
  readonly onOpen: (preset: Preset) => void;
  readonly onClose: () => void;
  /** Where cards and presets come from; the page's own where it is not said. */
  readonly source?: PresetSource;
}

export function PresetsDialog({ isOpen, onOpen, onClose, source }: PresetsDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const loaded = usePresets(isOpen, source);
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element?.open === false) element.showModal();
    if (!isOpen && element?.open === true) element.close();
  }, [isOpen]);
  const open = (preset: Preset): void => {
    dialog.current?.close();
    onOpen(preset);
  };
  return (
    <dialog
      ref={dialog}
      className="presets"
      aria-labelledby="presets-title"
      data-presets={loaded.type}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className="presets-body">
        <form method="dialog" className="presets-head">
          <h2 id="presets-title">Examples that make a point</h2>
          <button type="submit">Close</button>
        </form>
        {loaded.type === "waiting" && <p role="status">The examples are on their way…</p>}
        {loaded.type === "failed" && <p role="alert">{loaded.message}</p>}
        {loaded.type === "presets" && <loaded.Cards presets={loaded.presets} onOpen={open} />}
      </div>
    </dialog>
  );
}
