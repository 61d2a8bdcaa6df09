// What stands under the score card: how many items are behind it and where they come from, what was not run, what cannot run. Pure.
import type { CardRow, CardSources, CardUnit, OwnEntries, SuiteGroup } from "../../state/storedScoreCard";

interface Shown {
  readonly suites: SuiteGroup;
  readonly unit: CardUnit;
  readonly budget: number;
  readonly rows: readonly CardRow[];
  readonly own: OwnEntries;
}

export function cardNotes(sources: CardSources, shown: Shown): readonly string[] {
  return [
    ...(shown.suites === "text" ? textOrigin(sources, shown) : streamOrigin(sources)),
    ...notRun(sources, shown),
    ...cannotRun(sources, shown),
    ...ownWords(shown),
  ];
}

function textOrigin({ card, slots, bytes }: CardSources, { unit }: Shown): string[] {
  const table = unit === "bytes" ? bytes : slots;
  return [
    ...(table === null
      ? []
      : [
          `Right answers of ${table.problemCount} problems a suite, seeds from ${table.seed}, where the table of results has the budget (${table.command}).`,
        ]),
    ...(card === null
      ? ["What is fed, times, bytes and other budgets are not measured yet: npm run scorecard."]
      : [
          `What is fed, times, bytes and the other budgets: the first ${itemWords(card.cells)} of the same problems (${card.command}).`,
        ]),
  ];
}

function streamOrigin({ card }: CardSources): string[] {
  const stream = card?.stream ?? null;
  if (card === null || stream === null) return [];
  const { model, frames, frameTokens, streamCount, questions } = stream;
  return [
    `${streamCount} streams of ${frames} frames with ${questions.length} questions, model ${model.id}; budgets are |M| in whole frames of ${frameTokens} slots (${card.command}).`,
  ];
}

/** Some methods may have run fewer than others. */
function itemWords(cells: readonly { readonly suite: string; readonly outcomes: string }[]): string {
  const counts = cells.filter(({ suite }) => suite !== "stream").map(({ outcomes }) => outcomes.length);
  const [least, most] = [Math.min(...counts), Math.max(0, ...counts)];
  return least < most ? `${least} to ${most}` : String(most);
}

/** Methods that have figures at some other budget, but not here. */
function notRun(sources: CardSources, { suites, unit, budget, rows }: Shown): string[] {
  if (suites === "stream") return [];
  const table = unit === "bytes" ? sources.bytes : sources.slots;
  const shown = new Set(rows.map(({ columnId }) => columnId));
  const refused = new Set(refusedAt(sources, { suites, unit, budget }).map(({ columnId }) => columnId));
  const known = new Map(
    [...(sources.slots?.cells ?? []), ...(unit === "bytes" ? (table?.cells ?? []) : [])].map(({ columnId, label }) => [
      columnId,
      label,
    ]),
  );
  const lacking = [...known].filter(([id]) => !shown.has(id) && !refused.has(id)).map(([, label]) => label);
  const never = (sources.slots?.missing ?? [])
    .map(({ label }) => label)
    .filter((label) => ![...known.values(), ...rows.map((row) => row.label)].includes(label));
  const all = [...new Set([...lacking, ...never])];
  return all.length === 0 ? [] : [`Not run at ${Math.round(100 * budget)} %: ${all.join(", ")}.`];
}

function refusedAt({ card }: CardSources, { suites, unit, budget }: Pick<Shown, "suites" | "unit" | "budget">) {
  return (card?.refused ?? []).filter(
    (one) => one.budgetShare === budget && one.unit === unit && (one.suite === "stream") === (suites === "stream"),
  );
}

/** With the reason of the first, in the engine's words. */
function cannotRun(sources: CardSources, shown: Shown): string[] {
  const refused = refusedAt(sources, shown);
  if (refused.length === 0) return [];
  const labels = [...new Set(refused.map(({ label }) => label))];
  return [`Cannot run at ${Math.round(100 * shown.budget)} %: ${labels.join(", ")}. The first: ${refused[0].reason}.`];
}

function ownWords({ own, suites }: Shown): string[] {
  if (suites === "stream") return [];
  const mine = own.entries.length > 0 ? ["Rows marked “yours” are runs of this visit, at the budget they had."] : [];
  if (own.unpairedCount === 0) return mine;
  const runs = own.unpairedCount === 1 ? "1 run of yours is" : `${own.unpairedCount} runs of yours are`;
  return [...mine, `${runs} not on the card: run the full cache on the same problem, and they are.`];
}
