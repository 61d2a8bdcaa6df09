// The scores of a formula (formula.ts), and what each of its operations computes, for the heads of one layer together. Every
// value is computed in 64 bits and rounded to 32 once, sums run in the order of the slots, comparisons are plain: every
// language gets the same bits.
import { assert, unreachable } from "../lib/errors";
import { naturalLog } from "../lib/naturalLog";
import { hashUniform } from "../lib/random";
import { rankingSteps, TERM_PREFIX, TOTAL, type Formula, type FormulaStep, type ScoreInputs } from "./formula";

export interface Scores {
  /** Z: higher stays; Infinity must stay. [candidate] */
  readonly total: Float32Array;
  /** Number to keep with each slot for the next event. [candidate] */
  readonly carry: Float32Array | null;
  /** The columns before the total, by name and in order. [candidate] */
  readonly parts: Readonly<Partial<Record<string, Float32Array>>>;
}

/** Says how many slots each head of a layer keeps, from the scores that heads are compared by. Both [head of the layer] */
export type KeepSlots = (ranking: readonly Float32Array[]) => ArrayLike<number>;

export interface LayerScores {
  readonly heads: readonly Scores[];
  /** As `KeepSlots` said. [head of the layer] */
  readonly keepSlots: ArrayLike<number>;
}

/** The scores of one layer's heads. `keepSlotsOf` is asked once, before the steps that depend on its answer. */
export function scoreLayer(formula: Formula, heads: readonly ScoreInputs[], keepSlotsOf: KeepSlots): LayerScores {
  const columns: Columns[] = heads.map(() => ({}));
  const before = rankingSteps(formula);
  let keepSlots: ArrayLike<number> | null = null;
  const askedWith = (ranked: string | undefined): ArrayLike<number> =>
    (keepSlots ??= keepSlotsOf(columns.map((own, head) => own[ranked ?? ""] ?? unscored(heads[head].candidateCount))));
  formula.steps.forEach((step, place) => {
    const kept = place < before.length ? null : askedWith(before.at(-1)?.column);
    const computed = computeColumn(step, heads, { columns, keepSlots: kept });
    computed.forEach((column, head) => (columns[head][step.column] = column));
  });
  keepSlots = askedWith(TOTAL);
  return {
    keepSlots,
    heads: columns.map(({ [TOTAL]: total, ...parts }, head) => ({
      total: total ?? unscored(heads[head].candidateCount),
      carry: formula.carry === null ? null : (parts[formula.carry] ?? null),
      parts,
    })),
  };
}

/** The scores of a head that is compared with no other. */
export function computeScores(formula: Formula, inputs: ScoreInputs, keepSlots = Infinity): Scores {
  return scoreLayer(formula, [inputs], () => [keepSlots]).heads[0];
}

/** Of a formula without steps: everything must stay. */
function unscored(candidateCount: number): Float32Array {
  return new Float32Array(candidateCount).fill(Infinity);
}

/** One head's columns by name. */
export type Columns = Partial<Record<string, Float32Array>>;

interface ColumnsBefore {
  /** At least those that the step reads. [head of the layer] */
  readonly columns: readonly Readonly<Columns>[];
  /** How many slots each head keeps; null before that is known. [head of the layer] */
  readonly keepSlots?: ArrayLike<number> | null;
}

/** One column for every head of a layer. */
export function computeColumn(
  step: FormulaStep,
  heads: readonly ScoreInputs[],
  { columns, keepSlots = null }: ColumnsBefore,
): Float32Array[] {
  const sourcesOf = heads.map((inputs, head) => step.from.map((name) => sourceOf(name, inputs, columns[head])));
  if (step.operation === "standardised") return standardised(heads, sourcesOf, step.numbers[0]);
  if (step.operation === "pooledByVariation") return pooledByVariation(heads, sourcesOf, step.numbers);
  if (step.operation === "layerMean") return layerMean(heads, sourcesOf);
  return heads.map((inputs, head) => {
    const sources = sourcesOf[head];
    const column = new Float32Array(inputs.candidateCount);
    fillColumn(step, sources, inputs, column);
    if (step.operation === "share" || step.operation === "shareOfSum") divideByLargest(column);
    if (step.operation === "secondStage") {
      assert(keepSlots !== null, `${step.column} needs to know how many slots stay`);
      const windowSlots = inputs.positions.length - inputs.candidateCount;
      markBest(sources[0], column, Math.floor(step.numbers[1] * keepSlots[head]) - windowSlots);
    }
    return column;
  });
}

function sourceOf(name: string, { terms }: ScoreInputs, columns: Readonly<Columns>): Float32Array {
  const isTerm = name.startsWith(TERM_PREFIX);
  const source = isTerm ? terms[name.slice(TERM_PREFIX.length)] : columns[name];
  assert(source !== undefined, isTerm ? `the term ${name} was not measured` : `${name} was not computed before`);
  return source;
}

