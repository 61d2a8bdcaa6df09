import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bestTrial,
  layerBitChoices,
  nextStrips,
  searchLength,
  stripBytes,
  stripText,
  undominatedTrials,
  uniformStrip,
  type BitsTarget,
  type BitsTrial,
  type BitStrip,
} from "./bitsSearch";

/** Layers that add up, each as sensitive as it is drawn; a layer takes 10 bytes a bit and 5 beside. */
function drawTrial(strip: BitStrip, sensitivities: readonly number[]): BitsTrial {
  const klNats = strip.reduce((sum, bits, layer) => sum + sensitivities[layer] * 8 ** -bits, 0);
  const bytes = strip.reduce((sum, bits) => sum + 10 * bits + 5, 0);
  return { strip, klNats, agreedShare: 1, bytes, bytesAsComputed: 1000 };
}

function search(sensitivities: readonly number[], target: BitsTarget, most = searchLength(sensitivities.length)) {
  const trials: BitsTrial[] = [];
  while (trials.length < most) {
    const strips = nextStrips(trials, { layerCount: sensitivities.length, target, seed: 1 }, 4);
    if (strips.length === 0) break;
    trials.push(...strips.map((strip) => drawTrial(strip, sensitivities)));
  }
  return trials;
}

const strips = (layerCount: number): readonly BitStrip[] =>
  layerCount === 0
    ? [[]]
    : strips(layerCount - 1).flatMap((head) => layerBitChoices.map((bits): BitStrip => [...head, bits]));

const oneSensitive = [50, 0.001, 0.02, 0.001];

it("starts with all layers alike, then takes each layer alone", () => {
  const tried = search(oneSensitive, { type: "fewestBytes", mostKlNats: 0 }, 8).map(({ strip }) => stripText(strip));
  expect(tried).toEqual([
    ...["2 2 2 2", "3 3 3 3", "4 4 4 4", "8 8 8 8"],
    ...["2 8 8 8", "8 2 8 8", "8 8 2 8", "8 8 8 2"],
  ]);
});

describe.each([
  { type: "fewestBytes", mostKlNats: 0.02 },
  { type: "fewestBytes", mostKlNats: 1e-5 },
  { type: "leastKl", mostBytes: 130 },
] as const)("for %j", (target) => {
  it("finds the best of all 256 strips, where layers add up, in 24 trials", () => {
    const trials = search(oneSensitive, target);
    const all = strips(4).map((strip) => drawTrial(strip, oneSensitive));
    expect(bestTrial(trials, target)).toEqual(bestTrial(all, target));
    expect(trials.length).toBeLessThanOrEqual(24);
  });
});

it("gives the layer that suffers more bits than the others", () => {
  const best = bestTrial(search(oneSensitive, { type: "fewestBytes", mostKlNats: 0.02 }), {
    type: "fewestBytes",
    mostKlNats: 0.02,
  });
  expect(best?.strip).toEqual([4, 2, 2, 2]);
});

it("ends at once where all layers do with the fewest bits", () => {
  const target = { type: "fewestBytes", mostKlNats: 10 } as const;
  const trials = search(oneSensitive, target);
  expect(trials).toHaveLength(8);
  expect(bestTrial(trials, target)?.strip).toEqual([2, 2, 2, 2]);
});

it("has no best where nothing meets the target", () => {
  expect(bestTrial(search(oneSensitive, { type: "leastKl", mostBytes: 10 }), { type: "leastKl", mostBytes: 10 })).toBe(
    null,
  );
});

it("knows the bytes of a strip once its bits were tried in all layers", () => {
  const trials = [2, 3, 8].map((bits) => drawTrial(uniformStrip(3, bits), [1, 1, 1]));
  expect(stripBytes([2, 8, 3], trials)).toBe(145);
  expect(stripBytes([2, 8, 4], trials)).toBeNull();
});

it("lists what no other trial beats", () => {
  const trials = [0.1, 0.2, 0.05].map((klNats, at) => ({ ...drawTrial([2 + at], [1]), klNats }));
  expect(undominatedTrials(trials).map(({ klNats }) => klNats)).toEqual([0.1, 0.05]);
});

it("never tries a strip twice, and goes on as long as something may be better, whatever the layers add", () => {
  const targets = fc.oneof(
    fc.record({ type: fc.constant("fewestBytes" as const), mostKlNats: fc.double({ min: 1e-9, max: 1, noNaN: true }) }),
    fc.record({ type: fc.constant("leastKl" as const), mostBytes: fc.integer({ min: 20, max: 400 }) }),
  );
  const layers = fc.array(fc.double({ min: 1e-6, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(layers, targets, (sensitivities, target) => {
      const trials = search(sensitivities, target);
      const tried = trials.map(({ strip }) => stripText(strip));
      expect(new Set(tried).size).toBe(tried.length);
      const all = strips(sensitivities.length).map((strip) => drawTrial(strip, sensitivities));
      const [found, best] = [bestTrial(trials, target), bestTrial(all, target)];
      if (tried.length === all.length) expect(found).toEqual(best);
      if (best !== null) expect(found).not.toBeNull();
    }),
    { numRuns: 60 },
  );
});
