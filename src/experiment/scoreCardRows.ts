// The score card as rows: one for each method at a budget, with EffiVLM-Bench's four figures over a group of suites. Outcomes come
// from whichever source has run more items: the stored tables, or the card's own runs. Agreement, times and bytes are the card's.

import { loyaltyEstimate, ratioEstimate, spreadEstimates, type Estimate } from "./scoreCard";
import type { ResultTable, TableCell } from "./resultTable";
import type { ScoreCardCell, ScoreCardFile } from "./scoreCardFile";
import { streamKinds } from "./streamKinds";

export type SuiteGroup = "text" | "stream";
export type CardUnit = "slots" | "bytes";

/** One method on one suite at one budget, beside the full cache on the same items. */
export interface CardEntry {
  readonly group: SuiteGroup;
  readonly suite: string;
  readonly columnId: string;
  readonly label: string;
  readonly policyId: string;
  readonly budgetShare: number | null;
  readonly budgetSlots: number | null;
  readonly choices: ScoreCardCell["choices"];
  /** A letter per item: e exact, r right, w wrong, u no answer, f failed. */
  readonly outcomes: string;
  /** Of the full cache. */
  readonly fullOutcomes: string;
  /** Whether answer and text are the full cache's (scoreCardFile.ts); null where only right and wrong are known. */
  readonly likeness: string | null;
  readonly forced: { readonly agreed: readonly number[]; readonly positions: readonly number[] } | null;
  /** In pairs with the full cache's; null where it was not measured. */
  readonly costs: Costs | null;
  /** Of each item its place among the source's; null: the same. [item] */
  readonly places: readonly number[] | null;
  readonly isOwn: boolean;
}

interface Costs {
  readonly ms: readonly number[];
  readonly fullMs: readonly number[];
  readonly heldBytes: readonly number[];
  readonly fullBytes: readonly number[];
}

export interface CardSources {
  readonly card: ScoreCardFile | null;
  readonly slots: ResultTable | null;
  readonly bytes: ResultTable | null;
}

/** A figure with the items it rests on; null where there are none. */
export interface CountedEstimate extends Estimate {
  readonly count: number;
}

/** What can be told of some items: of one suite, or of all in a row. */
interface MeasuredFigures {
  /** OL: same answer; the same text; the same most probable token when fed the full cache's. */
  readonly loyalty: CountedEstimate | null;
  readonly sameText: CountedEstimate | null;
  readonly forced: CountedEstimate | null;
  /** OE: how many times faster, and how many times fewer bytes held at the most. */
  readonly speed: CountedEstimate | null;
  readonly bytes: CountedEstimate | null;
}

export interface SuiteScore extends MeasuredFigures {
  readonly suite: string;
  /** ρ; null where nothing was run, or the full cache solves nothing. */
  readonly ratio: CountedEstimate | null;
  /** Items that the full cache has right and the method does not, and the other way round. [item of the entry] */
  readonly lost: readonly number[];
  readonly gained: readonly number[];
  readonly entry: CardEntry | null;
}

export interface CardRow extends MeasuredFigures {
  readonly key: string;
  readonly columnId: string;
  readonly label: string;
  readonly policyId: string;
  readonly isOwn: boolean;
  readonly suites: readonly SuiteScore[];
  /** OP, and the plain mean of ρ below it. */
  readonly performance: CountedEstimate | null;
  readonly meanRatio: CountedEstimate | null;
  /** OG; null for a single suite, or where every ρ is 0. */
  readonly generalisation: CountedEstimate | null;
}

/** The suites of a group, in the order of bars. */
export function suitesOf({ card, slots }: CardSources, group: SuiteGroup): readonly string[] {
  if (group === "stream") return streamKinds.map(({ id }) => id);
  return (slots ?? card)?.families.map(({ family }) => family) ?? [];
}

/** Budgets that have runs, least first. At equal bytes, methods that store entries as computed stand where they do at equal slots. */
export function budgetShares(sources: CardSources, group: SuiteGroup, unit: CardUnit): readonly number[] {
  const entries = entriesOf(sources, group, unit);
  const refused = (sources.card?.refused ?? []).filter((one) => groupOf(one.suite) === group);
  const shares = [...entries, ...refused].map(({ budgetShare }) => budgetShare ?? 1);
  return [...new Set(shares)].filter((share) => share < 1).sort((left, right) => left - right);
}

export function entriesOf(sources: CardSources, group: SuiteGroup, unit: CardUnit): readonly CardEntry[] {
  const { card, slots, bytes } = sources;
  if (group === "stream") return streamEntries(card);
  const ofSlots = [...tableEntries(slots), ...cardEntries(card, "slots")];
  if (unit === "slots") return merged(ofSlots);
  const asComputed = ofSlots.filter(({ choices }) => !("storage" in choices) || choices.storage === "asComputed");
  return merged([...asComputed, ...tableEntries(bytes), ...cardEntries(card, "bytes")]);
}

