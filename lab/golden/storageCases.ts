// How entries are stored. related.tada.codec: mean over heads and quantised deviations; related.kivi.group_quant: keys in groups
// along tokens, values along channels. Both through the product's quantiser, with scales as recorded, not rounded to 16 bits.
import { packedCountOf } from "../../src/cache/packing";
import { decodeFloat16 } from "../../src/lib/float16";
import { headMean } from "../../src/engine/storage/headMean";
import {
  quantiseRows,
  zeroCode,
  type Grouping,
  type QuantisedRows,
  type Quantiser,
} from "../../src/engine/storage/quantiser";
import { storedBytes, type LayerFormat, type StoredBytes } from "../../src/engine/storage/storageFormat";
import { readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import {
  booleanOf,
  fieldOf,
  integersOf,
  numberOf,
  oneOf,
  rowsOfHeads,
  sliceOf,
  tensorOf,
  type Field,
  type Tensor,
} from "./field";

/** The 16-bit numbers that the cases count for entries kept as computed. */
const FULL_NUMBER_BYTES = 2;

interface StoredCase {
  readonly kvHeadCount: number;
  readonly tokenCount: number;
  readonly headDim: number;
  readonly format: LayerFormat;
  readonly packedCount: number;
}

export const runTada: RunCase = (root, { tolerance }) => {
  const config = fieldOf(root, "config");
  const axis = oneOf(fieldOf(config, "group_axis"), ["channel", "token"]) === "channel" ? "channels" : "tokens";
  const bits = readCount(config, "bits");
  const quantiser = { bits, isSymmetric: booleanOf(fieldOf(config, "symmetric")), hasHalfNumbers: false };
  const grouping: Grouping = { axis, groupSize: readCount(config, "group") };
  const hasHalfMean = booleanOf(fieldOf(config, "mean_16_bit"));
  const packed = { type: "codes" as const, quantiser, ...grouping };
  const stored = readStored(root, {
    ...{ keys: packed, values: packed, hasHeadMean: true },
    residualSlots: readCount(config, "recent"),
    blockSlots: axis === "tokens" ? grouping.groupSize : 1,
  });
  const { kvHeadCount, tokenCount, headDim, packedCount, format } = stored;
  const expected = fieldOf(root, "expected");
  const sides = (["k", "v"] as const).map((side) => {
    const entries = readEntries(root, side, stored);
    const packedEntries = packedPart(entries, stored);
    const means = meansOf(entries, packedCount, hasHalfMean); // [slot][headDim]
    const heads = packedEntries.map((kept) => quantiseRows(deviations(kept, means), headDim, quantiser, grouping));
    const restored = heads.map((head) => deviations(dequantised(head, headDim, grouping), means));
    const uncentred = packedEntries.map((kept) =>
      dequantised(quantiseRows(kept, headDim, quantiser, grouping), headDim, grouping),
    );
    return {
      comparisons: [
        compareArrays(`mean_${side}`, means, recorded(expected, `mean_${side}`, [packedCount, headDim]), tolerance),
        ...compareSide({ side, heads, restored, quantiser, grouping, entries, stored, root, tolerance }),
      ],
      ...{ packedEntries, restored, uncentred },
      worstInSteps: worstInSteps({ heads, restored, exact: packedEntries }, headDim, grouping),
    };
  });
  const all = (part: "packedEntries" | "restored" | "uncentred") => sides.flatMap((side) => side[part]);
  const bytes = bytesOf(stored);
  const whole = kvHeadCount * headDim * 2 * 2; // of a token
  return Promise.resolve([
    compareExactly("dims.compressed_tokens", packedCount, readCount(root, "dims", "compressed_tokens")),
    ...sides.flatMap(({ comparisons }) => comparisons),
    compareExactly(
      "bytes",
      [bytes.means, bytes.codes, bytes.groupNumbers, bytes.full, bytes.total],
      recordedBytes(root, ["means", "codes", "scales_and_zeros", "recent", "total"]),
    ),
    numbers(root, tolerance, {
      share_of_16_bit_compressed_part: (bytes.total - bytes.full) / (whole * packedCount),
      share_of_16_bit_total: bytes.total / (whole * tokenCount),
      formula_share: formulaShare(format, kvHeadCount),
      relative_error: relativeError(all("restored"), all("packedEntries")),
      relative_error_without_centring: relativeError(all("uncentred"), all("packedEntries")),
    }),
    // A hundredth of a step: errors of half a step are differences of nearly equal numbers.
    numbers(root, 0.01, { max_error_in_steps: Math.max(...sides.map((side) => side.worstInSteps)) }),
  ]);
};

/** 1/H + b/16 + numbers of a group: what the notes of the paper give as the share of 16-bit memory. */
function formulaShare({ keys }: LayerFormat, kvHeadCount: number): number {
  if (keys.type !== "codes") return 1;
  const { quantiser, groupSize } = keys;
  return 1 / kvHeadCount + quantiser.bits / 16 + (quantiser.isSymmetric ? 1 : 2) / groupSize;
}

export const runKivi: RunCase = (root, { tolerance }) => {
  const config = fieldOf(root, "config");
  const quantiser = { bits: readCount(config, "bits"), isSymmetric: false, hasHalfNumbers: false };
  const [keyGroup, valueGroup] = [readCount(config, "key_group"), readCount(config, "value_group")];
  const groupings = {
    k: { axis: "tokens", groupSize: keyGroup },
    v: { axis: "channels", groupSize: valueGroup },
  } as const satisfies Record<string, Grouping>;
  const stored = readStored(root, {
    keys: { type: "codes", quantiser, ...groupings.k },
    values: { type: "codes", quantiser, ...groupings.v },
    ...{ hasHeadMean: false, residualSlots: readCount(config, "residual"), blockSlots: keyGroup },
  });
  const { tokenCount, headDim, packedCount } = stored;
  const quantised = (rows: readonly Float64Array[], grouping: Grouping) => {
    const heads = rows.map((kept) => quantiseRows(kept, headDim, quantiser, grouping));
    return { heads, restored: heads.map((head) => dequantised(head, headDim, grouping)) };
  };
  const sides = (["k", "v"] as const).flatMap((side) => {
    const grouping = groupings[side];
    const entries = readEntries(root, side, stored);
    const packedEntries = packedPart(entries, stored);
    const { heads, restored } = quantised(packedEntries, grouping);
    return [
      ...compareSide({ side, heads, restored, quantiser, grouping, entries, stored, root, tolerance }),
      numbers(root, tolerance, { [`relative_error_${side}`]: relativeError(restored, packedEntries) }),
    ];
  });
  const keys = packedPart(readEntries(root, "k", stored), stored);
  const perToken = relativeError(quantised(keys, groupings.v).restored, keys);
  const bytes = bytesOf(stored);
  return Promise.resolve([
    compareExactly("dims.tokens_full", tokenCount - packedCount, readCount(root, "dims", "tokens_full")),
    ...sides,
    numbers(root, tolerance, { relative_error_k_if_grouped_per_token: perToken }),
    compareExactly(
      "bytes",
      [bytes.codes, bytes.groupNumbers, bytes.full, bytes.total],
      recordedBytes(root, ["codes", "scales_and_zeros", "residual", "total"]),
    ),
  ]);
};

/** Single numbers under `expected`, by name. */
function numbers(root: Field, tolerance: number, found: Readonly<Record<string, number>>): FieldComparison {
  const names = Object.keys(found);
  const recordedNumbers = names.map((name) => numberOf(fieldOf(fieldOf(root, "expected"), name)));
  return compareArrays(names.join(", "), Object.values(found), recordedNumbers, tolerance);
}

/** mean − head, and from that the head again. */
function deviations(rows: Float64Array, means: readonly number[]): Float64Array {
  return rows.map((value, at) => means[at] - value);
}

/** Of each head, what is packed. */
function packedPart(entries: Tensor, { kvHeadCount, headDim, packedCount }: StoredCase): Float64Array[] {
  return Array.from({ length: kvHeadCount }, (_, kvHead) =>
    Float64Array.from(sliceOf(entries, kvHead).data.subarray(0, packedCount * headDim)),
  );
}

/** ‖found − exact‖ / ‖exact‖ over all heads. */
function relativeError(found: readonly Float64Array[], exact: readonly Float64Array[]): number {
  let [error, size] = [0, 0];
  exact.forEach((head, at) => {
    head.forEach((value, item) => {
      error += (found[at][item] - value) ** 2;
      size += value ** 2;
    });
  });
  return Math.sqrt(error / size);
}

function readStored(root: Field, format: LayerFormat): StoredCase {
  const tokenCount = readCount(root, "dims", "tokens");
  return {
    ...{ tokenCount, format, packedCount: packedCountOf(format, tokenCount) },
    kvHeadCount: readCount(root, "dims", "kv_heads"),
    headDim: readCount(root, "dims", "head_dim"),
  };
}

function readEntries(root: Field, side: "k" | "v", { kvHeadCount, tokenCount, headDim }: StoredCase): Tensor {
  return tensorOf(fieldOf(fieldOf(root, "inputs"), side === "k" ? "keys" : "values"), [
    kvHeadCount,
    tokenCount,
    headDim,
  ]);
}

/** [slot][headDim]. The product stores them at 16 bits; one case keeps them as they are. */
function meansOf(entries: Tensor, packedCount: number, isHalf: boolean): number[] {
  const [kvHeadCount, , headDim] = entries.shape;
  return Array.from({ length: packedCount }, (_, slot) => {
    const token = rowsOfHeads(entries, slot, slot + 1);
    if (isHalf) return [...decodeFloat16(headMean(token, headDim))];
    return Array.from({ length: headDim }, (_unused, dim) => {
      return token.filter((__, at) => at % headDim === dim).reduce((sum, value) => sum + value, 0) / kvHeadCount;
    });
  }).flat();
}

/** low + scale · code, in float64. */
function dequantised({ codes, scales, lows }: QuantisedRows, width: number, grouping: Grouping): Float64Array {
  return Float64Array.from(codes, (code, at) => {
    const group = groupOf(at, width, grouping);
    return lows[group] + scales[group] * code;
  });
}

function groupOf(at: number, width: number, { axis, groupSize }: Grouping): number {
  const [slot, channel] = [Math.floor(at / width), at % width];
  if (axis === "tokens") return Math.floor(slot / groupSize) * width + channel;
  return slot * Math.ceil(width / groupSize) + Math.floor(channel / groupSize);
}

interface StoredSide {
  readonly side: "k" | "v";
  readonly heads: readonly QuantisedRows[];
  readonly restored: readonly Float64Array[];
  readonly quantiser: Quantiser;
  readonly grouping: Grouping;
  readonly entries: Tensor;
  readonly stored: StoredCase;
  readonly root: Field;
  readonly tolerance: number;
}

function compareSide(given: StoredSide): FieldComparison[] {
  const { side, heads, restored, quantiser, grouping, entries, stored, root, tolerance } = given;
  const { kvHeadCount, tokenCount, headDim, packedCount } = stored;
  const expected = fieldOf(root, "expected");
  const zero = zeroCode(quantiser);
  const { axis, groupSize } = grouping;
  const groups =
    axis === "channels" ? [packedCount, Math.ceil(headDim / groupSize)] : [packedCount / groupSize, headDim];
  const codes = heads.map(({ codes: ofHead }) =>
    Array.from({ length: packedCount }, (_, slot) =>
      Array.from(ofHead.subarray(slot * headDim, (slot + 1) * headDim), (code) => code - zero),
    ),
  );
  const lows = heads.flatMap(({ lows: ofHead }) => Array.from(ofHead, (low) => (quantiser.isSymmetric ? 0 : low)));
  const whole = heads.flatMap((_, kvHead) => [
    ...restored[kvHead],
    ...sliceOf(entries, kvHead).data.subarray(packedCount * headDim),
  ]);
  const array = (name: string, found: number[], shape: readonly number[]) =>
    compareArrays(name, found, recorded(expected, name, shape), tolerance);
  return [
    compareExactly(`codes_${side}`, codes, integersOf(fieldOf(expected, `codes_${side}`))),
    array(
      `scale_${side}`,
      heads.flatMap(({ scales }) => [...scales]),
      [kvHeadCount, ...groups],
    ),
    array(`low_${side}`, lows, [kvHeadCount, ...groups]),
    array(`reconstructed_${side}`, whole, [kvHeadCount, tokenCount, headDim]),
  ];
}

/** The largest error of a number, in steps of its group. */
function worstInSteps(
  { heads, restored, exact }: Pick<StoredSide, "heads" | "restored"> & { readonly exact: readonly Float64Array[] },
  headDim: number,
  grouping: Grouping,
): number {
  const errors = heads.flatMap(({ scales }, kvHead) =>
    Array.from(restored[kvHead], (value, at) => {
      return Math.abs(value - exact[kvHead][at]) / scales[groupOf(at, headDim, grouping)];
    }),
  );
  return Math.max(...errors);
}

function bytesOf({ format, kvHeadCount, tokenCount, headDim, packedCount }: StoredCase): StoredBytes {
  const slots = {
    packedSlots: kvHeadCount * packedCount,
    fullSlots: kvHeadCount * (tokenCount - packedCount),
    meanSlots: packedCount,
  };
  return storedBytes(format, slots, { headDim, numberBytes: FULL_NUMBER_BYTES });
}

function recordedBytes(root: Field, names: readonly string[]): number[] {
  const bytes = fieldOf(fieldOf(root, "expected"), "bytes");
  return names.map((name) => numberOf(fieldOf(bytes, name)));
}

function recorded(expected: Field, name: string, shape: readonly number[]): Float32Array {
  return tensorOf(fieldOf(expected, name), shape).data;
}
