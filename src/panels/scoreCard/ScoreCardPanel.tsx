// The score card: a table of methods with bars for each suite, the picture of two figures, and the items that flipped in a row.
import { memo, useEffect, useMemo, useState } from "react";
import { errorMessage } from "../../lib/errors";
import {
  budgetShares,
  CARD_MODEL,
  cardRows,
  entriesOf,
  loadCardSources,
  ownEntries,
  suitesOf,
  type CardRow,
  type CardSources,
} from "../../state/storedScoreCard";
import { modelOf, shippedStreamModel } from "../../settings/shippedModels";
import { CsvButton } from "../../ui/figure/CsvButton";
import { Panel } from "../../ui/Panel";
import { ParetoPicture } from "../../ui/pareto/ParetoPicture";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { PanelProps } from "../definePanel";
import { cardAxes, cardTable, figureList, sortedRows, type CardFigureId } from "./figures";
import { FlippedItems } from "./FlippedItems";
import { cardNotes } from "./notes";
import { ScoreCardTable } from "./ScoreCardTable";
import type { ScoreCardView } from "./view";
import "./scoreCard.css";

type ScoreCardProps = PanelProps<"sessionRuns" | "onRun" | "onStream", ScoreCardView>;

export const ScoreCardPanel = memo(function ScoreCardPanel(props: ScoreCardProps) {
  const [sources, setSources] = useState<CardSources | string>("Loading…");
  useEffect(() => {
    let isWanted = true;
    loadCardSources().then(
      (loaded) => isWanted && setSources(loaded),
      (error: unknown) => isWanted && setSources(errorMessage(error)),
    );
    return () => {
      isWanted = false;
    };
  }, []);
  if (typeof sources !== "string") return <ScoreCard {...props} sources={sources} />;
  return (
    <Panel {...props.heading} provenance={["stored"]}>
      <p className="panel-empty" role="status">
        {sources}
      </p>
    </Panel>
  );
});

const rowKey = ({ key }: CardRow): string => key;
const rowLabel = ({ label }: CardRow): string => label;
const rowIsOwn = ({ isOwn }: CardRow): boolean => isOwn;

interface ScoreCardBodyProps extends ScoreCardProps {
  readonly sources: CardSources;
}

export function ScoreCard({ heading, view, onView, sessionRuns, onRun, onStream, sources }: ScoreCardBodyProps) {
  const { suites: group, sort, isReversed } = view;
  // A frame stream holds whole slots: equal slots are equal bytes.
  const unit = group === "stream" ? "slots" : view.unit;
  const budgets = useMemo(() => budgetShares(sources, group, unit), [sources, group, unit]);
  const budget = nearest(budgets, view.budget);
  const own = useMemo(() => ownEntries(sessionRuns, sources.slots), [sessionRuns, sources]);
  const rows = useMemo(() => {
    const entries = [...entriesOf(sources, group, unit), ...(group === "text" ? own.entries : [])];
    return cardRows(entries, suitesOf(sources, group), budget);
  }, [sources, group, unit, budget, own]);
  const ordered = useMemo(() => sortedRows(rows, sort, isReversed), [rows, sort, isReversed]);
  const picked = rows.find(({ key }) => key === view.row) ?? null;
  const pick = (row: string): void => onView({ ...view, row: row === view.row ? "" : row });
  const sortBy = (id: CardFigureId): void => onView({ ...view, sort: id, isReversed: id === sort && !isReversed });
  const place = { suites: group, unit, budget };
  return (
    <Panel
      {...heading}
      subtitle={`${(group === "stream" ? shippedStreamModel : modelOf(CARD_MODEL)).label}, after EffiVLM-Bench`}
      provenance={own.entries.length > 0 ? ["stored", "measured"] : ["stored"]}
      table={() => cardTable(ordered, place)}
    >
      <div className="card-tools">
        <ToolChoice
          label="suites"
          value={group}
          options={toolOptions({ text: "text", stream: "frame streams" })}
          onChange={(suites) => onView({ ...view, suites, row: "" })}
        />
        <ToolChoice
          label="compared at"
          value={unit}
          isDisabled={group === "stream"}
          options={toolOptions({ slots: "equal slots", bytes: "equal bytes" })}
          onChange={(next) => onView({ ...view, unit: next })}
        />
        <ToolChoice
          label="of the cache"
          value={budget}
          options={budgets.map((share) => [share, `${Math.round(100 * share)} %`])}
          onChange={(next) => onView({ ...view, budget: next })}
        />
        <CsvButton name={heading.name} isDisabled={rows.length === 0} />
      </div>
      {rows.length === 0 ? (
        <p className="panel-empty" role="status">
          {group === "stream" ? "No stream has been measured yet." : "Nothing is stored for these choices."}
        </p>
      ) : (
        <div className="card-grid">
          <ScoreCardTable rows={ordered} {...{ view, picked }} onSort={sortBy} onPick={pick} />
          <div className="card-beside">
            <ParetoPicture
              rows={rows}
              figures={cardAxes}
              keyOf={rowKey}
              labelOf={rowLabel}
              isOwn={rowIsOwn}
              {...{ x: view.x, y: view.y }}
              onAxes={(axes) => onView({ ...view, ...axes })}
              pickedKey={picked?.key ?? null}
              onPick={pick}
            />
            {picked !== null && <FlippedItems row={picked} {...{ sources, own, onRun, onStream }} />}
          </div>
        </div>
      )}
      <ul className="card-notes">
        {cardNotes(sources, { ...place, rows, own }).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <details className="card-definitions">
        <summary>What the figures mean</summary>
        <dl>
          {figureList.map(({ id, group: name, title, about }) => (
            <div key={id}>
              <dt>
                {name}, {title}
              </dt>
              <dd>{about}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Panel>
  );
}

function nearest(budgets: readonly number[], wanted: number): number {
  return [...budgets].sort((left, right) => Math.abs(left - wanted) - Math.abs(right - wanted)).at(0) ?? wanted;
}
