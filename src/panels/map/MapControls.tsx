// What the map shows: the axis along which tokens stand and the quantity that their marks tell.
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { MapView } from "./layout";
import type { MapQuantity } from "./slotValues";

const axisLabels: Readonly<Record<MapView["axis"], string>> = { position: "text", slot: "slots" };

const quantityLabels: Readonly<Record<MapQuantity, string>> = {
  attention: "attention now",
  score: "score at last event",
  age: "age",
  agreement: "agreement with focus",
  none: "held or not",
};

interface MapControlsProps {
  readonly view: MapView;
  readonly onView: (view: MapView) => void;
}

export function MapControls({ view, onView }: MapControlsProps) {
  return (
    <>
      <ToolChoice
        label="along"
        value={view.axis}
        options={toolOptions(axisLabels)}
        onChange={(axis) => onView({ ...view, axis })}
      />
      <ToolChoice
        label="colour"
        value={view.quantity}
        options={toolOptions(quantityLabels)}
        onChange={(quantity) => onView({ ...view, quantity })}
      />
    </>
  );
}
