// What was measured of a row: the figure, its quartiles over the repeats, and how it differs from the baseline's.
import { columnList, type RowFigures } from "./columns";

interface RowFigureCellsProps {
  readonly figures: RowFigures;
  /** Null for the baseline itself. */
  readonly baseline: RowFigures | null;
}

export function RowFigureCells({ figures, baseline }: RowFigureCellsProps) {
  return columnList.map((column) => {
    const { id, written, difference } = column;
    const value = column.value(figures);
    if (value === null) {
      return (
        <td key={id} className="number characterisation-none">
          –
        </td>
      );
    }
    const spread = column.spread?.(figures) ?? null;
    const ofBaseline = baseline === null ? null : column.value(baseline);
    const differs = ofBaseline === null ? null : difference(value, ofBaseline);
    return (
      <td key={id} className="number">
        {written(value)}
        {spread !== null && spread.lower < spread.upper && (
          <span className="characterisation-spread" title="quartiles of the repeats">
            {spreadWords(written(spread.lower), written(spread.upper))}
          </span>
        )}
        {differs !== null && <span className="characterisation-difference">{differs}</span>}
      </td>
    );
  });
}

/** A unit that both have is written once. */
function spreadWords(lower: string, upper: string): string {
  const [number, unit] = lower.split(" ");
  return upper.endsWith(` ${unit}`) ? `${number} – ${upper}` : `${lower} – ${upper}`;
}
