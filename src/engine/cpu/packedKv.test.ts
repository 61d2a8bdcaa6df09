// A packed layer against a slow one that keeps every entry as float32 and rounds it whenever a block is packed.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packedCountOf, storesCodes, storesFewerBytes } from "../../cache/packing";
import { decodeFloat16, encodeFloat16 } from "../../lib/float16";
import { randomStream } from "../../lib/random";
import { baseParameters } from "../../policy/parameters";
import { storageParameters, type StorageParameters } from "../../policy/storageParameters";
import { headMean, takeFromMean } from "../storage/headMean";
import { quantiseRows } from "../storage/quantiser";
import { layerFormat, storedBytes, type LayerFormat, type PackedNumbers } from "../storage/storageFormat";
import type { LayerKv } from "./kvStore";
import { turnHeadsBack } from "./layerOps";
import { createPlainChunk } from "./chunk";
import { createPackedLayer, type PackedLayer } from "./packedKv";
import { matVec, vecMat } from "./products";

const headDim = 8;
const kvHeadCount = 2;
const slotCount = 90;

function formatOf(choices: Partial<StorageParameters>): LayerFormat {
  const format = layerFormat({ ...baseParameters, ...choices }, 0, { headDim });
  if (format === null) throw new Error("nothing is packed");
  return format;
}

function createLayer(format: LayerFormat): PackedLayer {
  const shape = { layer: 0, kvHeadCount, headDim, slotCount };
  return createPackedLayer({ shape, format, chunk: createPlainChunk(headDim) });
}

interface SlowSlot {
  /** keys, values */
  entries: [Float32Array, Float32Array];
  /** The block that it was packed with, and its place in it; null as computed. */
  packed: { readonly block: object; readonly at: number } | null;
  /** The means that it was packed with. */
  means: [Uint16Array | null, Uint16Array | null];
}

/** [kvHead] of [slot] */
type SlowLayer = SlowSlot[][];

function restored(packed: PackedNumbers, rows: Float32Array): Float32Array {
  if (packed.type === "half") return decodeFloat16(encodeFloat16(rows));
  const { codes, scales, lows } = quantiseRows(rows, headDim, packed.quantiser, packed);
  const groupSize = packed.axis === "channels" ? packed.groupSize : 1;
  return Float32Array.from(codes, (code, at) => {
    const [row, dim] = [Math.floor(at / headDim), at % headDim];
    const group = (packed.axis === "channels" ? row * Math.ceil(headDim / groupSize) : 0) + Math.floor(dim / groupSize);
    return lows[group] + scales[group] * code;
  });
}

/** Packs what has to be packed by now; `intact` blocks stay as they are. */
function packSlow(layer: SlowLayer, format: LayerFormat): void {
  const { blockSlots, hasHeadMean } = format;
  const counts = layer.map((slots) => packedCountOf(format, slots.length));
  for (let first = 0; first < Math.max(...counts); first += blockSlots) {
    const heads = layer.filter((_, kvHead) => first < counts[kvHead]);
    const blocks = heads.map((slots) => slots.slice(first, first + blockSlots));
    const isIntact = (block: SlowSlot[]): boolean =>
      block.every(({ packed }, at) => packed !== null && packed.at === at && packed.block === block[0].packed?.block);
    const changing = blocks.filter((block) => !isIntact(block));
    (["keys", "values"] as const).forEach((side, which) => {
      const means = Array.from({ length: hasHeadMean ? blockSlots : 0 }, (_, at) => {
        const ofSlot = blocks.map((block) => block[at]);
        const all = Float32Array.from(ofSlot.flatMap(({ entries }) => [...entries[which]]));
        const mean = ofSlot[0].means[which] ?? headMean(all, headDim);
        for (const slot of ofSlot) slot.means[which] = mean;
        return mean;
      });
      for (const block of changing) {
        const rows = Float32Array.from(block.flatMap(({ entries }) => [...entries[which]]));
        const all = Uint16Array.from(means.flatMap((mean) => [...mean]));
        takeFromMean(all, rows);
        const back = restored(format[side], rows);
        takeFromMean(all, back);
        block.forEach((slot, at) => (slot.entries[which] = back.slice(at * headDim, (at + 1) * headDim)));
      }
    });
    for (const block of changing) {
      const token = {};
      block.forEach((slot, at) => (slot.packed = { block: token, at }));
    }
  }
  layer.forEach((slots, kvHead) =>
    slots.slice(counts[kvHead]).forEach((slot) => Object.assign(slot, { packed: null, means: [null, null] })),
  );
}

