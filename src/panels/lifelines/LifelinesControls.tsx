// Order and filter of the lifelines, and what their marks mean.
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { filterLabels, orderLabels, type LifelinesView } from "./view";

interface LifelinesControlsProps {
  readonly view: LifelinesView;
  readonly onView: (view: LifelinesView) => void;
  readonly hasUses: boolean;
  readonly hasRegret: boolean;
}

export function LifelinesControls({ view, onView, hasUses, hasRegret }: LifelinesControlsProps) {
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
}

export function LifelinesLegend({ focusLabel, useNote }: LifelinesLegendProps) {
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
        the last head let go
      </span>
      <span className="legend-item">
        <svg width={6} height={12} aria-hidden="true">
          <path className="lifelines-focus" d="M3,0V12" />
        </svg>
        {focusLabel} let go
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
    </div>
  );
}
