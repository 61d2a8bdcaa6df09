// A stored table on screen: what is counted and for which window, the policies, a chart per family, the origin of the
// figures. Loaded with the table.

import { useId, useMemo, useState, type ComponentProps, type ReactNode } from "react";
import type { ResultTable, TableCell, TableFamily } from "../../state/storedResults";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { FiguresTable, PartsTable } from "./FiguresTable";
import { ColumnLegend, ResultsChart } from "./ResultsChart";
import { MOST_LINES } from "./layout";
import { resultsAbout, resultsFigures } from "./resultsFigures";
import type { Column, FamilyCells, Measure, WindowSetting } from "./tableView";
import {
  cellText,
  columnsUnder,
  columnsWithoutWindow,
  familyCells,
  missingWords,
  familyLabel,
  meanCells,
  tableColumns,
  windowSettings,
} from "./tableView";

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
  const allColumns = useMemo(() => tableColumns(table), [table]);
  const columns = useMemo(() => columnsUnder(allColumns, table, setting), [allColumns, table, setting]);
  const shown = useMemo(
    () => table.families.map((family) => ({ family, cells: familyCells(table, family.family, setting) })),
    [table, setting],
  );
  const means = useMemo(
    () => (table.unit === "bytes" && table.families.length > 1 ? meanCells(table, setting) : null),
    [table, setting],
  );
  const litColumn = hoveredCell?.columnId ?? hoveredColumn ?? pinnedColumn;
  const pick = (cell: TableCell): void => {
    const picked = cell === pickedCell ? null : cell;
    setPickedCell(picked);
    setPinnedColumn(picked?.columnId ?? null);
  };
  const common = { columns, measure, litColumn, hoveredCell, pickedCell, onHover: setHoveredCell, onPick: pick };
  return (
    <>
      <ColumnLegend columns={columns} pinnedColumn={pinnedColumn} onHover={setHoveredColumn} onPin={setPinnedColumn} />
      <div className="results-families">
        {means !== null && <FamilyResults {...common} heading={meanHeading(table)} shown={means} onTry={null} />}
        {shown.map(({ family, cells }) => (
          <FamilyResults
            {...common}
            key={family.family}
            heading={familyHeading(family)}
            shown={cells}
            onTry={(cell) => onTry(table, cell)}
          />
        ))}
      </div>
      {shown.map(({ family, cells }) => (
        <PartsTable key={family.family} family={familyLabel(family.family)} {...cells} columns={columns} />
      ))}
      <TableOrigin table={table} allColumns={allColumns} columns={columns} />
    </>
  );
}

interface FamilyResultsProps {
  readonly heading: FamilyHeading;
  readonly shown: FamilyCells;
  readonly columns: readonly Column[];
  readonly measure: Measure;
  readonly litColumn: string | null;
  readonly hoveredCell: TableCell | null;
  readonly pickedCell: TableCell | null;
  readonly onHover: (cell: TableCell | null) => void;
  readonly onPick: (cell: TableCell) => void;
  /** Null for a mean, which no run is behind. */
  readonly onTry: ((cell: TableCell) => void) | null;
}

interface FamilyHeading {
  readonly name: string;
  readonly title: string;
  readonly words: string;
}

function familyHeading({ family, difficulty, meanFullLength }: TableFamily): FamilyHeading {
  const words = `difficulty ${difficulty} of 10, ${Math.round(meanFullLength)} tokens of prompt and reasoning on average`;
  return { name: family, title: familyLabel(family), words };
}

function meanHeading({ families }: ResultTable): FamilyHeading {
  return {
    name: "mean",
    title: `Mean of the ${families.length} families`,
    words: "what bytes buy; the thick line is the most that so many bytes solve",
  };
}

const measureLabels: Readonly<Record<Measure, string>> = {
  right: "right answers",
  exact: "reasoning right word for word",
};

