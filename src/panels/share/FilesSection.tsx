// Files of the runs on screen: run files, a place in the library, a timeline for Perfetto, and pictures of panels.
import { useMemo, useState } from "react";
import type { PageState } from "../../state/pageStore";
import type { ShownPanel } from "../../ui/figure/shownPanels";
import { ToolChoice } from "../../ui/ToolChoice";
import { PanelFigures } from "./PanelFigures";
import { PerfettoFile } from "./PerfettoFile";
import { RunFiles } from "./RunFiles";

interface FilesSectionProps {
  readonly state: PageState;
  /** The panels on the page. */
  readonly panels: readonly ShownPanel[];
}

export function FilesSection({ state, panels }: FilesSectionProps) {
  const { lanes, stageLane, problem, runStatus } = state;
  // Lanes by place; one more means all of them.
  const [chosen, setChosen] = useState(lanes.length > 1 ? lanes.length : 0);
  const traces = useMemo(
    () => lanes.filter((_, lane) => chosen === lanes.length || lane === chosen).map(({ trace }) => trace),
    [lanes, chosen],
  );
  if (traces.length === 0) return <p>No run is on screen: there is nothing to save yet.</p>;
  const isGrowing = runStatus === "running";
  return (
    <div className="share-files">
      {lanes.length > 1 && (
        <ToolChoice
          label="Lanes"
          value={chosen}
          options={[
            [lanes.length, `all ${lanes.length} lanes, a file each`] as const,
            ...lanes.map(({ trace }, lane) => {
              const onStage = lane === stageLane ? " (on the stage)" : "";
              return [lane, `lane ${lane + 1}: ${trace.header.policyLabel}${onStage}`] as const;
            }),
          ]}
          onChange={setChosen}
        />
      )}
      {isGrowing ? (
        <p className="notice" role="status">
          The run is under way. Pause it, or let it come to its end, to save it.
        </p>
      ) : (
        <>
          <RunFiles traces={traces} problemId={problem?.id ?? null} />
          <PerfettoFile traces={traces} problemId={problem?.id ?? null} />
        </>
      )}
      <PanelFigures panels={panels} />
    </div>
  );
}
