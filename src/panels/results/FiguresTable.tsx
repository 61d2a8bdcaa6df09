// The figures behind a chart: policies down, budgets across. Each figure is a button that picks its cell.
import type { TableCell } from "../../state/storedResults";
import { budgetsOf, figureOf, writtenFigure, type Column, type FamilyCells, type Measure } from "./tableView";

interface FiguresTableProps extends FamilyCells {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly measure: Measure;
  readonly pickedCell: TableCell | null;
  readonly onPick: (cell: TableCell) => void;
}

export function FiguresTable({ caption, full, cells, columns, measure, pickedCell, onPick }: FiguresTableProps) {
  const budgets = budgetsOf(cells);
  const figure = (cell: TableCell | undefined | null) =>
    cell === undefined || cell === null ? null : (
      <button type="button" className="figure-pick" aria-pressed={cell === pickedCell} onClick={() => onPick(cell)}>
        {writtenFigure(figureOf(cell, measure))}
      </button>
    );
  return (
    <div className="figures-frame" role="region" aria-label={caption} tabIndex={0}>
      <table className="figures">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            {budgets.map((budget) => (
              <th key={budget.share} scope="col" className="number">
                {Math.round(100 * budget.share)} %<span className="figures-slots">{budget.slots} slots</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {full !== null && (
            <tr>
              <th scope="row">{full.label}</th>
              <td colSpan={budgets.length}>{figure(full)} without a budget</td>
            </tr>
          )}
          {columns.map((column) => (
            <tr key={column.id}>
              <th scope="row">{column.label}</th>
              {budgets.map(({ share }) => (
                <td key={share} className="number">
                  {figure(cells.find((cell) => cell.columnId === column.id && cell.budgetShare === share))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