function FamilyResults(props: FamilyResultsProps) {
  const { heading, shown, columns, measure, hoveredCell, pickedCell, onTry } = props;
  const titleId = useId();
  const all = shown.full === null ? shown.cells : [shown.full, ...shown.cells];
  const own = (cell: TableCell | null): TableCell | null => (cell !== null && all.includes(cell) ? cell : null);
  const picked = own(pickedCell);
  const named = own(hoveredCell) ?? picked;
  const { name } = heading;
  return (
    <article className="family-results" aria-labelledby={titleId}>
      <h3 id={titleId}>
        {heading.title}
        <span className="panel-subtitle">{heading.words}</span>
      </h3>
      <ResultsChart
        {...shown}
        label={`${name}: ${measureLabels[measure]} over budget; the table below has the figures`}
        columns={columns}
        measure={measure}
        litColumn={props.litColumn}
        pickedCell={picked}
        onHover={props.onHover}
        onPick={props.onPick}
      />
      <p className="results-readout" aria-live="polite">
        {named === null ? "Point at a mark to read its figures, click to pin them." : cellText(named)}{" "}
        {onTry !== null && picked !== null && named === picked && (
          <button type="button" onClick={() => onTry(picked)} title="Load its first problem, policy, budget and window">
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

interface TableOriginProps {
  readonly table: ResultTable;
  readonly allColumns: readonly Column[];
  /** Under the window setting that is shown. */
  readonly columns: readonly Column[];
}

function TableOrigin({ table, allColumns, columns }: TableOriginProps) {
  const { model, problemCount, seed, backend, date, command } = table;
  const withoutWindow = columnsWithoutWindow(columns).map(({ label }) => label);
  return (
    <div className="results-origin">
      <div className="legend">
        <span className="legend-item">
          <svg width={26} height={12} aria-hidden="true">
            <rect className="full-band" y={2} width={26} height={8} />
            <line className="full-level" x2={26} y1={6} y2={6} />
          </svg>
          full cache
        </span>
        <span className="legend-item">
          <svg width={26} height={12} aria-hidden="true">
            <path className="results-front" d="M1,9H13V3H25" />
          </svg>
          the most solved with so few {table.unit ?? "slots"} (bold in the figures)
        </span>
        <span className="legend-item">
          bars and band: ± one standard error; none at 0 and 100 %, which are known to within about{" "}
          {(300 / Math.max(1, problemCount)).toFixed(0)} points
        </span>
        <span className="legend-item">
          {columns.length > MOST_LINES
            ? "pale: neither on that front nor a baseline; point at a name to see its line"
            : "marks of one budget stand side by side"}
        </span>
        {columns.length < allColumns.length && (
          <span className="legend-item">
            {columns.length} of {allColumns.length} policies were run in this window setting
          </span>
        )}
        {missingWords(table, allColumns).map((words) => (
          <span key={words} className="legend-item">
            {words}
          </span>
        ))}
        {withoutWindow.length > 0 && (
          <span className="legend-item">the same in every window setting: {withoutWindow.join(", ")}</span>
        )}
      </div>
      <p>
        {problemCount} problems a mark, the same for every policy, seeds {seed} to {seed + problemCount - 1}, greedy, on
        the {backend === "cpu" ? "CPU" : "GPU"} backend. Model {model.id}, {model.parameterCount.toLocaleString("en")}{" "}
        parameters, digest <span className="digest">{model.digest.slice(0, 16)}</span>. Made {date} by
      </p>
      <code className="results-command">{command}</code>
    </div>
  );
}

/** What stands over the results, before and after they load. */
export type ResultsHeading = Pick<ComponentProps<typeof Panel>, "name" | "title" | "subtitle" | "provenance">;

export interface ResultsChoice {
  readonly measure: Measure;
  /** Index into the table's window settings; another table may have fewer. */
  readonly settingPlace: number;
}

interface ResultsViewProps {
  readonly heading: ResultsHeading;
  readonly table: ResultTable;
  /** Chooses between the tables of a model. */
  readonly tools: ReactNode;
  readonly choice: ResultsChoice;
  readonly onChoice: (choice: ResultsChoice) => void;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
}

const measureChoices: Readonly<Record<Measure, string>> = { right: "right answer", exact: "word for word" };

export function ResultsView({ heading, table, tools, choice, onChoice, onTry }: ResultsViewProps) {
  const { measure, settingPlace } = choice;
  const settings = windowSettings(table);
  const setting = settings.at(settingPlace) ?? settings.at(0);
  return (
    <Panel
      {...heading}
      table={() => resultsFigures(table, setting)}
      about={() => resultsAbout(table, setting)}
      controls={
        <>
          {tools}
          <ToolChoice
            label="counted"
            value={measure}
            options={toolOptions(measureChoices)}
            onChange={(next) => onChoice({ ...choice, measure: next })}
          />
          {setting !== undefined && (
            <ToolChoice
              label="window, interval"
              value={settings.indexOf(setting)}
              options={settings.map(({ windowSlots, intervalSteps }, place) => [
                place,
                `w ${windowSlots}, s ${intervalSteps}`,
              ])}
              onChange={(place) => onChoice({ ...choice, settingPlace: place })}
            />
          )}
        </>
      }
    >
      <ResultsBody
        key={`${table.model.id} ${table.unit ?? ""}`}
        table={table}
        setting={setting}
        measure={measure}
        onTry={onTry}
      />
    </Panel>
  );
}
