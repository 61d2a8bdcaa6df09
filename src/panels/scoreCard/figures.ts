// The figures of the score card, a column each: what is read of a row and of each of its suites, what it means, how it is written;
// the rows in order; and as a table for files. Pure.
import type { CardRow, CountedEstimate, SuiteScore } from "../../state/storedScoreCard";
import type { FigureTable } from "../../ui/figure/figureTable";
import { writtenEstimate } from "../../ui/numbers";
import type { ParetoFigure } from "../../ui/pareto/ParetoPicture";

interface CardFigure {
  readonly id: string;
  /** As EffiVLM-Bench calls it. */
  readonly group: string;
  readonly title: string;
  readonly better: "high" | "low";
  /** What it is, over which items, and what is not known of the paper's own. */
  readonly about: string;
  readonly of: (row: CardRow) => CountedEstimate | null;
  /** A bar for each suite; of OG, the ρ that it spreads over. */
  readonly ofSuite: (suite: SuiteScore) => CountedEstimate | null;
  readonly written: (value: number) => string;
}

const plain = (value: number): string => value.toFixed(2);
const fine = (value: number): string => value.toFixed(3);
const times = (value: number): string => `${value.toFixed(2)}×`;

export const cardFigures = [
  {
    ...{ id: "performance", group: "OP", title: "overall performance", better: "high", written: plain },
    about:
      "√ of the mean ρ² over the suites; ρ = right answers under the method ÷ right answers of the full cache, on the same items. A root mean " +
      "square is never below the mean, and one lucky suite hides poor ones: see the bars. The paper writes an expectation around ρ " +
      "whose index is not given; here ρ is one score for each suite.",
    of: ({ performance }) => performance,
    ofSuite: ({ ratio }) => ratio,
  },
  {
    ...{ id: "generalisation", group: "OG", title: "overall generalisation", better: "low", written: plain },
    about:
      "How unevenly the suites suffer: standard deviation of ρ ÷ its mean, over the suites of one model (population σ). Lower is better, 0 " +
      "is even. How the paper normalises it was not seen, and it takes the spread over several models too. The bars are ρ.",
    of: ({ generalisation }) => generalisation,
    ofSuite: ({ ratio }) => ratio,
  },
  {
    ...{ id: "loyalty", group: "OL", title: "loyalty, same answer", better: "high", written: plain },
    about:
      "Share of items with the full cache’s answer, right or wrong, each run writing its own text: the paper’s loyalty.",
    of: ({ loyalty }) => loyalty,
    ofSuite: ({ loyalty }) => loyalty,
  },
  {
    ...{ id: "sameText", group: "OL", title: "same text", better: "high", written: plain },
    about:
      "Share of items whose whole text is the full cache’s, token for token. Ours: an answer can be the same by luck. Items on which " +
      "neither text is known word for word are left out.",
    of: ({ sameText }) => sameText,
    ofSuite: ({ sameText }) => sameText,
  },
  {
    ...{ id: "forced", group: "OL", title: "fed, same token", better: "high", written: fine },
    about:
      "Teacher-forced: the method is fed the full cache’s tokens. Share of positions at which both hold the same token for the most " +
      "probable one. Ours: one early slip does not count again and again.",
    of: ({ forced }) => forced,
    ofSuite: ({ forced }) => forced,
  },
  {
    ...{ id: "speed", group: "OE", title: "faster", better: "high", written: times },
    about:
      "Time of the full cache ÷ time of the method, prefill and decoding with all events, on the same items, one after the other in one " +
      "process on the CPU; counted in CPU time, so that other work on the machine does not count. Measured, not operations. Own rows: time " +
      "as it passed in this tab.",
    of: ({ speed }) => speed,
    ofSuite: ({ speed }) => speed,
  },
  {
    ...{ id: "bytes", group: "OE", title: "fewer bytes", better: "high", written: times },
    about:
      "Most bytes of keys and values that the full cache holds after a step ÷ most that the method holds. Ours: the paper’s efficiency is " +
      "time alone.",
    of: ({ bytes }) => bytes,
    ofSuite: ({ bytes }) => bytes,
  },
] as const satisfies readonly CardFigure[];

export type CardFigureId = (typeof cardFigures)[number]["id"];

export const figureList: readonly (CardFigure & { readonly id: CardFigureId })[] = cardFigures;

export const cardAxes: readonly ParetoFigure<CardRow, CardFigureId>[] = figureList.map(
  ({ id, group, title, better, written, of }) => ({ ...{ id, better, written, of }, title: `${group}, ${title}` }),
);

/** The best first; rows without the figure last, in their own order. */
export function sortedRows(rows: readonly CardRow[], sort: CardFigureId, isReversed: boolean): readonly CardRow[] {
  const figure = figureList.find(({ id }) => id === sort) ?? figureList[0];
  const [known, unknown] = [true, false].map((isKnown) => rows.filter((row) => (figure.of(row) !== null) === isKnown));
  const sign = (figure.better === "high") === isReversed ? 1 : -1;
  known.sort((one, other) => sign * ((figure.of(one)?.value ?? 0) - (figure.of(other)?.value ?? 0)));
  return [...known, ...unknown];
}

export interface Bar {
  readonly suite: string;
  /** Of the column's highest; null where nothing was measured. */
  readonly height: number | null;
  readonly words: string;
}

/** The highest bar of a column: 1 at least, where that is "as the full cache". */
export function barTop(rows: readonly CardRow[], { ofSuite }: Pick<CardFigure, "ofSuite">): number {
  return Math.max(1, ...rows.flatMap(({ suites }) => suites.map((suite) => ofSuite(suite)?.value ?? 0)));
}

export function barsOf(
  { suites }: CardRow,
  figure: Pick<CardFigure, "ofSuite" | "written">,
  top: number,
): readonly Bar[] {
  return suites.map((score) => {
    const estimate = figure.ofSuite(score);
    const words =
      estimate === null
        ? `${score.suite}: not measured`
        : `${score.suite}: ${writtenEstimate(estimate, figure.written)}, n ${estimate.count}`;
    return { suite: score.suite, height: estimate === null ? null : Math.max(0, estimate.value) / top, words };
  });
}

interface CardPlace {
  readonly suites: string;
  readonly unit: string;
  readonly budget: number;
}

/** Every figure with its standard error and its number of items, then ρ of each suite. */
export function cardTable(rows: readonly CardRow[], { suites, unit, budget }: CardPlace): FigureTable {
  const names = rows.at(0)?.suites.map(({ suite }) => suite) ?? [];
  const cells = (estimate: CountedEstimate | null): (number | null)[] =>
    estimate === null
      ? [null, null, null]
      : [estimate.value, Number.isFinite(estimate.error) ? estimate.error : null, estimate.count];
  return {
    caption: `Score card after EffiVLM-Bench: ${suites} suites, ${Math.round(100 * budget)} % of the cache, equal ${unit}`,
    columns: [
      ...["method", "own", "suites with ρ", "mean ρ"],
      ...figureList.flatMap(({ group, title }) =>
        ["", ", standard error", ", items"].map((end) => `${group}: ${title}${end}`),
      ),
      ...names.flatMap((name) => ["", ", standard error", ", items"].map((end) => `ρ of ${name}${end}`)),
    ],
    rows: rows.map((row) => [
      ...[row.label, row.isOwn ? "yes" : "no", row.suites.filter(({ ratio }) => ratio !== null).length],
      row.meanRatio?.value ?? null,
      ...figureList.flatMap(({ of }) => cells(of(row))),
      ...row.suites.flatMap(({ ratio }) => cells(ratio)),
    ]),
  };
}
