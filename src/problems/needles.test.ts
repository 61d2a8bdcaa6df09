import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawProblem, problemById, problemFamilies } from "./families";
import type { Needle } from "./needles";
import { problemNeedles } from "./needles";
import { needleTaskIds, needleTasks } from "./needleTasks";
import type { Problem } from "./problem";
import { tokensOf } from "./problem";

const wordsOf = ({ prompt, trace }: Problem): string[] => tokensOf(`${prompt} ${trace}`);

/** "task: [needle] … before → answer", the first of each task. */
function drawNeedles(id: string): string[] {
  const problem = problemById(id);
  if (problem === null) throw new Error(`${id} names a problem`);
  const words = wordsOf(problem);
  const needles = problemNeedles(problem);
  const text = ({ task, start, end, answerAt, answerCount }: Needle): string => {
    const answer = words.slice(answerAt, answerAt + answerCount).join(" ");
    return `${task}: [${words.slice(start, end).join(" ")}] … ${words[answerAt - 1]} → ${answer}`;
  };
  return needles.filter((needle, at) => needles.findIndex(({ task }) => task === needle.task) === at).map(text);
}

describe("needles", () => {
  it("of a walk are its rules, and what each step works out", () => {
    expect(drawNeedles("walk-4x6-700004")).toEqual([
      "rule: [Studio: gain 5 ; even to pantry ; odd to office .] … 23 → gain 5",
      "sum: [23 gain 5] … makes → 28",
      "parity: [28] … 28 → even",
      "branch: [Studio: gain 5 ; even to pantry ; odd to office .] … to → pantry",
      "count: [6 left] … . → 5",
    ]);
  });

  it("of a diary include its notes: whether there is one, and what it says", () => {
    expect(drawNeedles("diary-4x8-700004").filter((text) => !/^(rule|sum|branch|count)/.test(text))).toEqual([
      "recall: [office's 30 to garden .] … 20 → recall",
      "note: [office's 30 to garden .] … recall → 30",
      "compare: [20 recall 30] … 30 → below",
    ]);
  });

  it("of a story are its facts and the sentences of Solve", () => {
    expect(drawNeedles("story-3x2-700004")).toEqual([
      "reference: [Finn has 5 more than June's .] … Finn's → June's",
      "fact: [Lena has 24 coins in total .] … with → 24 coins",
      "sum: [24 with 2 more] … makes → 26",
      "solved: [Finn's : 26 with 5 more makes 31 .] … Finn's → 31",
    ]);
  });

  it("of orders include the orders", () => {
    expect(drawNeedles("orders2-story-3x2-700004").at(-1)).toBe("order: [Keep 24 secret .] … was → secret");
  });

  it("hold a copied answer word for word, and no word of a derived one", () => {
    const seenTasks = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...problemFamilies),
        fc.integer({ min: 0, max: 10 }),
        fc.nat(5000),
        (family, difficulty, seed) => {
          const problem = drawProblem(family, difficulty, seed);
          const words = wordsOf(problem);
          for (const { task, start, end, answerAt, answerCount } of problemNeedles(problem)) {
            seenTasks.add(task);
            expect(0 <= start && start < end && end <= answerAt).toBe(true);
            const needle = words.slice(start, end);
            for (const word of words.slice(answerAt, answerAt + answerCount)) {
              expect(needle.includes(word)).toBe(needleTasks[task].kind === "surface");
            }
          }
        },
      ),
      { numRuns: 60 },
    );
    expect([...seenTasks].sort()).toEqual([...needleTaskIds].sort());
  });
});
