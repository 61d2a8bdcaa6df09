// Where it breaks: right or wrong for each rule and a dozen budgets, computed in the background while nobody touches the
// page. A cell opens its run.
import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useStore } from "zustand";
import type { Problem } from "../../problems/problem";
import { stripCost, stripOrder, stripRows, type StripCell, type StripRow } from "../../state/breakStrip";
import type { PageStore } from "../../state/pageStore";
import { isUnderWay, laneOnStage } from "../../state/shownRuns";
import { breakWords as words, squeezeWords } from "../../words/en/watch";
import type { NextRun } from "../usePage";
import type { WayProps } from "../wayProps";
import { cellState, cellWords, movedPlace, stripWords, type CellPlace, type CellState } from "./breakTable";
import { useDataSaved, useQuietPage } from "./idlePage";
import "./squeeze.css";
import { useSqueezed } from "./useSqueezed";

export function BreakStrip({ store, nextRun, shown }: WayProps) {
  const answer = shown?.verdict.type;
  const isOver = useStore(store, (state) => laneOnStage(state)?.end === "stopToken" && !state.isContinued);
  const isAtEnd = useStore(store, (state) => state.shownStep >= state.stepCount - 1);
  const outcome = isOver && isAtEnd && (answer === "right" || answer === "wrong") ? answer : null;
  return <Strip store={store} nextRun={nextRun} outcome={outcome} />;
}

interface StripProps {
  readonly store: PageStore;
  readonly nextRun: NextRun;
  /** Of the run on screen, once it has ended by itself. */
  readonly outcome: "right" | "wrong" | null;
}

/** The clock does not re-render it. */
const Strip = memo(function Strip({ store, nextRun, outcome }: StripProps) {
  const { problem } = nextRun;
  if (problem === null) return <p className="strip-note">{words.ownText}</p>;
  return <ProblemStrip store={store} nextRun={nextRun} problem={problem} outcome={outcome} />;
});

function ProblemStrip({ store, nextRun, problem, outcome }: StripProps & { readonly problem: Problem }) {
  const { choices, settings, stops } = useSqueezed(store, nextRun);
  const maxPositions = useStore(store, (state) => state.engine?.model.maxPositions);
  const failure = useStore(store, (state) => state.stripFailure);
  const [askedFor, setAskedFor] = useState<string | null>(null);
  const rows = useMemo(
    () => stripRows({ choices, problem, budgets: stops, maxPositions }),
    [choices, problem, stops, maxPositions],
  );
  const order = useMemo(() => stripOrder(rows, settings.budgetSlots), [rows, settings.budgetSlots]);
  const openCount = useStore(store, ({ outcomes }) => order.filter(({ key }) => !(key in outcomes)).length);
  const cost = useMemo(() => stripCost(choices, problem, order.length), [choices, problem, order.length]);
  const isSaving = useDataSaved();
  const mayRun = askedFor === problem.id || (cost.mayRunUnasked && !isSaving);
  useBackground(store, { order, mayRun, isDone: openCount === 0, needsEngine: !isSaving });
  useNotedOutcome(store, { rows, isChanged: nextRun.isChanged, outcome });

  if (failure?.modelId === settings.model) return <p className="strip-note">{words.failed(failure.message)}</p>;
  if (!mayRun && openCount > 0) {
    const reason = cost.mayRunUnasked ? words.saving : words.costly;
    const seconds = Math.max(1, Math.round(cost.seconds));
    return (
      <p className="strip-note">
        {reason}{" "}
        <button type="button" onClick={() => setAskedFor(problem.id)}>
          {words.compute(seconds)}
        </button>
      </p>
    );
  }
  return <StripGrid store={store} rows={rows} policyId={settings.policyId} budgetSlots={settings.budgetSlots} />;
}

interface Background {
  readonly order: readonly StripCell[];
  readonly mayRun: boolean;
  readonly isDone: boolean;
  /** The live engine comes first, and brings the model's files. */
  readonly needsEngine: boolean;
}

/** Computes while the page is quiet and no live run is under way. */
function useBackground(store: PageStore, { order, mayRun, isDone, needsEngine }: Background): void {
  const isEngineAway = useStore(store, ({ engine }) => engine === null) && needsEngine;
  const isBusy = useStore(store, ({ runStatus }) => runStatus === "loading" || isUnderWay(runStatus));
  const isQuiet = useQuietPage(store.getState().restStrip);
  const isOn = mayRun && !isDone && isQuiet && !isBusy && !isEngineAway;
  useEffect(() => {
    if (isOn) store.getState().computeOutcomes(order);
    else store.getState().restStrip();
  }, [store, isOn, order]);
}

