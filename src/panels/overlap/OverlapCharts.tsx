// The matrix of the focused layer and the two curves, with what they have in common: legend and candidates.
import { mean } from "d3";
import { SequentialLegend } from "../../ui/SequentialLegend";
import { writtenNumber, writtenShare } from "../../ui/numbers";
import type { Theme } from "../../ui/scale";
import { OverlapCurve } from "./OverlapCurve";
import { OverlapMatrix } from "./OverlapMatrix";
import type { OverlapWork } from "./overlapWork";
import { retainedShares, type OverlapSource } from "./view";

interface OverlapChartsProps {
  readonly work: OverlapWork;
  readonly focusLayer: number;
  /** Place of the retained share in force. */
  readonly place: number;
  readonly theme: Theme;
  readonly source: OverlapSource | null;
}

export function OverlapCharts({ work, focusLayer, place, theme, source }: OverlapChartsProps) {
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
              <rect className="overlap-untold" width={20} height={12} />
            </svg>
            recorded as 0: not told apart
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
