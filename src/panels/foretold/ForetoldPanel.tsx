// Score against the attention that each token then received: for the focused head as a scatter, for every event as a line
// against chance, for every head as a number. With its controls and legend.
import { memo, useMemo, useState } from "react";
import { TOTAL } from "../../policy/formula";
import { foretoldSpan, headForetold, type ForetoldSpan, type HeadForetold } from "../../trace/foretold";
import { hasTaps } from "../../trace/recorded";
import { lastEventAtStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { LegendItem } from "../../ui/LegendItem";
import { Panel } from "../../ui/Panel";
import { SequentialLegend } from "../../ui/SequentialLegend";
import type { Theme } from "../../ui/scale";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { useSlices } from "../../ui/useSlices";
import type { PanelProps } from "../definePanel";
import { focusHead } from "../focus";
import { FocusChoice } from "../heads/FocusChoice";
import { windowReason } from "../layerWindowWords";
import { RecordingNote } from "../heads/RecordingNote";
import { noEventReason } from "../score/words";
import { selectedPosition } from "../selection";
import { headCloud } from "./cloudLayout";
import { EventsChart } from "./EventsChart";
import { foretoldTable } from "./foretoldTable";
import { comparableEvents, eventResult, foretoldWork, meanCorrelation, type ForetoldWork } from "./foretoldWork";
import { HeadsGrid } from "./HeadsGrid";
import { ForetoldScatter } from "./ForetoldScatter";
import { QueryCloudChart } from "./QueryCloudChart";
import { columnLabel, columnName, fairSentence, meanSentence } from "./words";
import { reaches, testedColumns, type ForetoldView } from "./view";
import "./foretold.css";

type ForetoldPanelProps = PanelProps<
  | "trace"
  | "step"
  | "focus"
  | "onFocus"
  | "isEnded"
  | "keptHeads"
  | "onKeepHead"
  | "hovered"
  | "pinned"
  | "onHover"
  | "onPin"
  | "onMove"
  | "theme"
  | "lanes"
  | "fullCacheRun"
  | "isFullCacheRunning"
  | "onFullCacheRun",
  ForetoldView
>;

export const ForetoldPanel = memo(function ForetoldPanel(props: ForetoldPanelProps) {
  const { heading, trace, step, focus, onFocus, view, onView, lanes, fullCacheRun } = props;
  const event = lastEventAtStep(trace, step);
  const head = focusHead(trace.header.model, focus);
  const columns = event === null ? [TOTAL] : testedColumns(event);
  const column = columns.includes(view.column) ? view.column : TOTAL;
  const others = useMemo(
    () => [...lanes.map((lane) => lane.trace), ...(fullCacheRun === null ? [] : [fullCacheRun])],
    [lanes, fullCacheRun],
  ).filter((other) => other !== trace);
  const request = { reach: view.reach, others };
  const span = event === null ? null : foretoldSpan(trace, event, request);
  const work = foretoldWork(trace, request, column);
  useSlices(work, { afterMs: SETTLED_MS });
  const tested = useTested({ trace, span, head, column });
  const cloud = event && headCloud(event, head, trace.header.model);
  const undecided = windowReason(trace.header, head);
  if (undecided !== null || event === null || span === null || tested === null || Number.isNaN(tested.precision)) {
    return (
      <Panel
        {...heading}
        subtitle={<FocusChoice model={trace.header.model} {...{ focus, onFocus }} />}
        provenance={["derived"]}
      >
        {undecided !== null || span === null ? (
          <p className="panel-empty">{undecided ?? noSpanReason(trace, event === null)}</p>
        ) : (
          <>
            <p className="panel-empty">The attention of this head is not recorded in steps {stepsText(span)}.</p>
            <RecordingNote {...props} />
          </>
        )}
      </Panel>
    );
  }
  const symbol = columnName(column);
  const { futureSteps: declared } = trace.header.parameters;
  const futureSteps = typeof declared === "number" ? declared : null;
  return (
    <Panel
      {...heading}
      subtitle={
        <>
          <FocusChoice model={trace.header.model} {...{ focus, onFocus }} />
          {`, ${symbol} at step ${event.step} against steps ${stepsText(span)}`}
        </>
      }
      provenance={["derived"]}
      controls={<ForetoldControls {...{ view, onView, columns, column }} />}
      table={() => foretoldTable(trace, { span, focus, column, tested, work, cloud })}
    >
      <div className={cloud === null ? "foretold-grid" : "foretold-grid foretold-grid-four"}>
        <ForetoldScatter
          {...{ tested, symbol, span }}
          axes={view.axes}
          lit={selectedPosition(props)}
          onHover={props.onHover}
          onPin={props.onPin}
        />
        {cloud !== null && (
          <QueryCloudChart
            {...{ cloud, futureSteps }}
            lit={selectedPosition(props)}
            onHover={props.onHover}
            onPin={props.onPin}
          />
        )}
        <EventsChart work={work} head={head} shownStep={event.step} onMove={props.onMove} />
        <HeadsGrid
          result={eventResult(work, event)}
          {...{ trace, focus }}
          onFocus={props.onFocus}
          theme={props.theme}
        />
      </div>
      <FairNote {...props} span={span} work={work} />
      <ForetoldLegend theme={props.theme} work={work} hasCloud={cloud !== null} />
    </Panel>
  );
});

/** A step shown for less is one of many that playback passes. */
const SETTLED_MS = 150;

interface Tested {
  readonly trace: Trace;
  readonly span: ForetoldSpan | null;
  readonly head: number;
  readonly column: string;
}

function useTested({ trace, span, head, column }: Tested): HeadForetold | null {
  const { event, firstStep, lastStep, fullCache } = span ?? NO_SPAN;
  return useMemo(
    () => (event === null ? null : headForetold(trace, { event, firstStep, lastStep, fullCache }, head, column)),
    [trace, event, firstStep, lastStep, fullCache, head, column],
  );
}

const NO_SPAN = { event: null, firstStep: 0, lastStep: 0, fullCache: null } as const;

function noSpanReason(trace: Trace, isBeforeEvents: boolean): string {
  if (isBeforeEvents) return noEventReason(trace);
  if (!hasTaps(trace)) {
    return "This run recorded no attention. Switch on “Record attention” and run again.";
  }
  return "No step has followed this event yet: what its tokens receive is still to come.";
}

function stepsText({ firstStep, lastStep }: ForetoldSpan): string {
  return firstStep === lastStep ? String(firstStep) : `${firstStep}–${lastStep}`;
}

interface ControlsProps {
  readonly view: ForetoldView;
  readonly onView: (view: ForetoldView) => void;
  readonly columns: readonly string[];
  readonly column: string;
}

const axesLabels: Readonly<Record<ForetoldView["axes"], string>> = { values: "values", ranks: "ranks" };

function ForetoldControls({ view, onView, columns, column }: ControlsProps) {
  return (
    <>
      {columns.length > 1 && (
        <ToolChoice
          label="score"
          value={column}
          options={columns.map((name) => [name, columnLabel(name)])}
          onChange={(chosen) => onView({ ...view, column: chosen })}
        />
      )}
      <ToolChoice
        label="received until"
        value={view.reach}
        options={reaches.map((reach) => [
          reach,
          reach === "event" ? "next event" : reach === 1 ? "next step" : `${reach} steps on`,
        ])}
        onChange={(reach) => onView({ ...view, reach })}
      />
      <ToolChoice
        label="as"
        value={view.axes}
        options={toolOptions(axesLabels)}
        onChange={(axes) => onView({ ...view, axes })}
      />
    </>
  );
}

interface FairNoteProps extends Pick<ForetoldPanelProps, "trace" | "isFullCacheRunning" | "onFullCacheRun"> {
  readonly span: ForetoldSpan;
  readonly work: ForetoldWork;
}

/** Whose attention was compared; where it is the run's own, how to get a fair test. */
function FairNote({ trace, span, work, isFullCacheRunning, onFullCacheRun }: FairNoteProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const canAsk = span.fullCache === null && !isFullCacheRunning && refusal === null;
  return (
    <p className="foretold-note">
      {fairSentence({ span, isRunning: isFullCacheRunning, refusal })}
      {canAsk && (
        <button
          type="button"
          className="link-button"
          data-not-exported
          onClick={() => setRefusal(onFullCacheRun(trace.steps.length - 1))}
        >
          Feed a full cache the same tokens
        </button>
      )}{" "}
      {meanSentence(work)}
    </p>
  );
}

interface LegendProps {
  readonly theme: Theme;
  readonly work: ForetoldWork;
  readonly hasCloud: boolean;
}

function ForetoldLegend({ theme, work, hasCloud }: LegendProps) {
  const events = comparableEvents(work.events);
  const isFair = events.some(({ span }) => span.fullCache !== null);
  const hasHollow = isFair && events.length < work.events.length;
  return (
    <div className="legend">
      <LegendItem sign={<circle className="foretold-kept" cx={5} cy={6} r={3.5} />} width={10}>
        kept
      </LegendItem>
      {(isFair || hasCloud) && (
        <LegendItem sign={<path className="foretold-evicted" d="M2,3L8,9M2,9L8,3" />} width={10}>
          evicted
        </LegendItem>
      )}
      {hasCloud && (
        <>
          <LegendItem sign={<path className="foretold-query" d="M5,6h0" />} width={10}>
            query
          </LegendItem>
          <LegendItem sign={<ellipse className="foretold-ellipse" cx={11} cy={6} rx={10} ry={5} />} width={22}>
            two standard deviations of a query head
          </LegendItem>
        </>
      )}
      <LegendItem sign={<path className="foretold-head" d="M0,6H22" />} width={22}>
        head in focus
      </LegendItem>
      <LegendItem sign={<path className="foretold-mean" d="M0,6H22" />} width={22}>
        mean of all heads
      </LegendItem>
      <LegendItem sign={<rect className="foretold-band" width={22} height={12} />} width={22}>
        95 of 100 random scores, one head
      </LegendItem>
      {hasHollow && (
        <LegendItem sign={<circle className="foretold-dot foretold-dot-hollow" cx={6} cy={6} r={3.5} />} width={12}>
          kept only
        </LegendItem>
      )}
      <SequentialLegend label="rank correlation of a head" low="0" high="1" theme={theme} />
      {meanCorrelation(events.flatMap(({ heads }) => heads)) === null && (
        <span className="legend-item">nothing to compare yet</span>
      )}
    </div>
  );
}
