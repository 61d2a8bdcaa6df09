// Every token from the step that wrote it to the step at which the last head evicted it; next to it the ages at eviction
// and the parts of the text that are still held. With its controls and legend.
import { memo, useMemo } from "react";
import { hasMerges } from "../../trace/carried";
import { tokenUses } from "../../trace/tokenUses";
import type { Trace } from "../../trace/trace";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { useSlices } from "../../ui/useSlices";
import type { PanelProps } from "../definePanel";
import { watchedHeadCount } from "../../trace/recorded";
import { focusHead, shortFocusLabel } from "../focus";
import { windowNote, windowReason } from "../layerWindowWords";
import { LifeFigures } from "./LifeFigures";
import { LifeRows } from "./LifeRows";
import { lifelinesTable, lifeOrder, type LifeFilter, type LifelinesView, type LifeOrder } from "./rows";
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
            {...{ trace, step, axisStepCount, head, theme, positions, lastUses }}
            hovered={props.hovered}
            pinned={props.pinned}
            onHover={props.onHover}
            onPin={props.onPin}
          />
        )}
        <LifeFigures trace={trace} step={step} axisStepCount={axisStepCount} />
      </div>
      <LifelinesLegend
        focusLabel={shortFocusLabel(focus)}
        useNote={useNote(trace, readCount, step)}
        merges={hasMerges(trace)}
        windowNotes={[windowNote(trace.header, null), windowReason(trace.header, head)].filter((note) => note !== null)}
      />
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

function useNote(trace: Trace, readCount: number, step: number): string {
  if (readCount === 0) return "last use: not known, no attention was recorded";
  const soFar = readCount <= step ? `, read up to step ${readCount - 1} so far` : "";
  const recordedCount = watchedHeadCount(trace, step);
  const heads = recordedCount === null ? "" : `, of the ${recordedCount} heads recorded`;
  return `last use: more than 2 % of a head’s attention${heads}${soFar}`;
}

function noRowsReason(filter: LifelinesView["filter"]): string {
  return filter === "gone"
    ? "No token is evicted from every head yet. Move to a later step, or show those evicted from some head."
    : "No head has evicted anything yet. Move to a later step, or show all tokens.";
}

const orderLabels: Readonly<Record<LifeOrder, string>> = {
  position: "text",
  lifetime: "lifetime, evicted first",
  lastUse: "last use, oldest first",
  held: "heads now, fewest first",
  regret: "regret, largest first",
};

const filterLabels: Readonly<Record<LifeFilter, string>> = {
  all: "all tokens",
  evicted: "evicted from some head",
  gone: "evicted from every head",
  prompt: "prompt only",
};

interface LifelinesControlsProps {
  readonly view: LifelinesView;
  readonly onView: (view: LifelinesView) => void;
  readonly hasUses: boolean;
  readonly hasRegret: boolean;
}

function LifelinesControls({ view, onView, hasUses, hasRegret }: LifelinesControlsProps) {
  const orders = toolOptions(orderLabels).filter(
    ([order]) => (order !== "lastUse" || hasUses) && (order !== "regret" || hasRegret),
  );
  return (
    <>
      <ToolChoice
        label="show"
        value={view.filter}
        options={toolOptions(filterLabels)}
        onChange={(filter) => onView({ ...view, filter })}
      />
      <ToolChoice
        label="order"
        value={orders.some(([order]) => order === view.order) ? view.order : "position"}
        options={orders}
        onChange={(order) => onView({ ...view, order })}
      />
      <label className="tool">
        <input
          type="checkbox"
          checked={view.isReversed}
          onChange={(event) => onView({ ...view, isReversed: event.target.checked })}
        />
        <span>reversed</span>
      </label>
    </>
  );
}

interface LifelinesLegendProps {
  readonly focusLabel: string;
  /** What the ring marks. */
  readonly useNote: string;
  /** Some tokens are carried on by others. */
  readonly merges: boolean;
  /** How tokens slide out of the layers with a window; none where no layer has one. */
  readonly windowNotes: readonly string[];
}

function LifelinesLegend({ focusLabel, useNote, merges, windowNotes }: LifelinesLegendProps) {
  return (
    <div className="legend">
      <span className="legend-item">
        <svg width={34} height={12} aria-hidden="true">
          <path className="lifelines-every" d="M0,1H11V11H0ZM11,3.5H22V8.5H11ZM22,5.5H34V6.5H22Z" />
        </svg>
        height: share of all heads that hold it, 100 % to 0
      </span>
      <span className="legend-item">
        <svg width={12} height={12} aria-hidden="true">
          <path className="lifelines-cross" d="M2.5,2.5L9.5,9.5M2.5,9.5L9.5,2.5" />
        </svg>
        {merges ? "no slot of any head stands for it any more" : "evicted by the last head"}
      </span>
      {merges && <CarriedItems focusLabel={focusLabel} />}
      <span className="legend-item">
        <svg width={6} height={12} aria-hidden="true">
          <path className="lifelines-focus" d="M3,0V12" />
        </svg>
        {merges ? "dropped" : "evicted"} by {focusLabel}
      </span>
      <span className="legend-item">
        <svg width={10} height={12} aria-hidden="true">
          <circle className="lifelines-use" cx={5} cy={6} r={3} />
        </svg>
        {useNote}
      </span>
      <span className="legend-item">
        <svg width={18} height={12} aria-hidden="true">
          <rect className="lifelines-held" width={8} height={12} />
          <rect className="lifelines-every" x={10} width={8} height={12} />
        </svg>
        kept positions: pale by the mean head, dark by every head
      </span>
      {windowNotes.length > 0 && <span className="legend-item">{windowNotes.join(" ")}</span>}
    </div>
  );
}

function CarriedItems({ focusLabel }: { readonly focusLabel: string }) {
  return (
    <>
      <span className="legend-item">
        <svg width={22} height={12} aria-hidden="true">
          <rect className="fill-carried" y={1} width={22} height={10} />
          <rect className="fill-kept" y={4} width={22} height={4} />
        </svg>
        around it: heads in which another token carries it
      </span>
      <span className="legend-item">
        <svg width={16} height={14} aria-hidden="true">
          <circle className="lifelines-link-end" cx={3} cy={3} r={2.2} />
          <path className="lifelines-link" d="M3,3C14,3 14,11 5,11" />
          <path className="lifelines-link-end" d="M2,11L7,8V14Z" />
        </svg>
        merged in {focusLabel}: its line flows into its carrier’s
      </span>
    </>
  );
}
