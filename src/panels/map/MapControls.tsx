// What the map shows: the axis along which tokens stand and the quantity that their marks tell.
import type { MapView } from "./layout";
import type { MapQuantity } from "./slotValues";

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
      <label className="tool">
        <span>along</span>
        <select
          value={view.axis}
          onChange={(event) => onView({ ...view, axis: event.target.value as MapView["axis"] })}
        >
          <option value="position">text</option>
          <option value="slot">slots</option>
        </select>
      </label>
      <label className="tool">
        <span>colour</span>
        <select
          value={view.quantity}
          onChange={(event) => onView({ ...view, quantity: event.target.value as MapQuantity })}
        >
          {Object.entries(quantityLabels).map(([quantity, label]) => (
            <option key={quantity} value={quantity}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
