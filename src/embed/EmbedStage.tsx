// The panels of an embedded page, in columns that scroll independently, or one of them at full size.
import { memo, useMemo, useState } from "react";
import { StageCell } from "../panels/stage/StageCell";
import { parsePanelName, type PanelName } from "../state/arrangement";
import type { PanelFrame } from "../ui/Panel";
import { PanelFrameContext } from "../ui/Panel";
import { useElementSize } from "../ui/useElementSize";
import { embedColumns } from "./embedColumns";

interface EmbedStageProps {
  /** In order. */
  readonly shown: readonly PanelName[];
  readonly onTell: PanelFrame["onTell"];
}

export const EmbedStage = memo(function EmbedStage({ shown, onTell }: EmbedStageProps) {
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
  const columns = maximised === null ? embedColumns(shown, width) : [[maximised]];
  return (
    <PanelFrameContext value={frame}>
      <div ref={stage} className="embed-stage">
        {columns.map((names) => (
          <div
            key={names.join()}
            className="embed-column"
            // It scrolls, so the keyboard must reach it.
            role="group"
            aria-label="Panels"
            tabIndex={0}
          >
            {names.map((name) => (
              <StageCell key={name} name={name} />
            ))}
          </div>
        ))}
      </div>
    </PanelFrameContext>
  );
});
