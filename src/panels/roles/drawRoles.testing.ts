// Head roles of a tiny model, for tests: two layers of four query heads on two KV heads. Head 1.0 copies, head 0.1 works out.
import type { HeadFigures, HeadNumbers, HeadRoles } from "../../state/storedMeasures";

const noise: HeadNumbers = [
  [0.02, 0.1, 0.05, 0.05],
  [0.1, 0.04, 0.02, 0.08],
];

function figures(layer: number, head: number, trialCount: number): HeadFigures {
  const withHead = (value: number): HeadNumbers =>
    noise.map((row, at) => row.map((low, place) => (at === layer && place === head ? value : low)));
  return {
    trialCount,
    ...{ precision: withHead(0.9), recall: withHead(0.8), infScore: withHead(0.84), error: withHead(0.02) },
    cells: { needleTop: withHead(0.7), otherTop: withHead(0.1), needleBelow: noise, otherBelow: noise },
  };
}

const place = { meanDepth: 0.4, lowestDepth: 0.1, highestDepth: 0.8, meanDistance: 12 };
const cell = { family: "walk", policyId: "gkv", label: "G-KV", budgetSlots: 50 };
const words = ["Barn:", "gain", "2", ".", "in", "barn", "4"];

export const drawnRoles: HeadRoles = {
  version: 1,
  command: "npm run roles -- --model tiny",
  model: { id: "tiny", digest: "d" },
  topCount: 2,
  reading: "firstLength",
  surface: figures(1, 0, 40),
  logic: figures(0, 1, 20),
  tasks: [
    {
      ...{ id: "rule", kind: "surface", label: "a room's rule", example: "[Barn: gain 2 .] → gain", askedCount: 42 },
      ...{ ...place, ...figures(1, 0, 40) },
    },
    {
      ...{ id: "sum", kind: "logic", label: "a sum", example: "[4 gain 2] → 6", askedCount: 20 },
      ...{ ...place, ...figures(0, 1, 20) },
    },
  ],
  examples: [
    {
      ...{ taskId: "rule", words, start: 0, end: 4, answer: "gain" },
      // Every head looks at the needle's "2", and half as much at "barn".
      attention: btoa(Array.from({ length: 8 }, () => String.fromCharCode(0, 0, 255, 0, 0, 128, 0)).join("")),
      scale: noise,
    },
  ],
  budgets: {
    ...{ difficulty: 5, problemCount: 4, seed: 1, windowSlots: 16, intervalSteps: 16 },
    cells: [
      { ...cell, share: "uniform", budgetShare: 0.25, outcomes: "rwww" },
      { ...cell, share: "roles", budgetShare: 0.25, outcomes: "rrww" },
      { ...cell, share: "uniform", budgetShare: 0.5, outcomes: "rrrr" },
      { ...cell, share: "roles", budgetShare: 0.5, outcomes: "rrrw" },
    ],
  },
  infScore: figures(1, 0, 40).infScore,
};
