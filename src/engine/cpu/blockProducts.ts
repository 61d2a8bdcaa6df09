// Products with matrices that are stored in blocks: what defines them, in plain TypeScript. An input becomes integers of 30
// bits with a scale for every 32 columns; a row's codes are multiplied with them exactly, and only the sums of a group are
// rounded, to float32. simd/blockProduct.wat computes the same bits.
//
//   row · input = Σ over groups of scale · inputScale · Σ (code · integer)  +  Σ over groups of low · Σ input

import { unpackedRow, type BlockFormat, type UnpackedRow } from "../../model/weightFormats";

/** Columns that share a scale of the input; every block has a multiple of them. */
const INPUT_GROUP = 32;
const LANES = 4;
const { fround } = Math;

/** What a product needs of an input, prepared once for all rows. */
export interface PreparedInput {
  /** Integers: high · 2^15 + low, both of 15 bits and a sign. [column] */
  readonly high: Int16Array;
  readonly low: Int16Array;
  readonly scales: Float32Array; // [column / 32]
  readonly sums: Float32Array; // [column / 16]
}

export function prepareInput(input: Float32Array): PreparedInput {
  const prepared: PreparedInput = {
    high: new Int16Array(input.length),
    low: new Int16Array(input.length),
    scales: new Float32Array(input.length / INPUT_GROUP),
    sums: new Float32Array(input.length / 16),
  };
  for (let group = 0; group < prepared.scales.length; group++) {
    const columns = input.subarray(group * INPUT_GROUP, (group + 1) * INPUT_GROUP);
    const largest = columns.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Inputs too small to be scaled count as zero; what is not finite stays so.
    const isScaled = largest > 2 ** -96;
    prepared.scales[group] = largest * (isScaled ? 2 ** -29 : 0);
    const up = isScaled ? fround(2 ** 29 / largest) : 0;
    columns.forEach((value, at) => {
      const integer = nearest(fround(value * up));
      const high = (integer + 0x4000) >> 15;
      prepared.high[group * INPUT_GROUP + at] = high;
      prepared.low[group * INPUT_GROUP + at] = integer - (high << 15);
    });
    prepared.sums[2 * group] = sumOf16(columns.subarray(0, 16));
    prepared.sums[2 * group + 1] = sumOf16(columns.subarray(16));
  }
  return prepared;
}

/** Half to even, as the processor rounds; 0 for what is not a number. */
function nearest(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) | 0;
}

function sumOf16(values: Float32Array): number {
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fround(fround(values[lane] + values[lane + 4]) + fround(values[lane + 8] + values[lane + 12])),
  );
  return acrossLanes(lanes);
}

function acrossLanes(lanes: ArrayLike<number>): number {
  return fround(fround(lanes[0] + lanes[1]) + fround(lanes[2] + lanes[3]));
}

/** One row times one input, as the registers compute it: lane l has columns 2l and 2l + 1 of every eight. */
function rowProduct(
  { codes, scales, lows }: UnpackedRow,
  input: PreparedInput,
  { groupValues, hasLows }: Pick<BlockFormat, "groupValues" | "hasLows">,
): number {
  const sums = new Float32Array(LANES);
  let rest = 0;
  for (let group = 0; group < codes.length / groupValues; group++) {
    const first = group * groupValues;
    const inputGroup = Math.floor(first / INPUT_GROUP);
    const scale = fround(scales[group] * input.scales[inputGroup]);
    for (let lane = 0; lane < LANES; lane++) {
      let high = 0;
      let low = 0;
      for (let at = first + 2 * lane; at < first + groupValues; at += 8) {
        high += codes[at] * input.high[at] + codes[at + 1] * input.high[at + 1];
        low += codes[at] * input.low[at] + codes[at + 1] * input.low[at + 1];
      }
      const product = fround(fround(fround(high) * 2 ** 15) + fround(low));
      sums[lane] += fround(product * scale);
    }
    if (!hasLows) continue;
    const sum =
      groupValues === 16 ? input.sums[group] : fround(input.sums[2 * inputGroup] + input.sums[2 * inputGroup + 1]);
    rest = fround(rest + fround(lows[group] * sum));
  }
  return fround(rest + acrossLanes(sums));
}

/** output[row] = row · input. `readRow` puts what a row says into the given place. */
export function plainBlockProduct(
  { format, readRow }: { readonly format: BlockFormat; readonly readRow: (row: number, place: UnpackedRow) => void },
  input: Float32Array,
  output: Float32Array,
): void {
  const prepared = prepareInput(input);
  const place = unpackedRow(format, input.length);
  for (let row = 0; row < output.length; row++) {
    readRow(row, place);
    output[row] = rowProduct(place, prepared, format);
  }
}
