// Whether what one observation window looks at is what the next one looks at: the paper's Figure 1 for the run on
// screen, with the chance level in every chart, and what this does to the survivors from event to event.
import { memo, useMemo } from "react";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { useSlices } from "../../ui/useSlices";
import type { Trace } from "../../trace/trace";
import { OverlapCharts } from "./OverlapCharts";
import { OverlapControls } from "./OverlapControls";
import { overlapTable } from "./overlapTable";
import { overlapWork, type OverlapRequest } from "./overlapWork";
import { SurvivorsChart } from "./SurvivorsChart";
import { sharePlace, sourceInForce, windowStepCount, type OverlapSource, type OverlapView } from "./view";
import "./overlap.css";

type OverlapPanelProps = PanelProps<"trace" | "step" | "focus" | "theme", OverlapView>;

export const OverlapPanel = memo(function OverlapPanel(props: OverlapPanelProps) {
  const { heading, trace, step, focus, theme, view, onView } = props;
  const source = sourceInForce(trace, view);
  const place = sharePlace(trace, step, view);
  // As many events back as there are earlier windows.
  const lag = view.windowCount - 1;
  const work = useOverlapWork(trace, focus.layer, source === null ? null : { ...view, step, source });
  return (
    <Panel
      {...heading}
      subtitle={work === null ? undefined : windowsSubtitle(trace, source, work.windowLabels)}
      provenance={["derived"]}
      controls={<OverlapControls trace={trace} view={view} source={source} place={place} onView={onView} />}
      table={() => overlapTable(trace, { step, focus, place, lag, work })}
    >
      <div className="overlap-grid">
        {work === null ? (
          <p className="panel-empty">{noWindowsReason(trace, source)}</p>
        ) : (
          <OverlapCharts work={work} focusLayer={focus.layer} place={place} theme={theme} source={source} />
        )}
        <SurvivorsChart trace={trace} step={step} focus={focus} lag={lag} />
      </div>
    </Panel>
  );
});

/** A step that is on show for less is one of many that the clock runs through. */
const SETTLED_MS = 150;

/** The calculation for what is on show, carried on between frames. */
function useOverlapWork(trace: Trace, layer: number, request: OverlapRequest | null) {
  const { step, windowCount, source } = request ?? { step: 0, windowCount: 0, source: null };
  const work = useMemo(
    () => (source === null ? null : overlapWork(trace, { step, windowCount, source }, layer)),
    [trace, step, windowCount, source, layer],
  );
  useSlices(work, { afterMs: SETTLED_MS });
  return work;
}

function windowsSubtitle(trace: Trace, source: OverlapSource | null, windows: readonly string[]): string {
  const [first, last] = [windows[0].split("–")[0], windows[windows.length - 1].split("–").at(-1)];
  return source === "events"
    ? `S of the last ${windows.length} events, steps ${first} to ${String(last)}`
    : `${windows.length} windows of ${windowStepCount(trace)} steps, ${first} to ${String(last)}`;
}

function noWindowsReason(trace: Trace, source: OverlapSource | null): string {
  if (source === null) {
    return "This run recorded no attention and its events measured none. Switch on “Record attention” and run again.";
  }
  if (source === "events") return "Two events that measured attention are needed to compare: move on to a later step.";
  const steps = windowStepCount(trace);
  return `Two windows of ${steps} steps are needed to compare: move on to step ${2 * steps - 1} or later.`;
}
