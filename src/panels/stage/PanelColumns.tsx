// Panels without an arrangement of their own, in frames and lessons: columns that scroll independently, or one panel at full size.
import { memo, useMemo, useState } from "react";
import { parsePanelName, type PanelName } from "../../state/arrangement";
import { PanelFrameContext, type PanelFrame } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import { StageCell } from "./StageCell";

interface PanelColumnsProps {
  /** In order. */
  readonly shown: readonly PanelName[];
  /** By column, for that many CSS pixels. */
  readonly columnsOf: (shown: readonly PanelName[], width: number) => readonly (readonly PanelName[])[];
  readonly onTell: PanelFrame["onTell"];
}

export const PanelColumns = memo(function PanelColumns({ shown, columnsOf, onTell }: PanelColumnsProps) {
  const [stage, { width }] = useElementSize<HTMLDivElement>({ width: 800, height: 0 });
  const [maximised, setMaximised] = useState<PanelName | null>(null);
  const frame = useMemo(
    (): PanelFrame => ({
      maximised,
      onMaximise: (name) => setMaximised((before) => (before === name ? null : parsePanelName(name))),
      onTell,
    }),
    [maximised, onTell],
  );
  const columns = maximised === null ? columnsOf(shown, width) : [[maximised]];
  return (
    <PanelFrameContext value={frame}>
      <div ref={stage} className="panel-columns">
        {columns.map((names) => (
          // It scrolls, so the keyboard must reach it.
          <div key={names.join()} className="panel-column" role="group" aria-label="Panels" tabIndex={0}>
            {names.map((name) => (
              <StageCell key={name} name={name} />
            ))}
          </div>
        ))}
      </div>
    </PanelFrameContext>
  );
});
