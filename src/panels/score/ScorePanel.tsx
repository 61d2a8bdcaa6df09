// The score bars of the focused head at the last event: who stayed, who went, and by how much.
import { memo, useMemo, type PointerEvent } from "react";
import { Panel, type Provenance } from "../../ui/Panel";
import { signedNumber, writtenNumber } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { lastEventAtStep } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { focusHead, shortFocusLabel, type Focus } from "../focus";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { scoreLayout, scoreSummary, type ScoreLayout, type ScoreMeasure, type ScoreOrder } from "./layout";
import { ScoreBars } from "./ScoreBars";

interface ScorePanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly order: ScoreOrder;
  readonly provenance: Provenance;
  readonly measure: ScoreMeasure;
  readonly onOrder: (order: ScoreOrder) => void;
  readonly onMeasure: (measure: ScoreMeasure) => void;
}

/** As in the style sheet: below this the bars cannot be told apart. */
const MIN_HEIGHT = 200;

export const ScorePanel = memo(function ScorePanel(props: ScorePanelProps) {
  const { trace, step, focus, order } = props;
  const event = lastEventAtStep(trace, step);
  const subtitle = event === null ? shortFocusLabel(focus) : `${shortFocusLabel(focus)}, event at step ${event.step}`;
  return (
    <Panel
      name="score"
      title="Score"
      subtitle={subtitle}
      provenance={[props.provenance, "derived"]}
      controls={
        <>
          <MeasureChoice value={props.measure} onChange={props.onMeasure} />
          <OrderChoice value={order} onChange={props.onOrder} />
        </>
      }
    >
      {event === null ? (
        <p className="panel-empty">{noEventReason(trace)}</p>
      ) : (
        <ScoreChart key={`${focus.layer}.${focus.kvHead}`} {...props} event={event} />
      )}
    </Panel>
  );
});

function noEventReason(trace: Trace): string {
  const { budgetSlots, intervalSteps } = trace.header.parameters;
  if (trace.header.policyId === "fullCache") return "The full cache keeps every token: nothing is ever scored.";
  return (
    `Nothing has been evicted up to this step: the first event comes at the first multiple of ` +
    `${String(intervalSteps)} steps at which the cache holds more than ${String(budgetSlots)} slots.`
  );
}

interface ScoreChartProps extends ScorePanelProps {
  readonly event: EvictionEvent;
}

function ScoreChart(props: ScoreChartProps) {
  const { trace, event, focus, order, measure, onHover, onPin } = props;
  const [frame, size] = useElementSize<HTMLDivElement>({ width: 640, height: MIN_HEIGHT });
  const width = size.width;
  const height = Math.max(MIN_HEIGHT, size.height);
  const head = focusHead(trace.header.model, focus);
  const layout = useMemo(
    () => scoreLayout(trace, event, { head, order, measure, width, height }),
    [trace, event, head, order, measure, width, height],
  );
  const positionUnder = (pointer: PointerEvent<SVGSVGElement> | React.MouseEvent<SVGSVGElement>): number | null => {
    const at = pointer.clientX - pointer.currentTarget.getBoundingClientRect().left - layout.plotLeft;
    return layout.bars.at(at < 0 ? layout.bars.length : Math.floor(at / layout.pitch))?.position ?? null;
  };
  return (
    <>
      <div
        ref={frame}
        className="score-scroller"
        role="region"
        aria-label="Score bars"
        tabIndex={layout.width > width ? 0 : undefined}
      >
        <svg
          className="score-chart"
          role="img"
          aria-label={scoreSummary(event, layout)}
          width={layout.width}
          height={layout.height}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          onPointerMove={(pointer) => onHover(positionUnder(pointer), { x: pointer.clientX, y: pointer.clientY })}
          onPointerLeave={() => onHover(null)}
          onClick={(pointer) => {
            const position = positionUnder(pointer);
            if (position !== null) onPin(position);
          }}
        >
          <LitBar layout={layout} position={selectedPosition(props)} />
          <ScoreBars layout={layout} />
        </svg>
      </div>
      <ScoreLegend layout={layout} event={event} />
    </>
  );
}

