// The story: who has how many more or fewer coins than whom. Planned from the person asked about back to the one whose
// coins are known, solved forwards, and checked at the end, where every value found on the way is needed again.
//
//   <bos> Facts : Hana has 35 coins in total . Kai has 2 fewer than Hana's . … How many are Kai's ? <think>
//   Plan : Kai's Hana's total . Solve : Hana's : 0 with 35 coins makes 35 . Kai's : 35 with 2 fewer makes 33 .
//   Check : Kai's 33 is 2 fewer than 35 . Hana's 35 is 35 coins in total . </think> Answer : 33 . <eos>

import { assert } from "../lib/errors";
import type { RandomStream } from "../lib/random";
import { randomStream } from "../lib/random";
import type { Dial } from "./dial";
import { difficultyOf } from "./dial";
import type { StoryKnobs, StoryProblem } from "./problem";
import { maxValue } from "./walk";

interface StoryFact {
  readonly person: string;
  /** The person whom the amount is relative to; null if it is the person's total. */
  readonly reference: string | null;
  /** The total, or 1 … 6 more, or −6 … −1. */
  readonly amount: number;
}

export interface Story {
  readonly facts: readonly StoryFact[]; // in the order in which the prompt gives them
  readonly asked: string;
}

/** One person of the chain, from the known total to the person asked about. */
interface StoryLink {
  readonly fact: StoryFact;
  /** Coins of the reference; 0 for the total. */
  readonly before: number;
  readonly after: number;
}

const personNames = "Ana Ben Cleo Dan Eva Finn Gus Hana Ivan June Kai Lena".split(" ");

/** Prompt 9 + 7 (people + distractors) tokens, reasoning 14 + 18 people: 255 to 287 tokens at full difficulty. */
export const storyDial: Dial<keyof StoryKnobs> = [
  { people: [3, 3], distractors: [1, 1] },
  { people: [3, 3], distractors: [2, 2] },
  { people: [4, 4], distractors: [1, 1] },
  { people: [4, 4], distractors: [2, 2] },
  { people: [5, 5], distractors: [1, 2] },
  { people: [5, 5], distractors: [3, 3] },
  { people: [6, 6], distractors: [1, 3] },
  { people: [7, 7], distractors: [1, 2] },
  { people: [7, 7], distractors: [3, 3] },
  { people: [8, 8], distractors: [1, 3] },
  { people: [9, 10], distractors: [1, 2] },
];

const maxAttempts = 20_000;

/** Draws a story from a seed; same seed and knobs, same problem. All numbers, distractors included, stay in 0 … 59. */
export function drawStory(knobs: StoryKnobs, seed: number): StoryProblem {
  const { people, distractors } = knobs;
  assert(people >= 2 && distractors >= 0, "a story has at least 2 people");
  assert(people + distractors <= personNames.length, `a story has at most ${personNames.length} people in all`);
  const stream = randomStream(seed);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const story = drawFacts(knobs, stream);
    if (story === null) continue;
    const chain = solveStory(story);
    return {
      id: `story-${people}x${distractors}-${seed}`,
      family: "story",
      knobs,
      difficulty: storyDifficulty(knobs),
      prompt: formatStoryPrompt(story),
      answer: String(chain[chain.length - 1].after),
      trace: formatStoryTrace(chain),
    };
  }
  throw new Error(`no story of ${people} people found that meets the conditions`);
}

/** The chain from the known total to the person asked about. */
export function solveStory({ facts, asked }: Story): StoryLink[] {
  const factOf = new Map(facts.map((fact) => [fact.person, fact]));
  const backwards: StoryFact[] = [];
  for (let person: string | null = asked; person !== null;) {
    const fact = factOf.get(person);
    assert(fact !== undefined && backwards.length < facts.length, `the story leads from ${asked} to a total`);
    backwards.push(fact);
    person = fact.reference;
  }
  let before = 0;
  return backwards.reverse().map((fact) => {
    const link = { fact, before, after: before + fact.amount };
    before = link.after;
    return link;
  });
}

/** Null when a number leaves 0 … 59. */
function drawFacts({ people, distractors }: StoryKnobs, stream: RandomStream): Story | null {
  const names = stream.shuffle(personNames).slice(0, people + distractors);
  const total = stream.integer(3, 40);
  const coins = new Map([[names[0], total]]);
  const facts: StoryFact[] = [{ person: names[0], reference: null, amount: total }];
  for (let at = 1; at < names.length; at++) {
    // Each person of the chain refers to the one before; a distractor refers to anyone already drawn.
    const reference = at < people ? names[at - 1] : names[stream.integer(0, at - 1)];
    const amount = stream.integer(1, 6) * (stream.uniform() < 0.5 ? -1 : 1);
    const after = (coins.get(reference) ?? 0) + amount;
    if (after < 0 || after > maxValue) return null;
    coins.set(names[at], after);
    facts.push({ person: names[at], reference, amount });
  }
  return { facts: stream.shuffle(facts), asked: names[people - 1] };
}

/** Two stops may have the same number of people; then the distractors decide. */
function storyDifficulty({ people, distractors }: StoryKnobs): number {
  const stop = storyDial.findIndex((ranges) => people <= ranges.people[1] && distractors <= ranges.distractors[1]);
  return stop >= 0 && people >= storyDial[stop].people[0] ? stop : difficultyOf(storyDial, "people", people);
}

export function formatStoryPrompt({ facts, asked }: Story): string {
  const factTexts = facts.map(({ person, reference, amount }) =>
    reference === null
      ? `${person} has ${amount} coins in total .`
      : `${person} has ${Math.abs(amount)} ${direction(amount)} than ${reference}'s .`,
  );
  return `<bos> Facts : ${factTexts.join(" ")} How many are ${asked}'s ? <think>`;
}

/** `chain` from the known total to the person asked about. */
export function formatStoryTrace(chain: readonly StoryLink[]): string {
  const backwards = [...chain].reverse();
  const plan = backwards.map(({ fact }) => `${fact.person}'s`).join(" ");
  const solve = chain.map(
    ({ fact, before, after }) => `${fact.person}'s : ${before} with ${amountText(fact)} makes ${after} .`,
  );
  const check = backwards.map(({ fact, before, after }) => {
    const isSource = fact.reference === null ? "in total" : `than ${before}`;
    return `${fact.person}'s ${after} is ${amountText(fact)} ${isSource} .`;
  });
  const answer = chain[chain.length - 1].after;
  return `Plan : ${plan} total . Solve : ${solve.join(" ")} Check : ${check.join(" ")} </think> Answer : ${answer} . <eos>`;
}

function amountText({ reference, amount }: StoryFact): string {
  return `${Math.abs(amount)} ${reference === null ? "coins" : direction(amount)}`;
}

function direction(amount: number): string {
  return amount < 0 ? "fewer" : "more";
}
