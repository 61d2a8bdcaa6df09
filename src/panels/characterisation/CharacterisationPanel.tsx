// Ways to store and serve the model, a row each, which the visitor builds; what was measured of them, against the baseline.
import { memo, useMemo, useState } from "react";
import {
  baselineKey,
  characterisationConditions,
  type CharacterisationRequest,
  type CharacterisationRow,
  type CharacterisationWork,
} from "../../state/characterisation";
import { CsvButton } from "../../ui/figure/CsvButton";
import { Panel } from "../../ui/Panel";
import { ParetoPicture } from "../../ui/pareto/ParetoPicture";
import { ToolChoice } from "../../ui/ToolChoice";
import type { PanelProps } from "../definePanel";
import {
  characterisationTable,
  columnList,
  configWords,
  figureAxes,
  rowFigures,
  sortedRows,
  type FigureId,
} from "./columns";
import { RowEditor } from "./RowEditor";
import { RowFigureCells } from "./RowFigureCells";
import { problemChoices, repeatChoices, type CharacterisationView } from "./view";
import "./characterisation.css";

type CharacterisationProps = PanelProps<
  "trace" | "isEnded" | "problem" | "backend" | "characterisation" | "onCharacterisation",
  CharacterisationView
>;

export const CharacterisationPanel = memo(function CharacterisationPanel(props: CharacterisationProps) {
  const { heading, trace, isEnded, problem, backend, view, onView, characterisation, onCharacterisation } = props;
  const { characterisationRows, baselineId, characterisationWork } = characterisation;
  const { header } = trace;
  const request = useMemo(
    (): CharacterisationRequest => ({
      ...{ header, problem, backend },
      ...{ repeatCount: view.repeats, problemCount: view.problems },
    }),
    [header, problem, backend, view.repeats, view.problems],
  );
  const figures = useMemo(() => {
    const conditions = characterisationConditions(request);
    const baseline = characterisationRows.find(({ id }) => id === baselineId) ?? characterisationRows[0];
    return rowFigures(characterisationRows, conditions, baselineKey(baseline, conditions));
  }, [characterisationRows, baselineId, request]);
  const rows = sortedRows(figures, view.sort, view.isDescending);
  const baseline = figures.find(({ row }) => row.id === baselineId) ?? null;
  const [picked, setPicked] = useState<string | null>(null);
  const isBusy = characterisationWork !== null;
  const openCount = figures.filter(({ measured, quality }) => measured === null || quality === null).length;
  const isMeasured = openCount < figures.length;
  const sortBy = (id: FigureId): void => {
    const isSame = view.sort === id;
    onView({ ...view, sort: isSame && view.isDescending ? null : id, isDescending: isSame && !view.isDescending });
  };
  const tableOf = () => {
    const about = { baselineId, header, problemId: problem?.id ?? null, browser: navigator.userAgent };
    return characterisationTable(rows, about);
  };
  return (
    <Panel
      {...heading}
      subtitle={`${header.model.label}, ${problem?.id ?? "own text"}`}
      provenance={["measured"]}
      table={tableOf}
    >
      <p className="characterisation-note">
        A browser cannot measure energy: bytes moved and operations are counted instead. This is one stream, not many
        users at once.
      </p>
      <div className="characterisation-tools">
        <ToolChoice
          label="repeats"
          value={view.repeats}
          options={repeatChoices.map((count) => [count, String(count)] as const)}
          isDisabled={isBusy}
          onChange={(repeats) => onView({ ...view, repeats })}
        />
        <ToolChoice
          label="problems solved"
          value={view.problems}
          options={problemChoices.map((count) => [count, count === 0 ? "none" : String(count)] as const)}
          isDisabled={isBusy || problem === null}
          onChange={(problems) => onView({ ...view, problems })}
        />
        {characterisationWork === null ? (
          <button
            type="button"
            disabled={!isEnded || openCount === 0}
            onClick={() => onCharacterisation.measureCharacterisation(request)}
          >
            {isMeasured ? "Measure what is missing" : "Measure"}
          </button>
        ) : (
          <button type="button" onClick={onCharacterisation.stopCharacterisation}>
            Stop
          </button>
        )}
        <button
          type="button"
          disabled={isBusy}
          onClick={() =>
            onCharacterisation.addCharacterisationRow(characterisationRows[characterisationRows.length - 1].config)
          }
        >
          Add a row
        </button>
        <CsvButton name={heading.name} isDisabled={!isMeasured} />
        {characterisationWork !== null && <Progress work={characterisationWork} rows={characterisationRows} />}
        {!isEnded && <span className="characterisation-wait">The run on the stage has to end first.</span>}
      </div>
      <div
        className="characterisation-scroll"
        role="region"
        aria-label="Ways to store and serve the model"
        tabIndex={0}
      >
        <table className="characterisation-table">
          <Head view={view} onSort={sortBy} />
          <tbody>
            {rows.map((each) => {
              const { row } = each;
              const isBaseline = row.id === baselineId;
              return (
                <tr
                  key={row.id}
                  data-measuring={characterisationWork?.rowId === row.id}
                  data-baseline={isBaseline}
                  data-picked={String(row.id) === picked}
                >
                  <RowEditor
                    {...{ row, isBaseline, isBusy, onCharacterisation }}
                    number={characterisationRows.indexOf(row) + 1}
                  />
                  <RowFigureCells figures={each} baseline={isBaseline ? null : baseline} />
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {isMeasured && (
        <ParetoPicture
          rows={figures.filter(({ measured }) => measured !== null)}
          figures={figureAxes}
          keyOf={({ row }) => String(row.id)}
          labelOf={({ row }) => `row ${characterisationRows.indexOf(row) + 1}`}
          {...{ x: view.x, y: view.y }}
          onAxes={(axes) => onView({ ...view, ...axes })}
          pickedKey={picked}
          onPick={(key) => setPicked(key === picked ? null : key)}
        />
      )}
      <Failures rows={characterisationRows} />
    </Panel>
  );
});

interface HeadProps {
  readonly view: CharacterisationView;
  readonly onSort: (id: FigureId) => void;
}

function Head({ view, onSort }: HeadProps) {
  const groups = [...new Set(columnList.map(({ group }) => group))];
  return (
    <thead>
      <tr>
        <th scope="colgroup" colSpan={6}>
          row
        </th>
        {groups.map((group) => (
          <th key={group} scope="colgroup" colSpan={columnList.filter((column) => column.group === group).length}>
            {group}
          </th>
        ))}
      </tr>
      <tr>
        {["baseline", "weights", "entries", "bits", "group", "budget"].map((title) => (
          <th key={title} scope="col">
            {title}
          </th>
        ))}
        {columnList.map(({ id, title, about }) => {
          const isSorted = view.sort === id;
          return (
            <th
              key={id}
              scope="col"
              className="number"
              aria-sort={isSorted ? (view.isDescending ? "descending" : "ascending") : "none"}
            >
              <button type="button" className="characterisation-sort" title={about} onClick={() => onSort(id)}>
                {title}
                <span aria-hidden="true">{isSorted ? (view.isDescending ? " ▾" : " ▴") : ""}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Progress({
  work,
  rows,
}: {
  readonly work: CharacterisationWork;
  readonly rows: readonly CharacterisationRow[];
}) {
  const { rowId, words, doneCount, totalCount, secondsLeft } = work;
  const left = secondsLeft === null ? "" : `, ${Math.max(1, Math.round(secondsLeft))} s left`;
  return (
    <span className="characterisation-progress">
      <progress value={doneCount} max={totalCount} aria-label="Runs of the characterisation" />
      <span role="status">
        row {rows.findIndex(({ id }) => id === rowId) + 1}: {words}; run {Math.min(doneCount + 1, totalCount)} of{" "}
        {totalCount}
        {left}
      </span>
    </span>
  );
}

function Failures({ rows }: { readonly rows: readonly CharacterisationRow[] }) {
  const failed = rows.filter(({ failure }) => failure !== null);
  if (failed.length === 0) return null;
  return (
    <ul className="characterisation-failures" role="alert">
      {failed.map(({ id, config, failure }) => (
        <li key={id}>
          {configWords(config)}: {failure}
        </li>
      ))}
    </ul>
  );
}