function angles(distance: number): Float32Array {
  return Float32Array.from({ length: headDim }, (_, at) =>
    (at % 2 === 0 ? Math.cos : Math.sin)(distance / (1 + (at >> 1))),
  );
}

/** Stores and evicts at random; both layers must agree after each change. */
function compare(format: LayerFormat, seed: number, isRerotated: boolean): void {
  const stream = randomStream(seed);
  const draw = (): number => 4 * stream.uniform() - 2;
  const layer = createLayer(format);
  const slow: SlowLayer = Array.from({ length: kvHeadCount }, () => []);
  for (let change = 0; change < 70; change++) {
    if (stream.uniform() < 0.9 && slow.every((slots, kvHead) => slots.length < layer.rooms[kvHead])) {
      const [keys, values] = [0, 1].map(() => Float32Array.from({ length: kvHeadCount * headDim }, draw));
      const slots = Int32Array.from(slow, (ofHead) => ofHead.length);
      layer.storeToken({ slots, keys, values, unrotatedKeys: null, place: change });
      slow.forEach((ofHead, kvHead) => {
        const own = (all: Float32Array): Float32Array => all.slice(kvHead * headDim, (kvHead + 1) * headDim);
        ofHead.push({ entries: [own(keys), own(values)], packed: null, means: [null, null] });
      });
    } else {
      const share = stream.uniform();
      const common = slow[0].map(() => stream.uniform() < share);
      const survivors = slow.map((ofHead) =>
        Int32Array.from(
          [...ofHead.keys()].filter((slot) =>
            format.hasHeadMean || isRerotated ? common[slot] : stream.uniform() < share,
          ),
        ),
      );
      layer.keepSlots(survivors, isRerotated ? angles : null);
      survivors.forEach((slots, kvHead) => {
        slow[kvHead] = Array.from(slots, (slot, place) => {
          const { entries, packed, means } = slow[kvHead][slot];
          if (!isRerotated || slot === place) return { entries, packed, means };
          const key = entries[0].slice();
          turnHeadsBack(key, angles(slot - place));
          return { entries: [key, entries[1]], packed: null, means: [null, means[1]] };
        });
      });
    }
    packSlow(slow, format);
    expectSame(layer, slow);
  }
}

function expectSame(layer: LayerKv, slow: SlowLayer): void {
  slow.forEach((slots, kvHead) => {
    expect([...layer.keys(kvHead, slots.length)]).toEqual(slots.flatMap(({ entries }) => [...entries[0]]));
    expect([...layer.values(kvHead, slots.length)]).toEqual(slots.flatMap(({ entries }) => [...entries[1]]));
  });
}

const small = { groupNumbers: 4, residualSlots: 3 };
const formats: [string, Partial<StorageParameters>][] = [
  ["16 bits", { storage: "half" }],
  ["4 bits along channels", { storage: "quantised", ...small }],
  ["3 bits along tokens", { storage: "quantised", keyBits: "3", valueBits: "3", groupAxis: "tokens", ...small }],
  [
    "symmetric 8 and 2 bits, no residual",
    { storage: "quantised", keyBits: "8", valueBits: "2", isSymmetric: true, groupNumbers: 8, residualSlots: 0 },
  ],
  ["KIVI's groups", { storage: "kivi", keyBits: "2", ...small }],
  ["KIVI's groups, no residual", { storage: "kivi", groupNumbers: 5, residualSlots: 0 }],
  ["TaDA", { storage: "tada", ...small }],
  ["TaDA along tokens", { storage: "tada", groupAxis: "tokens", keyBits: "2", ...small }],
];