/** What an operation makes of each slot, before `share` divides. A plain loop for each: this runs for every head. */
function fillColumn(
  { operation, numbers }: FormulaStep,
  [a, b]: readonly Float32Array[],
  inputs: ScoreInputs,
  column: Float32Array,
): void {
  const [c] = numbers;
  const count = column.length;
  switch (operation) {
    case "copy":
    case "share":
      for (let slot = 0; slot < count; slot++) column[slot] = a[slot];
      return;
    case "sum":
    case "shareOfSum":
      for (let slot = 0; slot < count; slot++) column[slot] = a[slot] + c * b[slot];
      return;
    case "decayed": {
      const carried = inputs.carried ?? new Float32Array(0);
      for (let slot = 0; slot < count; slot++) column[slot] = slot < carried.length ? c * carried[slot] : NaN;
      return;
    }
    case "largest":
      for (let slot = 0; slot < count; slot++) column[slot] = a[slot] > b[slot] ? a[slot] : b[slot];
      return;
    case "weighted":
      for (let slot = 0; slot < count; slot++) {
        column[slot] = Number.isNaN(a[slot]) ? b[slot] : a[slot] + (1 - c) * b[slot];
      }
      return;
    case "added":
      for (let slot = 0; slot < count; slot++) column[slot] = Number.isNaN(a[slot]) ? b[slot] : a[slot] + b[slot];
      return;
    case "pooled":
      for (let slot = 0; slot < count; slot++) column[slot] = largestAround(a, slot, c);
      return;
    case "averagePooled":
      for (let slot = 0; slot < count; slot++) column[slot] = averageAround(a, slot, c);
      return;
    case "pooledVotes":
      poolVotes(a, c, column);
      return;
    case "mixed":
      for (let slot = 0; slot < count; slot++) column[slot] = c * a[slot] - (1 - c) * b[slot];
      return;
    case "recency":
      for (let slot = 0; slot < count; slot++) column[slot] = slot < c ? Infinity : inputs.positions[slot];
      return;
    case "draw":
      draw(c, numbers[1], inputs, column);
      return;
    case "scaled":
      for (let slot = 0; slot < count; slot++) column[slot] = c * a[slot];
      return;
    case "product":
    case "secondStage":
      for (let slot = 0; slot < count; slot++) column[slot] = (a[slot] + c) * b[slot];
      return;
    case "logProduct":
      for (let slot = 0; slot < count; slot++) column[slot] = a[slot] + naturalLog(b[slot]);
      return;
    case "continued": {
      const first = 1 + naturalLog(c);
      for (let slot = 0; slot < count; slot++) column[slot] = a[slot] >= c ? a[slot] : c / (first - b[slot]);
      return;
    }
    case "shareOfBlock":
      for (let start = 0; start < count; start += c) fillShares(a, column.subarray(start, start + c), start);
      return;
    case "shareOfRow":
      fillShares(a, column, 0);
      return;
    case "rankInBlock":
      rankInBlocks(a, column, { sinks: c, block: numbers[1], lengthSlots: inputs.positions.length });
      return;
    case "standardised": // of all heads together, above
    case "layerMean":
    case "pooledByVariation":
      return;
    case "sinks":
      for (let slot = 0; slot < count; slot++) column[slot] = slot < c ? Infinity : a[slot];
      return;
    default:
      unreachable(operation);
  }
}

function draw(
  seed: number,
  longestPrompt: number,
  { event, layer, kvHead, positions, promptCount }: ScoreInputs,
  column: Float32Array,
): void {
  const sparedCount = promptCount <= longestPrompt ? promptCount : 0;
  for (let slot = 0; slot < column.length; slot++) {
    const position = positions[slot];
    column[slot] = hashUniform(seed, event, layer, kvHead, position) + (position < sparedCount ? 1 : 0);
  }
}

/** The best becomes exactly 1. Rows whose largest is 0 or less stay as they are. */
function divideByLargest(row: Float32Array): void {
  let largest = 0;
  for (const value of row) if (value > largest) largest = value;
  if (largest === 0) return;
  for (let slot = 0; slot < row.length; slot++) row[slot] /= largest;
}

/** Infinity for the `count` slots with the highest source; equals: the older slot. */
function markBest(source: Float32Array, column: Float32Array, count: number): void {
  const slots = Array.from(column, (_, slot) => slot).sort(
    (left, right) => source[right] - source[left] || left - right,
  );
  for (const slot of slots.slice(0, Math.max(0, count))) column[slot] = Infinity;
}

/** Fills `shares` with a part of the source, from `start` on, divided by its sum. */
function fillShares(source: Float32Array, shares: Float32Array, start: number): void {
  let sum = 0;
  for (let at = 0; at < shares.length; at++) sum += source[start + at];
  const divisor = sum > 0 ? sum : 1;
  for (let at = 0; at < shares.length; at++) shares[at] = source[start + at] / divisor;
}

