// The figures behind a chart: policies down, by kind, budgets across; each figure is a button that picks its cell, each budget one
// that puts the policies in the order of its figures. Below, at one budget, the instructions that are judged one by one, in the
// same two orders: which of them a policy forgets.

import { useId, useMemo, useState, type ReactNode } from "react";
import type { TableCell } from "../../state/storedResults";
import { ToolChoice } from "../../ui/ToolChoice";
import type { Column, FamilyCells, Measure } from "./tableView";
import {
  budgetsOf,
  columnKindLabels,
  columnsByKind,
  figureOf,
  orderedColumns,
  paretoFront,
  writtenBudget,
  writtenFigure,
  writtenSize,
} from "./tableView";

interface FiguresTableProps extends FamilyCells {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly measure: Measure;
  readonly pickedCell: TableCell | null;
  readonly onPick: (cell: TableCell) => void;
}

export function FiguresTable({ caption, full, cells, columns, measure, pickedCell, onPick }: FiguresTableProps) {
  const [order, setOrder] = useState<number | null>(null);
  const budgets = budgetsOf(cells);
  const unit = budgets.at(0)?.bytes === undefined ? "slots" : "bytes";
  const front = useMemo(() => paretoFront(cells, measure), [cells, measure]);
  const figure = (cell: TableCell | undefined | null) =>
    cell === undefined || cell === null ? (
      <span title="Not run yet">–</span>
    ) : (
      <button
        type="button"
        className="figure-pick"
        aria-pressed={cell === pickedCell}
        title={front.has(cell) ? `No policy solves more with as few ${unit}` : undefined}
        onClick={() => onPick(cell)}
      >
        {front.has(cell) ? <b>{writtenFigure(figureOf(cell, measure))}</b> : writtenFigure(figureOf(cell, measure))}
      </button>
    );
  return (
    <div className="figures-frame" role="region" aria-label={caption} tabIndex={0}>
      <table className="figures">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <OrderHead isChosen={order === null} onChoose={() => setOrder(null)}>
              policy
            </OrderHead>
            {budgets.map((budget) => (
              <OrderHead
                key={budget.share}
                isChosen={order === budget.share}
                isNumber
                onChoose={() => setOrder(budget.share)}
              >
                {Math.round(100 * budget.share)} %
                <span className="figures-slots">
                  {writtenSize(budget)}
                  {unit === "slots" && " slots"}
                </span>
              </OrderHead>
            ))}
          </tr>
        </thead>
        {full !== null && (
          <tbody>
            <tr>
              <th scope="row">{full.label}</th>
              <td colSpan={budgets.length}>{figure(full)} without a budget</td>
            </tr>
          </tbody>
        )}
        {rowGroups(columns, cells, order, measure).map(({ kind, columns: ofKind }) => (
          <tbody key={kind}>
            {kind !== "all" && (
              <tr className="figures-kind">
                <th scope="rowgroup" colSpan={1 + budgets.length}>
                  {columnKindLabels[kind]}
                </th>
              </tr>
            )}
            {ofKind.map((column) => (
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
        ))}
      </table>
    </div>
  );
}

interface RowGroup {
  readonly kind: Column["kind"] | "all";
  readonly columns: readonly Column[];
}

/** By kind; all together, the best first, at the budget that a reader chose. */
function rowGroups(...[columns, cells, order, measure]: Parameters<typeof orderedColumns>): readonly RowGroup[] {
  if (order !== null) return [{ kind: "all", columns: orderedColumns(columns, cells, order, measure) }];
  return columnsByKind(columns);
}

interface OrderHeadProps {
  readonly isChosen: boolean;
  readonly isNumber?: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}

/** The policies keep their own order, figures go from high to low. */
function OrderHead({ isChosen, isNumber = false, onChoose, children }: OrderHeadProps) {
  const direction = isNumber ? "descending" : "ascending";
  return (
    <th scope="col" className={isNumber ? "number" : undefined} aria-sort={isChosen ? direction : undefined}>
      <button type="button" className="figure-order" title={isNumber ? "Best first" : undefined} onClick={onChoose}>
        {children}
      </button>
    </th>
  );
}

interface PartsTableProps extends FamilyCells {
  readonly family: string;
  readonly columns: readonly Column[];
}

const partLabels: Readonly<Record<string, string>> = {
  begin: "begin with",
  end: "end with",
  never: "never say",
  secret: "keep secret",
  unit: "use the unit",
};

/** The budget share shown first: tight, but not hopeless. */
const FIRST_SHARE = 0.35;

export function PartsTable({ family, full, cells, columns }: PartsTableProps) {
  const titleId = useId();
  const budgets = budgetsOf(cells);
  const nearest = [...budgets].sort((left, right) => distance(left.share) - distance(right.share)).at(0);
  const [chosen, setChosen] = useState<number | null>(null);
  /** The instruction that the policies are ordered by; null: their own order. */
  const [order, setOrder] = useState<string | null>(null);
  const share = budgets.some((budget) => budget.share === chosen) ? chosen : (nearest?.share ?? null);
  const names = [...new Set([...cells, ...(full === null ? [] : [full])].flatMap(({ parts }) => Object.keys(parts)))];
  if (names.length === 0) return null;
  const kept = (cell: TableCell | undefined): number => cell?.parts[order ?? ""]?.right ?? -1;
  const ofBudget = columns
    .map(({ id }) => cells.find((cell) => cell.columnId === id && cell.budgetShare === share))
    .sort((left, right) => kept(right) - kept(left));
  const rows = [full, ...ofBudget];
  return (
    <article className="parts" aria-labelledby={titleId}>
      <h3 id={titleId}>{family}, instruction by instruction</h3>
      {share !== null && (
        <ToolChoice
          label="kept, % ± standard error, at"
          value={share}
          options={budgets.map((budget) => [budget.share, writtenBudget(budget)])}
          onChange={setChosen}
        />
      )}
      <div className="figures-frame" role="region" aria-label="Instructions kept" tabIndex={0}>
        <table className="figures">
          <thead>
            <tr>
              <OrderHead isChosen={order === null} onChoose={() => setOrder(null)}>
                policy
              </OrderHead>
              {names.map((name) => (
                <OrderHead key={name} isChosen={order === name} isNumber onChoose={() => setOrder(name)}>
                  {partLabels[name] ?? name}
                </OrderHead>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cell) =>
              cell === undefined || cell === null ? null : (
                <tr key={cell.columnId}>
                  <th scope="row">{cell.label}</th>
                  {names.map((name) => (
                    <Part key={name} cell={cell} name={name} />
                  ))}
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </article>
  );
}

function Part({ cell, name }: { readonly cell: TableCell; readonly name: string }) {
  const part = cell.parts[name];
  if (part === undefined) return <td className="number">–</td>;
  const { right, rightError, count } = part;
  return (
    <td
      className="number part"
      title={`${count} problems had this instruction`}
      style={{ "--share": right } as React.CSSProperties}
    >
      {writtenFigure({ share: right, error: rightError })}
    </td>
  );
}

function distance(share: number): number {
  return Math.abs(share - FIRST_SHARE);
}