/** The column of the token pointed at, with its total written on top. */
function LitBar({ layout, position }: { readonly layout: ScoreLayout; readonly position: number | null }) {
  const bar = layout.bars.find((candidate) => candidate.position === position);
  if (bar === undefined) return null;
  const centre = bar.x + layout.barWidth / 2;
  const anchor = centre > layout.width - 90 ? "end" : centre < 120 ? "start" : "middle";
  return (
    <g aria-hidden="true">
      <rect
        className="score-lit"
        x={centre - layout.pitch / 2}
        y={layout.plotTop}
        width={layout.pitch}
        height={layout.plotBottom - layout.plotTop}
      />
      <text className="score-value" x={centre} y={layout.plotTop - 5} textAnchor={anchor}>
        {bar.text} Z = {signedNumber(bar.total)}
      </text>
    </g>
  );
}

interface MeasureChoiceProps {
  readonly value: ScoreMeasure;
  readonly onChange: (measure: ScoreMeasure) => void;
}

function MeasureChoice({ value, onChange }: MeasureChoiceProps) {
  return (
    <label className="tool">
      <span>bars</span>
      <select value={value} onChange={(event) => onChange(event.target.value as ScoreMeasure)}>
        <option value="parts">parts of Z</option>
        <option value="margin">to the cut-off</option>
      </select>
    </label>
  );
}

interface OrderChoiceProps {
  readonly value: ScoreOrder;
  readonly onChange: (order: ScoreOrder) => void;
}

function OrderChoice({ value, onChange }: OrderChoiceProps) {
  return (
    <label className="tool">
      <span>order</span>
      <select value={value} onChange={(event) => onChange(event.target.value as ScoreOrder)}>
        <option value="position">text</option>
        <option value="rank">rank</option>
      </select>
    </label>
  );
}

interface ScoreLegendProps {
  readonly layout: ScoreLayout;
  readonly event: EvictionEvent;
}

const ScoreLegend = memo(function ScoreLegend({ layout, event }: ScoreLegendProps) {
  const { hasRedundancy, hasHistory } = layout;
  return (
    <div className="legend">
      <span className="legend-item">
        <svg width={22} height={12} aria-hidden="true">
          <rect className="bar-gain-kept" width={8} height={12} />
          <circle className="mark-kept" cx={16} cy={6} r={3} />
        </svg>
        kept
      </span>
      <span className="legend-item">
        <svg width={22} height={12} aria-hidden="true">
          <rect className="bar-gain-evicted" x={0.5} y={0.5} width={7} height={11} />
          <path className="mark-evicted" d="M13,3L19,9M13,9L19,3" />
        </svg>
        evicted
      </span>
      {hasHistory && (
        <span className="legend-item">
          <svg width={8} height={12} aria-hidden="true">
            <rect className="bar-gain-kept" width={8} height={12} />
            <path className="bar-rings" d="M0,2.5H8M0,5.5H8M0,8.5H8" />
          </svg>
          ringed: its past score α·C outweighs its present S
        </span>
      )}
      {hasRedundancy && (
        <span className="legend-item">
          <svg width={8} height={12} aria-hidden="true">
            <rect className="bar-loss-kept" width={8} height={12} />
          </svg>
          below zero: −(1 − λ)·R
        </span>
      )}
      <span className="legend-item">
        <span className="legend-dash" aria-hidden="true" />
        cut-off {writtenNumber(layout.cutOff)}, margin {writtenNumber(layout.margin)}
      </span>
      {layout.isClipped && <span className="legend-item">bars at the top edge go on beyond it</span>}
      <span className="legend-item">
        <svg width={14} height={12} aria-hidden="true">
          <rect className="score-window" width={14} height={12} />
        </svg>
        window, {event.windowSlots} protected
      </span>
    </div>
  );
});
