// A decision told in beats: which of them a formula has, and when each begins and ends. Pure.
//
//   G-KV      look · before · repeats · order · cut · close · (wake)
//   SnapKV    look · neighbours · order · cut · close · (wake)
//   Knorm     keysValues · order · cut · close · (wake)
//   random    draw · order · cut · close · (wake)
import { numberOf, stepOf, type Formula } from "../policy/formula";
import { scoreKind } from "../policy/scoreKinds";

export type BeatName =
  /** What the newest words look at. */
  | "look"
  /** The past comes in. */
  | "before"
  /** Each takes the highest score around it. */
  | "neighbours"
  /** Near-duplicates count less. */
  | "repeats"
  /** Instead of looks: attention gathered in another way than by the window's queries. */
  | "attention"
  /** Instead of looks: keys and values alone. */
  | "keysValues"
  /** Instead of looks: the attention expected of queries to come. */
  | "prediction"
  /** Instead of looks: the later in the text, the higher. */
  | "recency"
  /** Instead of looks: a seeded draw. */
  | "draw"
  /** A score whose formula the run does not hold, or that has no parts to tell. */
  | "score"
  /** The highest first. */
  | "order"
  /** The line comes down, and what is behind it falls. */
  | "cut"
  /** The kept tokens move together. */
  | "close";

export interface DecisionBeat {
  readonly name: BeatName;
  /** Shares of the decision, 0 … 1. After the last beat its wake stays until 1. */
  readonly from: number;
  readonly to: number;
}

export interface DecisionBeats {
  readonly list: readonly DecisionBeat[];
  /** How long it takes, in beats of usual length. */
  readonly length: number;
}

const lengths: Readonly<Partial<Record<BeatName, number>>> = { cut: 1.7, close: 0.9 };
const WAKE_LENGTH = 1.2;

export function decisionBeats(formula: Formula | null): DecisionBeats {
  const names = [...scoreBeats(formula), "order", "cut", "close"] as const;
  const ends: number[] = [];
  for (const name of names) ends.push((ends.at(-1) ?? 0) + (lengths[name] ?? 1));
  const length = ends[ends.length - 1] + WAKE_LENGTH;
  return {
    list: names.map((name, place) => ({
      name,
      from: place === 0 ? 0 : ends[place - 1] / length,
      to: ends[place] / length,
    })),
    length,
  };
}

/** The beats in which a formula's score comes about; the first says what the score is made from. */
export function scoreBeats(formula: Formula | null): readonly BeatName[] {
  if (formula === null) return ["score"];
  if (numberOf(formula, "recency") !== null) return ["recency"];
  if (numberOf(formula, "draw") !== null) return ["draw"];
  const has = (column: string): boolean => stepOf(formula, column) !== undefined;
  if (!has("local")) return [kindBeat(formula)];
  return [
    "look",
    ...(has("history") ? (["before"] as const) : []),
    ...(has("pooled") ? (["neighbours"] as const) : []),
    ...(has("redundancy") ? (["repeats"] as const) : []),
  ];
}

function kindBeat(formula: Formula): BeatName {
  const kind = scoreKind(formula);
  return kind === "none" ? "score" : kind;
}

/** How far a beat has come at a phase, 0 … 1; 0 for a beat that the decision does not have. */
export function beatProgress({ list }: DecisionBeats, name: BeatName, phase: number): number {
  const beat = list.find((each) => each.name === name);
  if (beat === undefined) return 0;
  return Math.min(1, Math.max(0, (phase - beat.from) / (beat.to - beat.from)));
}

/** The beat on show: at its end still the same, in the wake the last one. */
export function beatAt({ list }: DecisionBeats, phase: number): DecisionBeat {
  return list.find(({ to }) => phase <= to) ?? list[list.length - 1];
}

/** Where one stops between beats: at the end of each, the wake included in the last. */
export function beatStops({ list }: DecisionBeats): readonly number[] {
  return list.map(({ to }, place) => (place === list.length - 1 ? 1 : to));
}
