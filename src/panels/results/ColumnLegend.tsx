// The policies by kind. Pointing at one, or reaching it by keyboard, lights its lines; pressing keeps them lit.
import { ColumnSwatch } from "./ColumnMark";
import { columnKinds, type Column, type ColumnKind } from "./tableView";

interface ColumnLegendProps {
  readonly columns: readonly Column[];
  readonly pinnedColumn: string | null;
  readonly onHover: (columnId: string | null) => void;
  readonly onPin: (columnId: string | null) => void;
}

const kindLabels: Readonly<Record<ColumnKind, string>> = {
  memory: "scores, remembered",
  present: "scores, of the present alone",
  rule: "a fixed rule, no scores",
};

export function ColumnLegend({ columns, pinnedColumn, onHover, onPin }: ColumnLegendProps) {
  return (
    <div className="column-legend">
      {columnKinds.map((kind) => {
        const ofKind = columns.filter((column) => column.kind === kind);
        if (ofKind.length === 0) return null;
        return (
          <div key={kind} className="column-kind" role="group" aria-label={kindLabels[kind]}>
            <span className="column-kind-label" aria-hidden="true">
              {kindLabels[kind]}
            </span>
            {ofKind.map((column) => (
              <button
                key={column.id}
                type="button"
                className="column-key"
                aria-pressed={column.id === pinnedColumn}
                onPointerEnter={() => onHover(column.id)}
                onPointerLeave={() => onHover(null)}
                onFocus={() => onHover(column.id)}
                onBlur={() => onHover(null)}
                onClick={() => onPin(column.id === pinnedColumn ? null : column.id)}
              >
                <ColumnSwatch column={column} />
                {column.label}
              </button>
            ))}
          </div>
        );
      })}
    </div>
  );
}
