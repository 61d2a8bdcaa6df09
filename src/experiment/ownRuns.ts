// Runs that the visitor made, as entries of the score card. Each is held against the full cache on the same problem: a run of it
// made in this visit, or the stored table, whose problems are known by their seeds. Greedy runs only: others are draws.

import { drawProblem } from "../problems/families";
import { isSameAnswer, judgeAnswer, judgeTrace } from "../problems/judge";
import type { Problem } from "../problems/problem";
import type { TraceHeader } from "../trace/trace";
import type { ResultTable } from "./resultTable";
import type { CardEntry } from "./scoreCardRows";

/** What is kept of a run that ended. */
export interface OwnRun {
  readonly header: TraceHeader;
  readonly problem: Problem;
  readonly text: string;
  /** Prefill, decoding and events. */
  readonly ms: number;
  /** The most after a step. */
  readonly heldBytes: number;
  /** Of a run fed the full cache's tokens: how many of them were the most probable, of how many. Null for all others. */
  readonly fed: { readonly agreed: number; readonly positions: number } | null;
}

/** How an own run came out, and its full cache. */
interface PairedRun {
  readonly run: OwnRun;
  readonly full: { readonly letter: string; readonly run: OwnRun | null };
}

export interface OwnEntries {
  readonly entries: readonly CardEntry[];
  /** Problems of the runs behind each entry. [entry] of [item] */
  readonly problems: ReadonlyMap<CardEntry, readonly OwnRun[]>;
  /** Runs without a full cache to be held against. */
  readonly unpairedCount: number;
}

export function ownEntries(runs: readonly OwnRun[], table: ResultTable | null): OwnEntries {
  const greedy = runs.filter(({ header }) => header.sampling.temperature === 0);
  const isFull = ({ header, fed }: OwnRun): boolean => header.policyId === "fullCache" && fed === null;
  const fullOf = (run: OwnRun): PairedRun["full"] | null => {
    const own = greedy.findLast((other) => isFull(other) && isSameQuestion(run, other));
    if (own !== undefined) return { letter: letterOf(own), run: own };
    const letter = storedLetter(run, table);
    return letter === null ? null : { letter, run: null };
  };
  const evicting = greedy.filter(({ header }) => header.policyId !== "fullCache");
  const paired = evicting.flatMap((run): PairedRun[] => {
    const full = fullOf(run);
    return full === null ? [] : [{ run, full }];
  });
  const groups = new Map<string, PairedRun[]>();
  for (const one of paired) {
    const place = `${methodOf(one.run)} ${one.run.problem.family}`;
    groups.set(place, [...(groups.get(place) ?? []), one]);
  }
  const made = [...groups.values()].map((group) => ownEntry(group));
  return {
    entries: made.map(({ entry }) => entry),
    problems: new Map(made.map(({ entry, runs: own }) => [entry, own])),
    unpairedCount: evicting.length - paired.length,
  };
}

/** One entry of a method on a family: of each problem the newest run by itself, and the newest that was fed. */
function ownEntry(group: readonly PairedRun[]): { readonly entry: CardEntry; readonly runs: readonly OwnRun[] } {
  const newest = (isFed: boolean): PairedRun[] => [
    ...new Map(
      group.filter(({ run }) => (run.fed !== null) === isFed).map((one) => [one.run.problem.id, one]),
    ).values(),
  ];
  const free = newest(false);
  const fed = newest(true)
    .map(({ run }) => run.fed)
    .filter((one) => one !== null);
  const timed = free.flatMap(({ run, full }) =>
    full.run === null || full.run.header.backend.type !== run.header.backend.type ? [] : [{ run, full: full.run }],
  );
  const [{ run: first }] = group;
  const { header, problem } = first;
  const budgetSlots = Number(header.parameters.budgetSlots);
  return {
    runs: free.map(({ run }) => run),
    entry: {
      ...{ group: "text", suite: problem.family, columnId: methodOf(first), policyId: header.policyId },
      label: `${header.policyLabel}, ${budgetSlots} slots`,
      ...{ budgetShare: null, budgetSlots, choices: header.parameters },
      outcomes: free.map(({ run }) => letterOf(run)).join(""),
      fullOutcomes: free.map(({ full }) => full.letter).join(""),
      likeness: free.map(likenessOf).join(""),
      forced:
        fed.length === 0
          ? null
          : { agreed: fed.map(({ agreed }) => agreed), positions: fed.map(({ positions }) => positions) },
      costs:
        timed.length === 0
          ? null
          : {
              ms: timed.map(({ run }) => run.ms),
              fullMs: timed.map(({ full }) => full.ms),
              heldBytes: timed.map(({ run }) => run.heldBytes),
              fullBytes: timed.map(({ full }) => full.heldBytes),
            },
      ...{ places: null, isOwn: true },
    },
  };
}

/** Model, policy and every number but the seed. */
function methodOf({ header }: OwnRun): string {
  const numbers = Object.entries(header.parameters).filter(([name]) => name !== "seed");
  return JSON.stringify([header.model.digest, header.policyId, numbers.sort()]);
}

function isSameQuestion(one: OwnRun, other: OwnRun): boolean {
  return one.problem.id === other.problem.id && one.header.model.digest === other.header.model.digest;
}

function letterOf({ problem, text }: OwnRun): string {
  const verdict = judgeAnswer(text, problem.answer);
  if (verdict === "unfinished") return "u";
  return verdict === "wrong" ? "w" : judgeTrace(problem, text).isExact ? "e" : "r";
}

/** How the table's full cache came out on this very problem; null where it is not in the table, or came out wrong. */
function storedLetter({ problem, header }: OwnRun, table: ResultTable | null): string | null {
  if (table === null || table.model.digest !== header.model.digest) return null;
  const seed = Number(problem.id.split("-").at(-1));
  const at = seed - table.seed;
  const full = table.cells.find(({ family, budgetShare }) => family === problem.family && budgetShare === null);
  const difficulty = table.families.find(({ family }) => family === problem.family)?.difficulty;
  if (full === undefined || difficulty === undefined || !(at >= 0 && at < full.outcomes.length)) return null;
  if (drawProblem(problem.family, difficulty, seed).id !== problem.id) return null;
  const letter = full.outcomes.charAt(at);
  return letter === "e" || letter === "r" ? letter : null;
}

function likenessOf({ run, full }: PairedRun): string {
  const letter = letterOf(run);
  if (full.run === null)
    return letter === "e" && full.letter === "e" ? "t" : letter === "e" || letter === "r" ? "a" : "o";
  if (run.text === full.run.text) return "t";
  return isSameAnswer(run.text, full.run.text) ? "a" : "o";
}
