// The methods of the score card, a row each: every figure is a button that picks its row, over a bar for each suite.
import { Tooltip } from "radix-ui";
import { useMemo } from "react";
import type { CardRow } from "../../state/storedScoreCard";
import { writtenEstimate } from "../../ui/numbers";
import { barsOf, barTop, figureList, type Bar, type CardFigureId } from "./figures";
import type { ScoreCardView } from "./view";

interface ScoreCardTableProps {
  readonly rows: readonly CardRow[];
  readonly view: Pick<ScoreCardView, "sort" | "isReversed">;
  readonly picked: CardRow | null;
  readonly onSort: (id: CardFigureId) => void;
  readonly onPick: (key: string) => void;
}

export function ScoreCardTable({ rows, view, picked, onSort, onPick }: ScoreCardTableProps) {
  const tops = useMemo(() => figureList.map((figure) => barTop(rows, figure)), [rows]);
  const suites = rows[0].suites.map(({ suite }) => suite);
  return (
    <div className="card-methods">
      <div className="card-scroll" role="region" aria-label="Methods and their figures" tabIndex={0}>
        <table className="card-table">
          <thead>
            <tr>
              <th scope="col" className="card-method">
                method
              </th>
              {figureList.map((figure) => (
                <FigureHead key={figure.id} figure={figure} view={view} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key} data-picked={row === picked} data-own={row.isOwn}>
                <th scope="row" className="card-method">
                  {row.label}
                  {row.isOwn && <span className="card-own">yours</span>}
                  <SuitesMissing row={row} />
                </th>
                {figureList.map((figure, place) => {
                  const estimate = figure.of(row);
                  if (estimate === null) {
                    return (
                      <td key={figure.id} className="number card-none" title="Not measured">
                        –
                      </td>
                    );
                  }
                  const bars = barsOf(row, figure, tops[place]);
                  const words = writtenEstimate(estimate, figure.written);
                  return (
                    <td key={figure.id} className="number">
                      <button
                        type="button"
                        className="card-figure"
                        aria-pressed={row === picked}
                        aria-label={`${row.label}, ${figure.title} ${words}; ${bars.map((bar) => bar.words).join("; ")}`}
                        onClick={() => onPick(row.key)}
                      >
                        <span className="card-value">{words}</span>
                        <span className="card-count">n {estimate.count}</span>
                        <Bars bars={bars} level={1 / tops[place]} />
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="card-legend">
        Bars, from the left: {suites.join(" · ")}; the thin line is 1, as the full cache. Figures with ± one standard
        error over n items. Choose one to see the items that flipped.
      </p>
    </div>
  );
}

function SuitesMissing({ row }: { readonly row: CardRow }) {
  const there = row.suites.filter(({ ratio }) => ratio !== null).length;
  if (there === row.suites.length) return null;
  return (
    <span className="card-missing">
      {there} of {row.suites.length} suites
    </span>
  );
}

interface FigureHeadProps {
  readonly figure: (typeof figureList)[number];
  readonly view: Pick<ScoreCardView, "sort" | "isReversed">;
  readonly onSort: (id: CardFigureId) => void;
}

/** Its definition shows on hover and on focus. */
function FigureHead({ figure, view, onSort }: FigureHeadProps) {
  const { id, group, title, about, better } = figure;
  const isSorted = view.sort === id;
  const isAscending = (better === "low") !== view.isReversed;
  return (
    <th scope="col" className="number" aria-sort={isSorted ? (isAscending ? "ascending" : "descending") : undefined}>
      <Tooltip.Provider delayDuration={200}>
        <Tooltip.Root>
          <Tooltip.Trigger asChild>
            <button type="button" className="card-sort" onClick={() => onSort(id)}>
              <b>{group}</b> {title}
              <span aria-hidden="true">{isSorted ? (isAscending ? " ▲" : " ▼") : ""}</span>
            </button>
          </Tooltip.Trigger>
          <Tooltip.Portal>
            <Tooltip.Content className="card-tip" sideOffset={6} collisionPadding={8}>
              {about}
            </Tooltip.Content>
          </Tooltip.Portal>
        </Tooltip.Root>
      </Tooltip.Provider>
    </th>
  );
}

const BAR_WIDTH = 7;
const BAR_HEIGHT = 18;

function Bars({ bars, level }: { readonly bars: readonly Bar[]; readonly level: number }) {
  const width = bars.length * (BAR_WIDTH + 2);
  const levelY = BAR_HEIGHT * (1 - level) + 0.5;
  return (
    <svg className="card-bars" width={width} height={BAR_HEIGHT + 2} aria-hidden="true">
      {bars.map(({ suite, height, words }, place) => {
        const x = place * (BAR_WIDTH + 2);
        const tall = Math.max(1, (height ?? 0) * BAR_HEIGHT);
        return (
          <g key={suite}>
            <title>{words}</title>
            <rect className="card-bar-place" x={x} y={0} width={BAR_WIDTH} height={BAR_HEIGHT + 1} />
            {height === null ? (
              <path className="card-bar-none" d={`M${x},${BAR_HEIGHT + 0.5}h${BAR_WIDTH}`} />
            ) : (
              <rect className="card-bar" x={x} y={BAR_HEIGHT + 1 - tall} width={BAR_WIDTH} height={tall} />
            )}
          </g>
        );
      })}
      <path className="card-level" d={`M0,${levelY}H${width}`} />
    </svg>
  );
}
