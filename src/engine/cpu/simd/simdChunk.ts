// A chunk of slots in a WebAssembly memory of its own: stored codes are copied in, storedRows.wat unpacks and multiplies them.

import { zeroCode } from "../../storage/quantiser";
import { chunkSlots, type Chunk, type CodeRun } from "../chunk";
import { openModule } from "./openModule";
import { storedRowsModule } from "./storedRowsModule";

/** Null where there is no SIMD, or for heads whose dimensions do not fill its lanes. */
export function createSimdChunk(headDim: number): Chunk | null {
  if (headDim % 8 !== 0) return null;
  const slotCount = chunkSlots(headDim);
  const at = memoryPlan(slotCount, headDim);
  const opened = openModule(storedRowsModule, at.end);
  if (opened === null) return null;
  const kernels = opened.exports as unknown as Kernels;
  const { buffer } = opened.memory;
  const rows = new Float32Array(buffer, at.rows, slotCount * headDim);
  const words = new Uint32Array(buffer, at.packed, (slotCount * headDim) / 2);
  const halves = new Uint16Array(buffer, at.packed, slotCount * headDim);
  const groupHalves = new Uint16Array(buffer, at.groupHalves, (slotCount * headDim) / 4);
  const scales = new Float32Array(buffer, at.scales, groupHalves.length);
  const lows = new Float32Array(buffer, at.lows, groupHalves.length);
  const weightsIn = new Float32Array(buffer, at.slots, slotCount);
  const productsOut = new Float64Array(buffer, at.slots, slotCount);
  const dims = new Float64Array(buffer, at.dims, headDim);
  for (const bits of [2, 3, 4, 8]) {
    const up = Array.from({ length: 4 }, (_, lane) => 2 ** (32 - bits * (lane + 1)));
    new Uint32Array(buffer, at.up + 16 * bits, 4).set(up);
  }

  /** Their numbers at `scales` and `lows`. */
  const bringGroups = (run: CodeRun): void => {
    const count = run.scales.length;
    groupHalves.set(run.scales);
    kernels.unpackHalves(at.groupHalves, at.scales, count);
    if (run.lows === null) {
      const zero = zeroCode({ bits: run.bits, isSymmetric: true });
      for (let group = 0; group < count; group++) lows[group] = -zero * scales[group];
    } else {
      groupHalves.set(run.lows);
      kernels.unpackHalves(at.groupHalves, at.lows, count);
    }
    words.set(run.words);
  };

  return {
    rows,
    slotCount,
    multiply: (query, products) => {
      dims.set(query);
      kernels.multiply(at.rows, at.dims, at.slots, products.length, headDim);
      products.set(productsOut.subarray(0, products.length));
    },
    addUp: (weights, sums) => {
      weightsIn.set(weights);
      dims.set(sums);
      kernels.addUp(at.slots, at.rows, at.dims, weights.length, headDim);
      sums.set(dims);
    },
    takeFromMean: (means) => {
      halves.set(means);
      kernels.takeFromMean(at.packed, at.rows, means.length);
    },
    unpacking: {
      halves: (given) => {
        halves.set(given);
        kernels.unpackHalves(at.packed, at.rows, given.length);
      },
      groups: (run, groupNumbers) => {
        bringGroups(run);
        const up = at.up + 16 * run.bits;
        kernels.unpackGroups(at.packed, at.scales, at.lows, at.rows, run.scales.length, groupNumbers, run.bits, up);
      },
      block: (run, firstSlot, count) => {
        bringGroups(run);
        const to = at.rows + 4 * firstSlot * headDim;
        kernels.unpackBlock(at.packed, at.scales, at.lows, to, count, headDim, run.bits, at.up + 16 * run.bits);
      },
    },
  };
}

/** storedRows.wat, which says what each offset and count is. */
interface Kernels {
  unpackHalves(halves: number, numbers: number, count: number): void;
  takeFromMean(means: number, numbers: number, count: number): void;
  unpackGroups(...offsetsAndCounts: [number, number, number, number, number, number, number, number]): void;
  unpackBlock(...offsetsAndCounts: [number, number, number, number, number, number, number, number]): void;
  multiply(rows: number, query: number, products: number, rowCount: number, columnCount: number): void;
  addUp(weights: number, rows: number, sums: number, rowCount: number, columnCount: number): void;
}

/** Byte offsets into the memory. */
type MemoryPlan = Readonly<
  Record<"up" | "rows" | "packed" | "groupHalves" | "scales" | "lows" | "slots" | "dims" | "end", number>
>;

function memoryPlan(slotCount: number, headDim: number): MemoryPlan {
  let end = 0;
  const take = (byteCount: number): number => {
    const first = end;
    end += 16 * Math.ceil((byteCount + 16) / 16); // kernels may read a register beyond
    return first;
  };
  const numbers = slotCount * headDim;
  const plan = {
    up: take(16 * 9),
    rows: take(4 * numbers),
    packed: take(2 * numbers),
    groupHalves: take(numbers / 2),
    scales: take(numbers),
    lows: take(numbers),
    slots: take(8 * slotCount),
    dims: take(8 * headDim),
  };
  return { ...plan, end };
}
