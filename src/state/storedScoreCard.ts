// The stored score card with the tables of results that it completes, fetched when it is first seen; its rows; and what each of its
// items is as choices of a run.
import { parseScoreCard } from "../experiment/scoreCardFile";
import { parseResultTable } from "../experiment/resultTable";
import type { CardEntry, CardSources } from "../experiment/scoreCardRows";
import type { OwnRun } from "../experiment/ownRuns";
import { drawProblem, problemFamilies } from "../problems/families";
import { isUnusedByPolicy } from "../settings/inForce";
import { settingIds, type Choices } from "../settings/settings";
import type { StreamChosen } from "../settings/streamSettings";
import type { StreamPolicyId } from "../policy/streamChoices";
import { storedText, type FetchFile } from "./storedFile";

export { ownEntries, type OwnEntries, type OwnRun } from "../experiment/ownRuns";
export {
  budgetShares,
  cardRows,
  entriesOf,
  suitesOf,
  type CardEntry,
  type CardRow,
  type CardSources,
  type CardUnit,
  type CountedEstimate,
  type SuiteGroup,
  type SuiteScore,
} from "../experiment/scoreCardRows";

/** The model whose suites are on the card; its streams have a model of their own. */
export const CARD_MODEL = "winnow-1m";

/** What is not there is null; throws InputError for a file that cannot be read. */
export async function loadCardSources(fetchFile?: FetchFile): Promise<CardSources> {
  const read = async <Read>(file: string, parse: (text: string, file: string) => Read): Promise<Read | null> => {
    const text = await storedText(file, fetchFile);
    return text === null ? null : parse(text, file);
  };
  const [card, slots, bytes] = await Promise.all([
    read(`results/scorecard/${CARD_MODEL}.json`, parseScoreCard),
    read(`results/${CARD_MODEL}.json`, parseResultTable),
    read(`results/bytes/${CARD_MODEL}.json`, parseResultTable),
  ]);
  return { card, slots, bytes };
}

/** What an item is called, and what makes it a run of its method, or a stream watched under it; null for what cannot be run. */
interface CardItem {
  readonly name: string;
  readonly choices: Choices | null;
  readonly stream?: StreamChosen;
}

/** `own`: the runs behind an own entry. */
export function cardItem(
  { card, slots }: CardSources,
  entry: CardEntry,
  { item, own }: { readonly item: number; readonly own: readonly OwnRun[] | undefined },
): CardItem {
  const run = own?.[item];
  if (run !== undefined)
    return { name: run.problem.id, choices: choicesOf(entry, run.problem.id, run.header.model.id) };
  const place = entry.places?.[item] ?? item;
  if (entry.group === "stream") {
    const question = card?.stream?.questions[place];
    const { frames = 0, questionsEach = 0 } = card?.stream ?? {};
    if (question === undefined) return { name: String(place), choices: null };
    const lane = { policyId: entry.policyId as StreamPolicyId, capFrames: Number(entry.choices.capFrames) };
    return {
      name: `${question.seed}: ${question.question}`,
      choices: null,
      stream: {
        shared: { stream: `stream-${frames}x3-${question.seed}`, questionCount: questionsEach, moments: "end" },
        lanes: [lane, { policyId: "full" }],
      },
    };
  }
  const source = slots ?? card;
  const family = problemFamilies.find((known) => known === entry.suite);
  const difficulty = source?.families.find((known) => known.family === family)?.difficulty;
  if (source === null || family === undefined || difficulty === undefined)
    return { name: String(place), choices: null };
  const problem = drawProblem(family, difficulty, source.seed + place).id;
  return { name: problem, choices: choicesOf(entry, problem, CARD_MODEL) };
}

/** Random eviction drew from a seed of its own for every problem, too large for a setting. */
function choicesOf({ policyId, choices }: CardEntry, problem: string, model: string): Choices {
  const used = settingIds.filter(
    (id) => id in choices && id !== "seed" && !isUnusedByPolicy(id, policyId, choices as Choices),
  );
  return { ...Object.fromEntries(used.map((id) => [id, choices[id]])), problem, model, policyId };
}