interface Blocks {
  readonly sinks: number;
  readonly block: number;
  /** n: window included. */
  readonly lengthSlots: number;
}

function rankInBlocks(source: Float32Array, ranks: Float32Array, { sinks, block, lengthSlots }: Blocks): void {
  const count = ranks.length;
  for (let slot = 0; slot < count; slot++) ranks[slot] = source[slot];
  for (let start = sinks; start + 2 * block <= lengthSlots && start < count; start += block) {
    const slots = Array.from({ length: Math.min(block, count - start) }, (_, at) => start + at);
    slots.sort((left, right) => source[left] - source[right] || right - left);
    slots.forEach((slot, rank) => (ranks[slot] = rank / block));
  }
}

function standardised(
  heads: readonly ScoreInputs[],
  sourcesOf: readonly (readonly Float32Array[])[],
  sinks: number,
): Float32Array[] {
  const rows = sourcesOf.map(([a], head) => a.subarray(sinks, heads[head].candidateCount));
  const { mean, squares, count } = momentsOf(rows);
  const deviation = Math.sqrt(squares / (count - 1));
  return rows.map((row, head) => {
    const column = new Float32Array(heads[head].candidateCount);
    if (deviation > 0) row.forEach((value, at) => (column[sinks + at] = (value - mean) / deviation));
    return column;
  });
}

/** Of all rows together; squares are those of the distances from the mean, added up. */
function momentsOf(rows: readonly Float32Array[]): { mean: number; squares: number; count: number } {
  const count = rows.reduce((total, row) => total + row.length, 0);
  let sum = 0;
  for (const row of rows) for (const value of row) sum += value;
  const mean = sum / count;
  let squares = 0;
  for (const row of rows) for (const value of row) squares += (value - mean) * (value - mean);
  return { mean, squares, count };
}

function layerMean(heads: readonly ScoreInputs[], sourcesOf: readonly (readonly Float32Array[])[]): Float32Array[] {
  const sums = new Map<number, number>(); // by position
  const counts = new Map<number, number>();
  heads.forEach(({ candidateCount, positions }, head) => {
    for (let slot = 0; slot < candidateCount; slot++) {
      const position = positions[slot];
      sums.set(position, (sums.get(position) ?? 0) + sourcesOf[head][0][slot]);
      counts.set(position, (counts.get(position) ?? 0) + 1);
    }
  });
  return heads.map(({ candidateCount, positions }) =>
    Float32Array.from(
      positions.subarray(0, candidateCount),
      (position) => (sums.get(position) ?? NaN) / (counts.get(position) ?? 1),
    ),
  );
}

/** Neighbours are slots of the cache, which after an eviction can be far apart in the text. Ends are truncated. */
function largestAround(source: Float32Array, slot: number, width: number): number {
  assert(width % 2 === 1, `pooling width ${width} is even`);
  const reach = (width - 1) / 2;
  const end = Math.min(source.length, slot + reach + 1);
  let largest = -Infinity;
  for (let near = Math.max(0, slot - reach); near < end; near++) if (source[near] > largest) largest = source[near];
  return largest;
}

const POOLING_WIDTHS = [7, 5, 3];

/** The wider, the smaller the deviation (of all, not of a sample) is beside the mean of the layer's heads together. */
function pooledByVariation(
  heads: readonly ScoreInputs[],
  sourcesOf: readonly (readonly Float32Array[])[],
  limits: readonly number[],
): Float32Array[] {
  const rows = sourcesOf.map(([a], head) => a.subarray(0, heads[head].candidateCount));
  const { mean, squares, count } = momentsOf(rows);
  const variation = Math.sqrt(squares / count) / mean;
  const width = POOLING_WIDTHS.find((_, at) => variation < limits[at]) ?? 1;
  return rows.map((row) => row.map((_, slot) => averageAround(row, slot, width)));
}

/** Stretch by stretch, each with the voters behind it. */
function poolVotes(source: Float32Array, width: number, column: Float32Array): void {
  for (let start = 0; start < column.length;) {
    let [end, largest] = [start, -Infinity];
    while (end < column.length && source[end] >= 0) end++;
    const stretch = source.subarray(start, end);
    for (let slot = start; slot < end; slot++) {
      column[slot] = averageAround(stretch, slot - start, width);
      largest = Math.max(largest, column[slot]);
    }
    for (start = end; start < column.length && !(source[start] >= 0); start++) {
      column[start] = largest === -Infinity ? 1 : largest;
    }
  }
}

function averageAround(source: Float32Array, slot: number, width: number): number {
  assert(width % 2 === 1, `pooling width ${width} is even`);
  const reach = (width - 1) / 2;
  const end = Math.min(source.length, slot + reach + 1);
  let sum = 0;
  for (let near = Math.max(0, slot - reach); near < end; near++) sum += source[near];
  return sum / width;
}