interface NotedRun {
  readonly rows: readonly StripRow[];
  readonly isChanged: boolean;
  readonly outcome: "right" | "wrong" | null;
}

/** What the run on screen has shown need not be computed. */
function useNotedOutcome(store: PageStore, { rows, isChanged, outcome }: NotedRun): void {
  const header = useStore(store, (state) => laneOnStage(state)?.trace.header);
  const key = useMemo(() => {
    const isOfRun = ({ rule, recipe }: StripCell): boolean =>
      rule === header?.policyId && recipe.parameters.budgetSlots === header.parameters.budgetSlots;
    return rows.flatMap(({ cells }) => cells).find(isOfRun)?.key;
  }, [rows, header]);
  useEffect(() => {
    if (key !== undefined && outcome !== null && !isChanged) store.getState().noteOutcome(key, outcome);
  }, [store, key, outcome, isChanged]);
}

interface StripGridProps {
  readonly store: PageStore;
  readonly rows: readonly StripRow[];
  readonly policyId: string;
  readonly budgetSlots: number;
}

/** One stop of the Tab key; the arrows move within. */
function StripGrid({ store, rows, policyId, budgetSlots }: StripGridProps) {
  const outcomes = useStore(store, (state) => state.outcomes);
  const computedKey = useStore(store, (state) => state.computedKey);
  const grid = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<CellPlace | null>(null);
  const [{ cells: columns }] = rows;
  const present: CellPlace = {
    row: rows.findIndex(({ rule }) => rule === policyId),
    // Without forgetting the memory holds the whole text.
    column:
      policyId === "fullCache" ? columns.length - 1 : columns.findIndex((cell) => cell.budgetSlots === budgetSlots),
  };
  const isKnownPlace = focused !== null && focused.column < columns.length;
  const stop = isKnownPlace ? focused : { row: Math.max(0, present.row), column: present.column };

  const open = ({ rule, budgetSlots: budget }: StripCell): void => {
    store.getState().squeeze(rule === "fullCache" ? { policyId: rule } : { policyId: rule, budgetSlots: budget });
  };
  const onKeyDown = (event: KeyboardEvent, place: CellPlace, cell: StripCell): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = movedPlace(place, event.key, { rowCount: rows.length, columnCount: columns.length });
    if (next !== null) {
      const there = grid.current?.querySelector<HTMLElement>(`[data-place="${next.row} ${next.column}"]`);
      // On a narrow page only one row is in sight.
      if (there?.offsetParent) there.focus();
    } else if (event.key === "Enter" || event.key === " ") open(cell);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <p id="strip-words" className="visually-hidden">
        {stripWords(rows, outcomes)}
      </p>
      <table ref={grid} role="grid" className="strip" aria-label={words.title} aria-describedby="strip-words">
        <tbody>
          {rows.map(({ rule, cells }, row) => (
            <tr key={rule} data-present={row === Math.max(0, present.row)}>
              <th scope="row">
                <span>{squeezeWords.rules[rule].short}</span>
              </th>
              {cells.map((cell, column) => {
                const state = cellState(cell, { outcomes, computedKey });
                const label = cellWords(cell, state);
                const isPresent = row === present.row && column === present.column;
                return (
                  <td
                    key={cell.budgetSlots}
                    role="gridcell"
                    className={`strip-cell strip-${state}`}
                    data-place={`${row} ${column}`}
                    tabIndex={row === stop.row && column === stop.column ? 0 : -1}
                    aria-label={label}
                    aria-selected={isPresent}
                    title={`${label}. ${words.openCell}`}
                    onClick={() => open(cell)}
                    onFocus={() => setFocused({ row, column })}
                    onKeyDown={(event) => onKeyDown(event, { row, column }, cell)}
                  >
                    <span aria-hidden="true">{marks[state]}</span>
                  </td>
                );
              })}
            </tr>
          ))}
          <tr className="strip-axis" aria-hidden="true">
            <th>{words.axis}</th>
            {columns.map((cell) => (
              <td key={cell.budgetSlots}>{cell.budgetSlots}</td>
            ))}
          </tr>
        </tbody>
      </table>
    </>
  );
}

const marks: Readonly<Record<CellState, string>> = { right: "✓", wrong: "✗", computing: "…", open: "" };