/** One row for each method at this budget; the full cache, which has none, first. Own runs stand at every budget. */
export function cardRows(
  entries: readonly CardEntry[],
  suites: readonly string[],
  budgetShare: number,
): readonly CardRow[] {
  const shown = entries.filter(
    (entry) => entry.isOwn || entry.budgetShare === null || entry.budgetShare === budgetShare,
  );
  const rows = new Map<string, CardEntry[]>();
  for (const entry of shown) {
    const place = `${entry.isOwn ? "own " : ""}${entry.columnId}`;
    rows.set(place, [...(rows.get(place) ?? []), entry]);
  }
  let ownCount = 0;
  return [...rows.values()].map((own) => {
    const [{ isOwn, columnId }] = own;
    return cardRow(isOwn ? `own ${++ownCount}` : columnId, own, suites);
  });
}

function cardRow(key: string, entries: readonly CardEntry[], suites: readonly string[]): CardRow {
  const [{ columnId, label, policyId, isOwn }] = entries;
  const measured = entries.filter(({ suite }) => suites.includes(suite));
  const scores = suites.map((suite) => suiteScore(suite, measured.find((entry) => entry.suite === suite) ?? null));
  const ratios = scores.map(({ ratio }) => ratio).filter((ratio) => ratio !== null);
  const spread = ratios.length === 0 ? null : spreadEstimates(ratios);
  const count = sum(ratios.map((ratio) => ratio.count));
  return {
    ...{ key, columnId, label, policyId, isOwn, suites: scores },
    performance: counted(spread?.performance, count),
    meanRatio: counted(spread?.meanRatio, count),
    generalisation: ratios.length < 2 ? null : counted(spread?.generalisation, count),
    ...measuredFigures(measured),
  };
}

function measuredFigures(entries: readonly CardEntry[]): MeasuredFigures {
  const costs = [...new Set(entries.map((entry) => entry.costs))].filter((one) => one !== null);
  const forced = entries.map((entry) => entry.forced).filter((one) => one !== null);
  const all = <Of>(of: readonly Of[], numbers: (one: Of) => readonly number[]): number[] => of.flatMap(numbers);
  return {
    loyalty: loyaltyOf(entries, isSameAnswer),
    sameText: loyaltyOf(entries, isSameText),
    forced: ratioOf(
      all(forced, ({ agreed }) => agreed),
      all(forced, ({ positions }) => positions),
    ),
    speed: ratioOf(
      all(costs, ({ fullMs }) => fullMs),
      all(costs, ({ ms }) => ms),
    ),
    bytes: ratioOf(
      all(costs, ({ fullBytes }) => fullBytes),
      all(costs, ({ heldBytes }) => heldBytes),
    ),
  };
}

function suiteScore(suite: string, entry: CardEntry | null): SuiteScore {
  const figures = measuredFigures(entry === null ? [] : [entry]);
  if (entry === null) return { suite, ratio: null, lost: [], gained: [], entry, ...figures };
  const right = Array.from(entry.outcomes, isRight);
  const fullRight = Array.from(entry.fullOutcomes.slice(0, right.length), isRight);
  const items = right.map((_, item) => item);
  const ratio = fullRight.some(Boolean) ? ratioOf(right.map(Number), fullRight.map(Number)) : null;
  return {
    ...{ suite, ratio, entry, ...figures },
    lost: items.filter((item) => fullRight[item] && !right[item]),
    gained: items.filter((item) => !fullRight[item] && right[item]),
  };
}

const isRight = (letter: string): boolean => letter === "e" || letter === "r";

/** Whether an item's answer is the full cache's; null where that is not known: both are wrong, and maybe not alike. */
function isSameAnswer({ likeness, outcomes, fullOutcomes }: CardEntry, item: number): boolean | null {
  if (likeness !== null) return likeness[item] !== "o";
  const [own, full] = [outcomes[item], fullOutcomes[item]];
  if (isRight(own) || isRight(full)) return isRight(own) && isRight(full);
  return null;
}

/** The same of the whole text: two exact texts are the reference. */
function isSameText({ likeness, outcomes, fullOutcomes }: CardEntry, item: number): boolean | null {
  if (likeness !== null) return likeness[item] === "t";
  const [own, full] = [outcomes[item], fullOutcomes[item]];
  return own === "e" || full === "e" ? own === full : null;
}

function loyaltyOf(
  entries: readonly CardEntry[],
  isSame: (entry: CardEntry, item: number) => boolean | null,
): CountedEstimate | null {
  const known = entries
    .flatMap((entry) => Array.from(entry.outcomes, (_, item) => isSame(entry, item)))
    .filter((same) => same !== null);
  return known.length === 0 ? null : { ...loyaltyEstimate(known), count: known.length };
}

