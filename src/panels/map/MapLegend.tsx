// What the map shows: the choices of axis and quantity, and the legend of what is chosen, with unit and range.
import { memo } from "react";
import { LegendItem } from "../../ui/LegendItem";
import { SequentialLegend } from "../../ui/SequentialLegend";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { Theme } from "../../ui/scale";
import type { MapQuantity, MapView } from "./layout";

const axisLabels: Readonly<Record<MapView["axis"], string>> = { position: "text", slot: "slots" };

const layersLabels: Readonly<Record<MapView["layers"], string>> = { all: "all", focus: "in focus" };

const quantityLabels: Readonly<Record<MapQuantity, string>> = {
  attention: "attention now",
  score: "score at last event",
  age: "age",
  agreement: "agreement with focus",
  votes: "votes",
  none: "held or not",
};

interface MapControlsProps {
  readonly view: MapView;
  /** Some tokens are carried on by others: slots have votes. */
  readonly merges: boolean;
  /** So many heads that a look at a single layer helps. */
  readonly isZoomable: boolean;
  readonly onView: (view: MapView) => void;
}

export function MapControls({ view, merges, isZoomable, onView }: MapControlsProps) {
  const quantities = toolOptions(quantityLabels).filter(([quantity]) => quantity !== "votes" || merges);
  return (
    <>
      {isZoomable && (
        <ToolChoice
          label="layers"
          value={view.layers}
          options={toolOptions(layersLabels)}
          onChange={(layers) => onView({ ...view, layers })}
        />
      )}
      <ToolChoice
        label="along"
        value={view.axis}
        options={toolOptions(axisLabels)}
        onChange={(axis) => onView({ ...view, axis })}
      />
      <ToolChoice
        label="colour"
        value={view.quantity}
        options={quantities}
        onChange={(quantity) => onView({ ...view, quantity })}
      />
    </>
  );
}

/** The scale of each quantity: what it measures, and its ends. */
const scales: Readonly<Record<MapQuantity, readonly [label: string, low: string, high: string] | null>> = {
  attention: ["newest query’s attention (√)", "0", "1"],
  score: ["score Z at the last event", "head’s lowest", "highest"],
  age: ["age in steps", "0", "since the prompt"],
  agreement: ["tall: the focused head holds it too; number: share of its cache", "", ""],
  votes: ["tokens that a slot stands for (log)", "1", "most"],
  none: null,
};

const noNumbersScale = ["tall: the focused head holds it too; zoom to one layer for shares", "", ""] as const;

interface MapLegendProps {
  readonly view: MapView;
  readonly theme: Theme;
  /** The strips have room for numbers. */
  readonly hasNumbers: boolean;
  /** Heads hold different numbers of slots, and the strips say how many. */
  readonly isUneven: boolean;
  /** Slots are given up: not so of a full cache, which has no budget. */
  readonly evicts: boolean;
  /** Of how many heads the step holds the attention; null where it is all or none. */
  readonly recordedCount: number | null;
  /** Some tokens are carried on by others. */
  readonly merges: boolean;
  /** Not every slot that is held is read. */
  readonly selects: boolean;
}

export const MapLegend = memo(function MapLegend(props: MapLegendProps) {
  const { view, theme, hasNumbers, isUneven, evicts, recordedCount, merges, selects } = props;
  const { quantity, axis } = view;
  const scale = quantity === "agreement" && !hasNumbers ? noNumbersScale : scales[quantity];
  return (
    <div className="legend">
      {scale !== null && <SequentialLegend label={scale[0]} low={scale[1]} high={scale[2]} theme={theme} />}
      <LegendItem sign={<rect className="fill-held" x={2} y={2} width={3} height={10} />} width={8} height={14}>
        {selects
          ? "held, unread"
          : quantity === "agreement"
            ? "held here only"
            : quantity === "none"
              ? "held"
              : recordedCount !== null && quantity === "attention"
                ? "not recorded"
                : "no value yet"}
      </LegendItem>
      {selects && (
        <LegendItem sign={<rect className="fill-kept" x={2} y={2} width={3} height={10} />} width={8} height={14}>
          {quantity === "none" ? "read" : "read, no value yet"}
        </LegendItem>
      )}
      <LegendItem sign={<rect className="fill-window" y={6} width={20} height={3} />} width={20} height={14}>
        window
      </LegendItem>
      {recordedCount !== null && (
        <LegendItem sign={<rect className="fill-kept" width={3} height={14} />} width={8} height={14}>
          attention recorded: {recordedCount} heads
        </LegendItem>
      )}
      {merges && <CarriedItems isText={axis === "position"} />}
      {evicts && (
        <LegendItem sign={<EvictedSign />} width={8} height={14}>
          {merges ? "dropped now" : "evicted now"}
        </LegendItem>
      )}
      {evicts && axis === "slot" && (
        <LegendItem sign={<rect className="map-budget-edge" x={3} width={2} height={14} />} width={8} height={14}>
          where the head’s budget ends
        </LegendItem>
      )}
      {isUneven && hasNumbers && quantity !== "agreement" && (
        <span className="legend-item">number: slots that the head holds</span>
      )}
      <span className="legend-item">{axis === "position" ? "position in the text →" : "slot in the cache →"}</span>
    </div>
  );
});

function CarriedItems({ isText }: { readonly isText: boolean }) {
  return (
    <>
      <LegendItem sign={<CarrierSign />} width={8} height={14}>
        carries others
      </LegendItem>
      {isText && (
        <LegendItem sign={<CarriedSign />} width={8} height={14}>
          carried by another
        </LegendItem>
      )}
      <LegendItem sign={<EvictedSign className="fill-carried" />} width={8} height={14}>
        merged now
      </LegendItem>
    </>
  );
}

function CarrierSign() {
  return (
    <>
      <rect className="fill-kept" x={2} y={2} width={3} height={10} />
      <rect className="fill-carried" x={2} y={2} width={3} height={2} />
    </>
  );
}

function CarriedSign() {
  return (
    <>
      <rect className="fill-carried" x={2} y={7} width={3} height={2} />
      <line className="stroke-line" x2={8} y1={5} y2={5} />
    </>
  );
}

function EvictedSign({ className = "fill-evicted" }: { readonly className?: string }) {
  return (
    <>
      <rect className={className} x={2} y={7} width={3} height={7} />
      <line className="stroke-line" x2={8} y1={5} y2={5} />
    </>
  );
}
