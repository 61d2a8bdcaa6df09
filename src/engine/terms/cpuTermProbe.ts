// The term twins behind the TermProbe interface: what the CPU backend offers, and what GPU kernels are compared with.
import type { AttentionInput } from "./attentionRow";
import { denseRows } from "./headRows";
import { keyNorm } from "./keyNorm";
import { promptAttention } from "./promptAttention";
import { redundancy } from "./redundancy";
import { redundancyRaw } from "./redundancyRaw";
import type { KeysInput, TermProbe, WindowInput } from "./termInputs";
import { votingHeads } from "./votingHeads";
import { windowAttention } from "./windowAttention";
import { windowStatistics } from "./windowStatistics";

export const cpuTermProbe: TermProbe = {
  windowAttention: (input) => later(() => windowAttention(attentionInput(input))),
  windowStatistics: (input) => later(() => windowStatistics(windowAttention(attentionInput(input)), input.shape)),
  votingHeads: (input) => later(() => votingHeads(attentionInput(input))),
  redundancy: (input) => later(() => redundancy(input, keyRows(input))),
  redundancyRaw: (input, retention) => later(() => redundancyRaw(input, keyRows(input), retention)),
  keyNorm: (input) => later(() => keyNorm(input, keyRows(input))),
  promptAttention: (input) => later(() => promptAttention(attentionInput(input))),
};

/** Failures become rejections, as they would on a GPU. */
function later<Result>(compute: () => Result): Promise<Result> {
  return Promise.resolve().then(compute);
}

function attentionInput({ shape, keys, queries, groupPooling }: WindowInput): AttentionInput {
  return {
    shape,
    keys: denseRows(keys, shape.lengthSlots, shape.headDim),
    queries: denseRows(queries, shape.windowSlots, shape.headDim),
    groupPooling,
  };
}

function keyRows({ keys, lengthSlots, headDim }: KeysInput) {
  return denseRows(keys, lengthSlots, headDim);
}
