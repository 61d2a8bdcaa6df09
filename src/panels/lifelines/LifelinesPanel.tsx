// Every token from the step that wrote it to the step at which the last head let it go, with the ages at eviction and
// the parts of the text that are still held beside it.
import { memo, useMemo } from "react";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { useSlices } from "../../ui/useSlices";
import { tokenUses } from "../../trace/tokenUses";
import type { Trace } from "../../trace/trace";
import { focusHead, shortFocusLabel } from "../focus";
import { LifeFigures } from "./LifeFigures";
import { LifelinesControls, LifelinesLegend } from "./LifelinesControls";
import { lifelinesTable } from "./lifelinesTable";
import { LifeRows } from "./LifeRows";
import { lifeOrder } from "./rows";
import type { LifelinesView } from "./view";
import "./lifelines.css";

type LifelinesPanelProps = PanelProps<
  "trace" | "step" | "focus" | "hovered" | "pinned" | "onHover" | "onPin" | "axisStepCount" | "theme" | "regret",
  LifelinesView
>;

export const LifelinesPanel = memo(function LifelinesPanel(props: LifelinesPanelProps) {
  const { heading, trace, step, axisStepCount, focus, theme, view, onView, regret } = props;
  const { lastUses, readCount } = useLastUses(trace, step);
  const inForce = view.order === "regret" && regret === null ? { ...view, order: "position" as const } : view;
  const { order, isReversed, filter } = inForce;
  const positions = useMemo(
    () => lifeOrder(trace, step, { order, isReversed, filter }, { lastUses, regret }),
    [trace, step, order, isReversed, filter, lastUses, regret],
  );
  const head = focusHead(trace.header.model, focus);
  const writtenCount = trace.header.promptTokens.length + step;
  return (
    <Panel
      {...heading}
      subtitle={`${positions.length} of ${writtenCount} tokens, after step ${step}`}
      provenance={["derived"]}
      controls={
        <LifelinesControls view={inForce} onView={onView} hasUses={lastUses !== null} hasRegret={regret !== null} />
      }
      table={() => lifelinesTable(trace, { step, head, headName: shortFocusLabel(focus), positions, lastUses })}
    >
      <div className="lifelines">
        {positions.length === 0 ? (
          <p className="panel-empty">{noRowsReason(filter)}</p>
        ) : (
          <LifeRows
            trace={trace}
            step={step}
            axisStepCount={axisStepCount}
            head={head}
            theme={theme}
            positions={positions}
            lastUses={lastUses}
            hovered={props.hovered}
            pinned={props.pinned}
            onHover={props.onHover}
            onPin={props.onPin}
          />
        )}
        <LifeFigures trace={trace} step={step} axisStepCount={axisStepCount} />
      </div>
      <LifelinesLegend focusLabel={shortFocusLabel(focus)} useNote={useNote(readCount, step)} />
    </Panel>
  );
});

/** The last use of each position, from the rows read so far; null for a run without rows. */
function useLastUses(trace: Trace, step: number): { lastUses: Int32Array | null; readCount: number } {
  const hasRows = trace.steps[step].attention.values.length > 0;
  const uses = hasRows ? tokenUses(trace) : null;
  useSlices(uses, { amount: trace.steps.length });
  const readCount = Math.min(step + 1, uses?.stepCount ?? 0);
  const lastUses = useMemo(
    () => (hasRows && readCount > 0 ? tokenUses(trace).lastUses(step) : null),
    [trace, step, hasRows, readCount],
  );
  return { lastUses, readCount };
}

function useNote(readCount: number, step: number): string {
  if (readCount === 0) return "last use: not known, no attention was recorded";
  const soFar = readCount <= step ? `, read up to step ${readCount - 1} so far` : "";
  return `last use: more than 2 % of a head’s attention${soFar}`;
}

function noRowsReason(filter: LifelinesView["filter"]): string {
  return filter === "gone"
    ? "Up to this step no token has left every head: move on to a later step, or show those evicted somewhere."
    : "Up to this step no head has evicted anything: move on to a later step, or show all tokens.";
}
