// Group quantisation: a group of numbers becomes small whole numbers (codes), a scale, and where the codes start. One function
// computes them for every storage that packs; halves to even, as the recorded cases have it.

import { decodeHalf, halfAbove, halfBelow } from "../../lib/float16";

export interface Quantiser {
  /** 2, 3, 4 or 8. */
  readonly bits: number;
  /** Codes to both sides of zero, without a lowest number. */
  readonly isSymmetric: boolean;
  /**
   * Scale and lowest number are rounded to 16 bits before a code is computed, outwards, so that the group still lies
   * between them: every number comes back within half of the stored step.
   */
  readonly hasHalfNumbers: boolean;
}

/** number ≈ low + scale · code, with codes from 0 on. */
export interface GroupNumbers {
  /** The step. 0 where all numbers of the group are equal. */
  readonly scale: number;
  readonly low: number;
}

/** Where a group's numbers lie in an array. */
export interface Stretch {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

/** What is added to a symmetric code so that codes start from 0. */
export function zeroCode({ bits, isSymmetric }: Pick<Quantiser, "bits" | "isSymmetric">): number {
  return isSymmetric ? 2 ** (bits - 1) - 1 : 0;
}

/**
 * Quantises one group; its codes take the places that its numbers have in `numbers`.
 * Asymmetric: code = round((x − min) / s), s = (max − min) / (2ᵇ − 1). Symmetric: code = round(x / s), s = max|x| / (2ᵇ⁻¹ − 1).
 */
function quantiseGroup(
  numbers: ArrayLike<number>,
  stretch: Stretch,
  quantiser: Quantiser,
  codes: Uint8Array | Uint16Array,
): GroupNumbers {
  const { first, count, stride } = stretch;
  const { isSymmetric, bits } = quantiser;
  const zero = zeroCode(quantiser);
  const highestCode = isSymmetric ? 2 * zero : 2 ** bits - 1;
  const { scale, low } = groupNumbers(numbers, stretch, quantiser);
  const start = isSymmetric ? 0 : low;
  for (let i = 0, at = first; i < count; i++, at += stride) {
    const steps = scale === 0 ? 0 : roundHalfToEven((numbers[at] - start) / scale);
    codes[at] = Math.min(highestCode, Math.max(0, steps + zero));
  }
  return { scale, low };
}

function groupNumbers(
  numbers: ArrayLike<number>,
  { first, count, stride }: Stretch,
  { bits, isSymmetric, hasHalfNumbers }: Quantiser,
): GroupNumbers {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 0, at = first; i < count; i++, at += stride) {
    if (numbers[at] < lowest) lowest = numbers[at];
    if (numbers[at] > highest) highest = numbers[at];
  }
  if (isSymmetric) {
    const zero = zeroCode({ bits, isSymmetric });
    const exact = Math.max(-lowest, highest) / zero;
    const scale = hasHalfNumbers ? decodeHalf(halfAbove(exact)) : exact;
    return { scale, low: -zero * scale };
  }
  const stepCount = 2 ** bits - 1;
  if (!hasHalfNumbers) return { scale: (highest - lowest) / stepCount, low: lowest };
  const low = decodeHalf(halfBelow(lowest));
  return { scale: decodeHalf(halfAbove((highest - low) / stepCount)), low };
}

export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** How the numbers of a head's entries form groups. */
export interface Grouping {
  /** Neighbouring channels of one slot, or one channel of neighbouring slots. */
  readonly axis: "channels" | "tokens";
  /** Numbers of a group; the last group of channels may be smaller, and there are no more channels than a head has. */
  readonly groupSize: number;
}

export interface QuantisedRows {
  readonly codes: Uint8Array; // [slot][channel]
  /** Along channels [slot][group], along tokens [block of slots][channel]. */
  readonly scales: Float64Array;
  readonly lows: Float64Array;
}

/** Groups in a slot of so many channels, or in a block of slots. */
export function groupsOfRow({ axis, groupSize }: Grouping, width: number): number {
  return axis === "channels" ? Math.ceil(width / groupSize) : width;
}

/** Quantises the rows of some slots, [slot][channel]; along tokens there are whole blocks of them. */
export function quantiseRows(
  rows: ArrayLike<number>,
  width: number,
  quantiser: Quantiser,
  { axis, groupSize }: Grouping,
): QuantisedRows {
  const slotCount = rows.length / width;
  const stretches =
    axis === "channels" ? channelStretches(slotCount, width, groupSize) : tokenStretches(slotCount, width, groupSize);
  const codes = new Uint8Array(rows.length);
  const scales = new Float64Array(stretches.length);
  const lows = new Float64Array(stretches.length);
  stretches.forEach((stretch, group) => {
    const { scale, low } = quantiseGroup(rows, stretch, quantiser, codes);
    scales[group] = scale;
    lows[group] = low;
  });
  return { codes, scales, lows };
}

function channelStretches(slotCount: number, width: number, groupSize: number): Stretch[] {
  const perRow = Math.ceil(width / groupSize);
  return Array.from({ length: slotCount * perRow }, (_, group) => {
    const from = (group % perRow) * groupSize;
    const first = Math.floor(group / perRow) * width + from;
    return { first, count: Math.min(groupSize, width - from), stride: 1 };
  });
}

function tokenStretches(slotCount: number, width: number, groupSize: number): Stretch[] {
  return Array.from({ length: (slotCount / groupSize) * width }, (_, group) => {
    const first = Math.floor(group / width) * groupSize * width + (group % width);
    return { first, count: groupSize, stride: width };
  });
}
