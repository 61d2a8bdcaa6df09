// A story as text, word for word as models are trained on it.
//
//   <bos> Facts : Hana has 35 coins in total . Kai has 2 fewer than Hana's . … How many are Kai's ? <think>
//   Plan : Kai's Hana's total . Solve : Hana's : 0 with 35 coins makes 35 . Kai's : 35 with 2 fewer makes 33 .
//   Check : Kai's 33 is 2 fewer than 35 . Hana's 35 is 35 coins in total . </think> Answer : 33 . <eos>

import type { Story, StoryFact, StoryLink } from "./story";

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
