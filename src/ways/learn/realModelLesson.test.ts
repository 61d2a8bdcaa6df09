// What the lesson on a real model states of its three recorded runs.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { laneRunOf } from "../../state/shownRuns";
import { decodeRunFile } from "../../trace/file/runFile";
import type { StepRecord } from "../../trace/trace";
import { figureValue, type Facts } from "./figures";

async function factsOf(id: string): Promise<Facts> {
  const bytes = await readFile(new URL(`../../../public/runs/${id}.winnow`, import.meta.url));
  return {
    ...{
      lanes: [laneRunOf(await decodeRunFile(bytes, id))],
      stageLane: 0,
      shownStep: 0,
      focusLayer: 0,
      focusKvHead: 0,
    },
    ...{ pinnedPosition: null, streamFacts: null, problem: null },
  };
}
const gkv = await factsOf("smollm2-gkv-128");
const dice = await factsOf("smollm2-dice-128");
const small = await factsOf("smollm2-gkv-96");

const digits = [118, 119, 120, 121];
const heads = Array.from({ length: 90 }, (_, head) => ({ layer: Math.floor(head / 3), kvHead: head % 3 }));
const textOf = ({ lanes }: Facts): string => lanes[0].trace.steps.map(({ text }) => text).join("");
const percent = (logProbability: number): number => Math.round(100 * Math.exp(logProbability));

function countsOf(facts: Facts) {
  const held = heads.map((head) =>
    digits.filter((position) => figureValue("isHeld", { step: 0, position, ...head }, facts)),
  );
  return {
    each: digits.map((position) => figureValue("heldHeads", { step: 0, position }, facts)),
    together: held.filter(({ length }) => length === 4).length,
    none: held.filter(({ length }) => length === 0).length,
    first: figureValue("heldHeads", { step: 0, position: 0 }, facts),
  };
}

it("counts the heads that hold the code rightly", () => {
  expect(countsOf(gkv)).toEqual({ each: [59, 64, 61, 67], together: 47, none: 13, first: 89 });
  expect(countsOf(dice)).toMatchObject({ each: [63, 60, 61, 55], together: 20 });
  expect(countsOf(small)).toMatchObject({ each: [39, 43, 45, 44], together: 23, first: 86 });
  expect(figureValue("heldHeads", { step: 0, position: 109 }, gkv)).toBe(16);
});

it("quotes the answers and how sure the model was", () => {
  expect([gkv, dice, small].map((facts) => /is (\d+)/.exec(textOf(facts))?.[1])).toEqual(["7421", "7422", "7821"]);
  const steps: readonly StepRecord[] = gkv.lanes[0].trace.steps.slice(8, 12);
  expect(steps.map(({ logProbability }) => percent(logProbability))).toEqual([91, 93, 49, 93]);
  const { candidateTexts, candidateLogProbabilities } = small.lanes[0].trace.steps[9];
  expect(candidateTexts.slice(0, 2)).toEqual(["8", "7"]);
  expect(Array.from(candidateLogProbabilities.slice(0, 2), percent)).toEqual([16, 15]);
});
