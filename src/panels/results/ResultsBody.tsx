// A stored table on screen: the policies, a chart per family, and where the figures come from.
import { useMemo, useState } from "react";
import type { ResultTable, TableCell } from "../../state/storedResults";
import { ColumnLegend } from "./ColumnLegend";
import { FamilyResults } from "./FamilyResults";
import { PartsTable } from "./PartsTable";
import { TableOrigin } from "./TableOrigin";
import { familyCells, familyLabel, tableColumns, type Measure, type WindowSetting } from "./tableView";

interface ResultsBodyProps {
  readonly table: ResultTable;
  readonly setting: WindowSetting | undefined;
  readonly measure: Measure;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
}

export function ResultsBody({ table, setting, measure, onTry }: ResultsBodyProps) {
  const [hoveredColumn, setHoveredColumn] = useState<string | null>(null);
  const [pinnedColumn, setPinnedColumn] = useState<string | null>(null);
  const [hoveredCell, setHoveredCell] = useState<TableCell | null>(null);
  const [pickedCell, setPickedCell] = useState<TableCell | null>(null);
  const columns = useMemo(() => tableColumns(table), [table]);
  const shown = useMemo(
    () => table.families.map((family) => ({ family, cells: familyCells(table, family.family, setting) })),
    [table, setting],
  );
  const pick = (cell: TableCell): void => {
    const picked = cell === pickedCell ? null : cell;
    setPickedCell(picked);
    setPinnedColumn(picked?.columnId ?? null);
  };
  return (
    <>
      <ColumnLegend columns={columns} pinnedColumn={pinnedColumn} onHover={setHoveredColumn} onPin={setPinnedColumn} />
      <div className="results-families">
        {shown.map(({ family, cells }) => (
          <FamilyResults
            key={family.family}
            family={family}
            shown={cells}
            columns={columns}
            measure={measure}
            litColumn={hoveredCell?.columnId ?? hoveredColumn ?? pinnedColumn}
            hoveredCell={hoveredCell}
            pickedCell={pickedCell}
            onHover={setHoveredCell}
            onPick={pick}
            onTry={(cell) => onTry(table, cell)}
          />
        ))}
      </div>
      {shown.map(({ family, cells }) => (
        <PartsTable key={family.family} family={familyLabel(family.family)} {...cells} columns={columns} />
      ))}
      <TableOrigin table={table} columns={columns} />
    </>
  );
}
