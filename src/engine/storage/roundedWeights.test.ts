import { plainMatrix } from "../../model/weights";
import { expect, it } from "vitest";
import { drawCheckpoint } from "../../model/drawCheckpoint.testing";
import { loadModel } from "../../model/loadModel";
import { memorySource } from "../../model/source";
import { quantiseRows } from "./quantiser";
import { roundWeights } from "./roundedWeights";

const { config, weights } = await loadModel(memorySource("models/tiny", drawCheckpoint({})), () => undefined);
const GROUP = 8;

it.each([4, 8] as const)(
  "brings every number of %d bits back within half a step of its group, and rounds only once",
  (bits) => {
    const { weights: rounded } = roundWeights(weights, config, { bits, groupSize: GROUP });
    const [layer, roundedLayer] = [weights.layers[1], rounded.layers[1]];
    const [down, roundedDown] = [layer, roundedLayer].map((each) => plainMatrix(each.down));
    const quantiser = { bits, isSymmetric: true, hasHalfNumbers: true };
    const { scales } = quantiseRows(down, config.intermediateSize, quantiser, {
      axis: "channels",
      groupSize: GROUP,
    });
    const perRow = Math.ceil(config.intermediateSize / GROUP);
    down.forEach((number, at) => {
      const [row, input] = [Math.floor(at / config.intermediateSize), at % config.intermediateSize];
      const step = scales[row * perRow + Math.floor(input / GROUP)];
      expect(Math.abs(number - roundedDown[at])).toBeLessThanOrEqual(step / 2 + 1e-9);
    });
    expect(roundedDown).not.toEqual(down);
    expect(roundedLayer.attentionNorm).toBe(layer.attentionNorm);
  },
);

it("keeps tied weights tied and counts them once", () => {
  const tied = { ...weights, output: weights.embedding };
  const free = { ...weights, output: plainMatrix(weights.embedding).slice() };
  const rounding = { bits: 4, groupSize: GROUP } as const;
  const [ofTied, ofFree] = [tied, free].map((each) => roundWeights(each, config, rounding));
  expect(ofTied.weights.output).toBe(ofTied.weights.embedding);
  expect(ofFree.weights.output).toEqual(ofFree.weights.embedding);
  const { vocabularySize, hiddenSize } = config;
  const scaleCount = vocabularySize * Math.ceil(hiddenSize / GROUP);
  expect(ofFree.packedBytes - ofTied.packedBytes).toBe((vocabularySize * hiddenSize) / 2 + 2 * scaleCount);
});
