// A fact of a problem in plain words: "barn's rule", "barn's note".

import { unreachable } from "../../src/lib/errors";
import type { FactLink } from "../analysis/links";
import type { Problem } from "../../src/problems/problem";

export function factWords(problem: Problem, { name, summary }: FactLink, promptCount: number): string {
  const owner = name.endsWith("'s") ? name : `${name}'s`;
  const isInPrompt = summary < promptCount;
  if (name === "result") return "the result";
  switch (problem.family) {
    case "walk":
      return `${owner} rule`;
    case "diary":
      return isInPrompt ? `${owner} rule` : `${owner} note`;
    case "story":
      return storyWords(owner, isInPrompt);
    case "orders":
      if (isInPrompt && !name.endsWith("'s") && /^[A-Z]/.test(name)) return `the order “${name} …”`;
      return problem.knobs.task === "walk" ? `${owner} rule` : storyWords(owner, isInPrompt);
    default:
      return unreachable(problem);
  }
}

function storyWords(owner: string, isInPrompt: boolean): string {
  if (isInPrompt) return `the fact about ${owner.replace(/'s$/, "")}`;
  return owner.startsWith("plan ") ? `${owner.slice("plan ".length)} place in the plan` : `${owner} number`;
}
