// The sweep, fixed before anything was run: policies × shares evicted × both orders of two instructions × remedies, over
// problems whose two orders are a secret (the paper's defence) and another (its directive).

import type { Span } from "../../src/lib/spans";
import type { PitfallsMode } from "../../src/experiment/pitfalls";
import { assert } from "../../src/lib/errors";
import { instructionSpans, startOf, withOrdersSwapped } from "../../src/problems/orders";
import type { Instruction } from "../../src/problems/orders";
import { drawWithKnobs } from "../../src/problems/families";
import type { OrdersProblem } from "../../src/problems/problem";

export interface PitfallsColumn {
  readonly id: string;
  readonly label: string;
  readonly policyId: string;
}

/** The paper's five policies, and G-KV. */
export const pitfallsColumns: readonly PitfallsColumn[] = [
  { id: "streamingLlm", label: "StreamingLLM", policyId: "streamingLlm" },
  { id: "snapKv", label: "SnapKV", policyId: "snapKvOfKvPress" },
  { id: "tova", label: "TOVA", policyId: "tova" },
  { id: "h2o", label: "H2O", policyId: "h2o" },
  { id: "keyNorm", label: "Knorm", policyId: "keyNorm" },
  { id: "gkv", label: "G-KV", policyId: "gkv" },
];

/** Shares of the prompt that are evicted; 0 is run once and stands for all policies. */
export const pitfallsRatios: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

export const pitfallsModes: readonly PitfallsMode[] = ["plain", "whitelist", "fair"];
/** Those that can also be asked for: the code has rules for four of the columns. */
export const otherModes: readonly PitfallsMode[] = ["fairCode"];

/** The first seed that is tried; training draws from a million on. */
export const pitfallsSeed = 910_000;
export const pitfallsProblemCount = 30;
export const pitfallsKnobs = { orders: 2, rooms: 5, steps: 8 } as const;

/** Narrower than in the table: the prompt has 80 to 90 tokens, and a tenth of it must hold window and whitelist. */
export const pitfallsWindowSlots = 4;

/** A problem in one order of its two instructions. */
export interface OrderedProblem {
  readonly problem: OrdersProblem;
  readonly secret: Instruction;
  readonly other: Instruction;
}

/** The problems of the first seeds whose two orders are a secret, the start, and another, in the order asked for. */
export function drawSecretProblems(seed: number, count: number, isSecretFirst: boolean): OrderedProblem[] {
  const problems: OrderedProblem[] = [];
  for (let next = seed; problems.length < count; next++) {
    const drawn = drawWithKnobs("orders", pitfallsKnobs, next);
    assert(drawn.family === "orders", "orders are drawn");
    // Another number than the start is one that an answer would not name anyway.
    const start = startOf(drawn);
    const place = instructionSpans(drawn.prompt).findIndex(
      ({ order }) => order.type === "secret" && order.number === start,
    );
    if (place === -1) continue;
    const problem = (place === 0) === isSecretFirst ? drawn : withOrdersSwapped(drawn, [1, 2]);
    const instructions = instructionSpans(problem.prompt);
    const [secret, other] = isSecretFirst ? instructions : [instructions[1], instructions[0]];
    problems.push({ problem, secret, other });
  }
  return problems;
}

/** What stays of a prompt of so many tokens, in slots. */
export function keptSlots(promptTokens: number, ratio: number): number {
  return Math.floor(promptTokens * (1 - ratio) + 1e-9);
}

export function keptSpans(mode: PitfallsMode, { secret }: OrderedProblem): readonly Span[] {
  return mode === "whitelist" ? [{ start: secret.start, end: secret.end }] : [];
}