describe.each(formats)("%s", (name, choices) => {
  const format = formatOf(choices);

  it("holds what a slow layer holds, through storing and evicting", () => {
    for (let seed = 0; seed < 4; seed++) compare(format, seed, false);
  });

  it("turns keys before they are packed again", () => {
    for (let seed = 0; seed < 2; seed++) compare(format, seed, true);
  });

  it("allocates what the formula says", () => {
    const layer = createLayer(format);
    const { total } = storedBytes(
      format,
      {
        packedSlots: Math.floor(slotCount / format.blockSlots) * format.blockSlots,
        fullSlots: kvHeadCount * (format.residualSlots + format.blockSlots - 1),
        meanSlots: slotCount / kvHeadCount,
      },
      { headDim, numberBytes: 4 },
    );
    expect(layer.bytes).toBe(total);
    expect(name).not.toBe("");
  });

  it("multiplies with the bits of the plain loops over what it holds", () => {
    const layer = createLayer(format);
    const stream = randomStream(1);
    const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => stream.uniform() - 0.5);
    for (let slot = 0; slot < 45; slot++) {
      const [keys, values] = [random(2 * headDim), random(2 * headDim)];
      layer.storeToken({ slots: Int32Array.of(slot, slot), keys, values, unrotatedKeys: null, place: slot });
    }
    const queries = random(2 * headDim);
    const rows = [new Float32Array(45), new Float32Array(45)];
    layer.multiplyKeys(1, queries, rows);
    const outputs = new Float32Array(2 * headDim);
    layer.addUpValues(1, rows, outputs);
    rows.forEach((row, member) => {
      const expected = new Float32Array(45);
      const own = queries.subarray(member * headDim, (member + 1) * headDim);
      matVec(layer.keys(1, 45), own, expected);
      expect([...row]).toEqual([...expected]);
      const sum = new Float32Array(headDim);
      vecMat(row, layer.values(1, 45), sum);
      expect([...outputs.subarray(member * headDim, (member + 1) * headDim)]).toEqual([...sum]);
    });
  });

  it("replaces an entry, packed or not", () => {
    const layer = createLayer(format);
    for (let slot = 0; slot < 20; slot++) {
      const entries = new Float32Array(2 * headDim).map((_, at) => Math.sin(slot + at));
      layer.storeToken({
        slots: Int32Array.of(slot, slot),
        keys: entries,
        values: entries,
        unrotatedKeys: null,
        place: slot,
      });
    }
    const [key, value] = [new Float32Array(headDim).fill(0.5), new Float32Array(headDim).fill(-0.5)];
    for (const slot of [1, 19]) {
      layer.replaceEntry(0, slot, key, value);
      layer
        .keys(0, 20)
        .subarray(slot * headDim, (slot + 1) * headDim)
        .forEach((found) => expect(Math.abs(found - 0.5)).toBeLessThan(0.45));
      layer
        .values(0, 20)
        .subarray(slot * headDim, (slot + 1) * headDim)
        .forEach((found) => expect(Math.abs(found + 0.5)).toBeLessThan(0.45));
    }
  });
});

it("keeps an entry within half a step of what was stored, whatever it is", () => {
  const entries = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 16, maxLength: 16 });
  const bits = fc.constantFrom("2", "3", "4", "8");
  fc.assert(
    fc.property(entries, bits, fc.boolean(), (numbers, keyBits, isSymmetric) => {
      const format = formatOf({ storage: "quantised", keyBits, isSymmetric, groupNumbers: 8, residualSlots: 0 });
      const layer = createLayer(format);
      const keys = Float32Array.from(numbers);
      layer.storeToken({ slots: Int32Array.of(0, 0), keys, values: keys, unrotatedKeys: null, place: 0 });
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        const exact = keys.subarray(kvHead * headDim, (kvHead + 1) * headDim);
        const range = isSymmetric ? 2 * Math.max(...exact.map(Math.abs)) : Math.max(...exact) - Math.min(...exact);
        const steps = isSymmetric ? 2 ** Number(keyBits) - 2 : 2 ** Number(keyBits) - 1;
        // The stored numbers are rounded outwards to 16 bits, which widens a step by a thousandth and what an end moves.
        const step = (range * 1.002 + 0.004 * Math.max(...exact.map(Math.abs))) / steps + 1e-6;
        layer
          .keys(kvHead, 1)
          .forEach((found, dim) => expect(Math.abs(found - exact[dim])).toBeLessThanOrEqual(step / 2 + 1e-6));
      }
    }),
  );
});

it.each(storageParameters.storage.choices)(
  "knows whether $value packs entries, and whether into codes",
  ({ value }) => {
    const format = layerFormat({ ...baseParameters, storage: value }, 0, { headDim });
    expect(storesFewerBytes(value)).toBe(format !== null);
    expect(storesCodes(value)).toBe(format?.keys.type === "codes");
  },
);
