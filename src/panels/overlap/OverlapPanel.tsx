// Whether one observation window looks at what the next one looks at: the paper's Figure 1 for the run on screen, with the
// chance level in every chart, and what this does to the survivors from event to event. With its controls and legend.
import { mean } from "d3";
import { memo, useMemo } from "react";
import type { Trace } from "../../trace/trace";
import { writtenNumber, writtenShare } from "../../ui/numbers";
import { Panel } from "../../ui/Panel";
import type { Theme } from "../../ui/scale";
import { SequentialLegend } from "../../ui/SequentialLegend";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { useSlices } from "../../ui/useSlices";
import type { PanelProps } from "../definePanel";
import { OverlapCurve, SurvivorsChart } from "./OverlapCurves";
import { OverlapMatrix } from "./OverlapMatrix";
import { overlapTable } from "./overlapTable";
import { overlapWork, type OverlapRequest, type OverlapWork } from "./overlapWork";
import {
  overlapSources,
  retainedShares,
  sharePlace,
  sourceInForce,
  windowCounts,
  windowStepCount,
  type OverlapSource,
  type OverlapView,
} from "./view";
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

/** A step shown for less is one of many that playback passes. */
const SETTLED_MS = 150;

/** The calculation for the shown step, continued between frames. */
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
  if (source === "events")
    return "Two events that measured attention are needed for a comparison: move on to a later step.";
  const steps = windowStepCount(trace);
  return `Two windows of ${steps} steps are needed for a comparison: move on to step ${2 * steps - 1} or later.`;
}

const sourceLabels: Readonly<Record<OverlapSource, string>> = { rows: "attention rows", events: "scores at events" };

interface OverlapControlsProps {
  readonly trace: Trace;
  readonly view: OverlapView;
  readonly source: OverlapSource | null;
  /** Place of the retained share in force. */
  readonly place: number;
  readonly onView: (view: OverlapView) => void;
}

function OverlapControls({ trace, view, source, place, onView }: OverlapControlsProps) {
  const hasChoice = overlapSources(trace).length > 1;
  return (
    <>
      {hasChoice && source !== null && (
        <ToolChoice
          label="from"
          value={source}
          options={toolOptions(sourceLabels)}
          onChange={(chosen) => onView({ ...view, source: chosen })}
        />
      )}
      <ToolChoice
        label="windows M"
        value={view.windowCount}
        options={windowCounts.map((count) => [count, String(count)])}
        onChange={(windowCount) => onView({ ...view, windowCount })}
      />
      <label className="tool overlap-share">
        <span>kept ρ</span>
        <input
          type="range"
          min={0}
          max={retainedShares.length - 1}
          value={place}
          aria-valuetext={writtenShare(retainedShares[place])}
          onChange={(event) => onView({ ...view, share: retainedShares[Number(event.target.value)] })}
        />
        <output>{writtenShare(retainedShares[place])}</output>
      </label>
    </>
  );
}

interface OverlapChartsProps {
  readonly work: OverlapWork;
  readonly focusLayer: number;
  /** Place of the retained share in force. */
  readonly place: number;
  readonly theme: Theme;
  readonly source: OverlapSource | null;
}

function OverlapCharts({ work, focusLayer, place, theme, source }: OverlapChartsProps) {
  const layers = work.layers.filter((layer) => layer !== null);
  const focused = work.layers[focusLayer];
  const candidateCount = mean(layers, (layer) => layer.candidateCount) ?? 0;
  const counted = layers.filter((layer) => layer.candidateCount > 0);
  if (counted.length === 0) {
    return (
      <p className="panel-empty">
        {layers.length === 0
          ? "The first layer is being computed."
          : "No position precedes all windows and is still held: choose fewer windows or a later step."}
      </p>
    );
  }
  return (
    <>
      <OverlapMatrix
        layer={focused}
        layerName={focusLayer}
        place={place}
        windowLabels={work.windowLabels}
        theme={theme}
      />
      <OverlapCurve name="single" layers={counted} work={work} focusLayer={focusLayer} place={place} />
      <OverlapCurve name="union" layers={counted} work={work} focusLayer={focusLayer} place={place} />
      <div className="legend overlap-legend">
        <SequentialLegend label="agreement of two windows" low="0 %" high="100 %" theme={theme} />
        <Line className="overlap-mean" label={`mean of ${layers.length} of ${work.layers.length} layers`} />
        <Line className="overlap-focused" label={`layer ${focusLayer}, in focus`} />
        <Line className="overlap-layer" label="each other layer" />
        <Line className="overlap-chance" label="chance" />
        {source === "rows" && (
          <span className="legend-item">
            <svg width={20} height={12} aria-hidden="true">
              <rect className="overlap-zero" width={20} height={12} />
            </svg>
            recorded as 0: tied
          </span>
        )}
        <span className="legend-item">
          n = {writtenNumber(candidateCount)} candidates per head: {writtenShare(candidateCount / work.textCount)} of
          the {work.textCount} positions before the windows; ρ = {writtenShare(retainedShares[place])}
        </span>
      </div>
    </>
  );
}

function Line({ className, label }: { readonly className: string; readonly label: string }) {
  return (
    <span className="legend-item">
      <svg width={22} height={10} aria-hidden="true">
        <path className={className} d="M0,5H22" />
      </svg>
      {label}
    </span>
  );
}