function ratioOf(numerators: readonly number[], denominators: readonly number[]): CountedEstimate | null {
  return numerators.length === 0 ? null : { ...ratioEstimate(numerators, denominators), count: numerators.length };
}

function counted(estimate: Estimate | undefined, count: number): CountedEstimate | null {
  return estimate === undefined || Number.isNaN(estimate.value) ? null : { ...estimate, count };
}

/** Of entries in the same place, outcomes of the one with most items; agreement and costs of whichever has them. */
function merged(entries: readonly CardEntry[]): readonly CardEntry[] {
  const places = new Map<string, CardEntry>();
  for (const entry of entries) {
    const place = JSON.stringify([entry.suite, entry.columnId, entry.budgetShare]);
    const known = places.get(place);
    const [most, other] =
      known === undefined || entry.outcomes.length > known.outcomes.length ? [entry, known] : [known, entry];
    places.set(place, {
      ...most,
      forced: most.forced ?? other?.forced ?? null,
      costs: most.costs ?? other?.costs ?? null,
    });
  }
  return [...places.values()];
}

/** Under the first window setting of the table, and what has none. */
function tableEntries(table: ResultTable | null): CardEntry[] {
  if (table === null) return [];
  const fullOf = new Map(
    table.cells.filter(({ budgetShare }) => budgetShare === null).map((cell) => [cell.family, cell]),
  );
  const [first] = table.cells.filter(({ windowSlots }) => windowSlots !== null);
  return table.cells
    .filter(({ windowSlots }) => windowSlots === null || windowSlots === first.windowSlots)
    .map((cell) => tableEntry(cell, fullOf.get(cell.family)?.outcomes ?? ""));
}

function tableEntry(cell: TableCell, fullOutcomes: string): CardEntry {
  const { family, columnId, label, policyId, budgetShare, budgetSlots, outcomes, parameters } = cell;
  return {
    ...{ group: "text", suite: family, columnId, label, policyId, budgetShare, budgetSlots, outcomes, fullOutcomes },
    ...{ choices: parameters, likeness: null, forced: null, costs: null, places: null, isOwn: false },
  };
}

function cardEntries(card: ScoreCardFile | null, unit: CardUnit): CardEntry[] {
  const ofText = (card?.cells ?? []).filter(({ suite }) => groupOf(suite) === "text");
  const fullOf = new Map(ofText.filter(({ budgetShare }) => budgetShare === null).map((cell) => [cell.suite, cell]));
  return ofText
    .filter((cell) => cell.budgetShare === null || cell.unit === unit)
    .map((cell) => cardEntry(cell, "text", fullOf.get(cell.suite)?.outcomes ?? ""));
}

function cardEntry(cell: ScoreCardCell, group: SuiteGroup, fullOutcomes: string): CardEntry {
  const { suite, columnId, label, policyId, budgetShare, budgetSlots, outcomes, likeness, choices } = cell;
  const { agreed, positions, cpuMs, fullCpuMs, heldBytes, fullBytes } = cell;
  return {
    ...{ group, suite, columnId, label, policyId, budgetShare, budgetSlots, outcomes, fullOutcomes, likeness, choices },
    forced: agreed === undefined || positions === undefined ? null : { agreed, positions },
    costs: { ms: cpuMs, fullMs: fullCpuMs, heldBytes, fullBytes },
    places: null,
    isOwn: false,
  };
}

/** A cell of streams holds all questions: one entry for each kind. Times and bytes are those of whole streams. */
function streamEntries(card: ScoreCardFile | null): readonly CardEntry[] {
  const cells = (card?.cells ?? []).filter(({ suite }) => groupOf(suite) === "stream");
  const questions = card?.stream?.questions ?? [];
  const full = cells.find(({ budgetShare }) => budgetShare === null)?.outcomes ?? "";
  return cells.flatMap((cell) => {
    const whole = cardEntry(cell, "stream", full);
    return streamKinds.map(({ id, types }): CardEntry => {
      const items = questions.flatMap(({ type }, item) => (types.includes(type) ? [item] : []));
      const lettersOf = (letters: string): string => items.map((item) => letters.charAt(item)).join("");
      const { forced, likeness } = whole;
      return {
        ...whole,
        suite: id,
        places: items,
        outcomes: lettersOf(whole.outcomes),
        fullOutcomes: lettersOf(full),
        likeness: likeness === null ? null : lettersOf(likeness),
        forced:
          forced === null
            ? null
            : {
                agreed: items.map((item) => forced.agreed[item]),
                positions: items.map((item) => forced.positions[item]),
              },
      };
    });
  });
}

function groupOf(suite: string): SuiteGroup {
  return suite === "stream" ? "stream" : "text";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
