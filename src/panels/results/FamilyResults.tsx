// One family of problems: its chart, what stands behind the mark pointed at, and the figures as a table.
import { useId } from "react";
import type { TableCell, TableFamily } from "../../state/storedResults";
import { FiguresTable } from "./FiguresTable";
import { ResultsChart } from "./ResultsChart";
import { cellText, familyLabel, type Column, type FamilyCells, type Measure } from "./tableView";

interface FamilyResultsProps {
  readonly family: TableFamily;
  readonly shown: FamilyCells;
  readonly columns: readonly Column[];
  readonly measure: Measure;
  readonly litColumn: string | null;
  readonly hoveredCell: TableCell | null;
  readonly pickedCell: TableCell | null;
  readonly onHover: (cell: TableCell | null) => void;
  readonly onPick: (cell: TableCell) => void;
  readonly onTry: (cell: TableCell) => void;
}

export const measureLabels: Readonly<Record<Measure, string>> = {
  right: "right answers",
  exact: "reasoning right word for word",
};

export function FamilyResults(props: FamilyResultsProps) {
  const { family, shown, columns, measure, hoveredCell, pickedCell, onTry } = props;
  const titleId = useId();
  const all = shown.full === null ? shown.cells : [shown.full, ...shown.cells];
  const own = (cell: TableCell | null): TableCell | null => (cell !== null && all.includes(cell) ? cell : null);
  const picked = own(pickedCell);
  const named = own(hoveredCell) ?? picked;
  const { family: name, difficulty, meanFullLength } = family;
  return (
    <article className="family-results" aria-labelledby={titleId}>
      <h3 id={titleId}>
        {familyLabel(name)}
        <span className="panel-subtitle">
          difficulty {difficulty} of 10, {Math.round(meanFullLength)} tokens of prompt and reasoning on average
        </span>
      </h3>
      <ResultsChart
        {...shown}
        label={`${name}: ${measureLabels[measure]} over budget; the figures stand in the table below`}
        columns={columns}
        measure={measure}
        litColumn={props.litColumn}
        pickedCell={picked}
        onHover={props.onHover}
        onPick={props.onPick}
      />
      <p className="results-readout" aria-live="polite">
        {named === null ? "Point at a mark to read its figures, click to keep them." : cellText(named)}{" "}
        {picked !== null && named === picked && (
          <button type="button" onClick={() => onTry(picked)} title="Set its first problem, policy, budget and window">
            Try it
          </button>
        )}
      </p>
      <details className="results-figures">
        <summary>Figures</summary>
        <FiguresTable
          {...shown}
          caption={`${name}: ${measureLabels[measure]}, % ± standard error`}
          columns={columns}
          measure={measure}
          pickedCell={picked}
          onPick={props.onPick}
        />
      </details>
    </article>
  );
}
