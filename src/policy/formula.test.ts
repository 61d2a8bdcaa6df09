// Each operation of a formula on rows that can be checked by eye, and what isn't a formula.
import { describe, expect, it } from "vitest";
import { hashUniform } from "../lib/random";
import { computeColumn } from "./columns";
import { objectionToFormula, type FormulaStep, type Operation, type ScoreInputs } from "./formula";

const inputs: ScoreInputs = {
  layer: 1,
  kvHead: 3,
  event: 2,
  candidateCount: 4,
  positions: Int32Array.of(0, 3, 5, 6, 7),
  promptCount: 4,
  terms: {},
  carried: Float32Array.of(4, 6),
};

function computed(
  operation: Operation,
  sources: readonly (readonly number[])[],
  numbers: readonly number[] = [],
  changes: Partial<ScoreInputs> = {},
): number[] {
  const names = ["a", "terms.b"].slice(0, sources.length);
  const [a, b] = sources.map((source) => Float32Array.from(source));
  const step: FormulaStep = { column: "total", operation, from: names, numbers };
  return [...computeColumn(step, [{ ...inputs, ...changes, terms: { b } }], { columns: [{ a }] })[0]];
}

describe("an operation", () => {
  // The same table stands in lab/training/tests/test_winnow_run.py.
  const [a, b] = [
    [1, NaN, 4, 0],
    [1, 3, 1, 2],
  ];
  it.each<[Operation, number[][], number[], number[]]>([
    ["copy", [a], [], [1, NaN, 4, 0]],
    ["share", [a], [], [0.25, NaN, 1, 0]],
    ["sum", [a, b], [2], [3, NaN, 6, 4]],
    ["shareOfSum", [a, b], [2], [0.5, NaN, 1, 4 / 6]],
    ["decayed", [], [0.5], [2, 3, NaN, NaN]],
    ["largest", [a, b], [], [1, 3, 4, 2]],
    ["weighted", [a, b], [0.75], [1.25, 3, 4.25, 0.5]],
    ["added", [a, b], [], [2, 3, 5, 2]],
    ["pooled", [a], [3], [1, 4, 4, 4]],
    ["averagePooled", [b], [3], [4 / 3, 5 / 3, 2, 1]],
    ["mixed", [a, b], [0.25], [-0.5, NaN, 0.25, -1.5]],
    ["recency", [], [1], [Infinity, 3, 5, 6]],
    ["scaled", [a], [2], [2, NaN, 8, 0]],
    ["product", [a, b], [0.5], [1.5, NaN, 4.5, 1]],
    ["logProduct", [a, b], [], [1, NaN, 4, Math.log(2)]],
    ["continued", [a, b], [2], [2 / Math.log(2), 2 / (Math.log(2) - 2), 4, 2 / (Math.log(2) - 1)]],
    ["sinks", [a], [1], [Infinity, NaN, 4, 0]],
  ])("%s does what its table says", (operation, sources, numbers, expected) => {
    expect(computed(operation, sources, numbers)).toEqual(expected.map(Math.fround));
  });

  // So does this one: two heads of a layer, of 6 and 3 candidates in front of 2 slots of the window.
  const deviation = Math.sqrt(4.25);
  it.each<[Operation, number[], number[][]]>([
    // prettier-ignore
    ["shareOfBlock", [2], [[0.25, 0.75, 0.5, 0.5, 1, 0], [0, 0, 1]]],
    // prettier-ignore
    ["shareOfRow", [], [[1 / 14, 3 / 14, 2 / 14, 2 / 14, 6 / 14, 0], [0, 0, 1]]],
    // prettier-ignore
    ["rankInBlock", [1, 2], [[1, 0.5, 0, 0, 0.5, 0], [0, 0, 0.5]]],
    ["standardised", [4], [[0, 0, 0, 0, 3, -3].map((x) => x / Math.sqrt(18)), [0, 0, 0]]],
    // Positions 0, 1 and 2 are candidates of both heads.
    // prettier-ignore
    ["layerMean", [], [[0.5, 1.5, 3, 2, 6, 0], [0.5, 1.5, 3]]],
    // prettier-ignore
    ["pooledByVariation", [0.5, 0.9, 1.2], [[4 / 3, 2, 7 / 3, 10 / 3, 8 / 3, 2], [0, 4 / 3, 4 / 3]]],
    // prettier-ignore
    ["standardised", [0], [[-1, 1, 0, 0, 4, -2].map((x) => x / deviation), [-2, -2, 2].map((x) => x / deviation)]],
  ])("%s over a row or a layer does what its table says", (operation, numbers, expected) => {
    const columns = [[1, 3, 2, 2, 6, 0], [0, 0, 4]].map((row) => ({ a: Float32Array.from(row) })); // prettier-ignore
    const heads = columns.map(({ a: row }, kvHead): ScoreInputs => {
      const positions = Int32Array.from({ length: row.length + 2 }, (_, slot) => slot);
      return { ...inputs, kvHead, candidateCount: row.length, positions };
    });
    const found = computeColumn({ column: "c", operation, from: ["a"], numbers }, heads, { columns });
    expect(found.map((row) => [...row])).toEqual(expected.map((row) => row.map(Math.fround)));
  });

  it("pooledVotes pools between voters, which get the highest of their stretch", () => {
    const row = [3, 6, -1, -1, 3, 0, 6, -1];
    expect(computed("pooledVotes", [row], [3], { candidateCount: 8 })).toEqual([3, 3, 3, 3, 1, 3, 2, 3]);
    expect(computed("pooledVotes", [[-1, 2, 5, -1]], [1])).toEqual([1, 2, 5, 5]);
  });

  // And this one: of two heads with a window of 2, so many slots stay.
  it.each<[number[], number[], number[][]]>([
    [[0.5, 0.5], [3, 6], [[1.5, 7, 2.5, 5, 0], [3.5, 1, Infinity]]], // prettier-ignore
    [[0, 1], [3, 2], [[1, 6, 2, 4, Infinity], [3, 0, 4]]], // prettier-ignore
    [[1, 0], [9, 9], [[2, 8, 3, 6, 0], [4, 2, 5]]], // prettier-ignore
  ])("secondStage with %j refines what keeps %j slots", (numbers, keepSlots, expected) => {
    const columns = [[1, 3, 2, 2, 6], [3, 0, 4]].map((row) => ({ a: Float32Array.from(row) })); // prettier-ignore
    const b = [[1, 2, 1, 2, 0], [1, 2, 1]].map((row) => Float32Array.from(row)); // prettier-ignore
    const heads = columns.map(({ a: row }, kvHead): ScoreInputs => {
      const positions = Int32Array.from({ length: row.length + 2 }, (_, slot) => slot);
      return { ...inputs, kvHead, candidateCount: row.length, positions, terms: { b: b[kvHead] } };
    });
    const step: FormulaStep = { column: "c", operation: "secondStage", from: ["a", "terms.b"], numbers };
    const found = computeColumn(step, heads, { columns, keepSlots });
    expect(found.map((row) => [...row])).toEqual(expected);
  });

  it("draws by event, head and position, and spares a prompt that is short enough", () => {
    const candidates = inputs.positions.subarray(0, 4);
    const expected = (spared: number) =>
      Array.from(candidates, (position) =>
        Math.fround(hashUniform(7, 2, 1, 3, position) + (position < spared ? 1 : 0)),
      );
    expect(computed("draw", [], [7, 4])).toEqual(expected(4));
    expect(computed("draw", [], [7, 3])).toEqual(expected(0));
  });

  it("leaves a row as it is where nothing in it is above 0", () => {
    expect(computed("share", [[0, 0, -1, 0]])).toEqual([0, 0, -1, 0]);
  });

  it("decays no more than there are candidates, and nothing before anything is carried", () => {
    expect(computed("decayed", [], [0.5], { carried: Float32Array.of(8, 6, 4, 2, 1) })).toEqual([4, 3, 2, 1]);
    expect(computed("decayed", [], [0.5], { carried: null })).toEqual([NaN, NaN, NaN, NaN]);
  });

  it("is computed in 64 bits and rounded once", () => {
    const [value] = computed("mixed", [Array<number>(4).fill(0.1), Array<number>(4).fill(0.7)], [0.3]);
    expect(value).toBe(Math.fround(0.3 * Math.fround(0.1) - (1 - 0.3) * Math.fround(0.7)));
  });
});

describe("a formula from a stranger", () => {
  const step = (column: string, operation: Operation, from: string[] = [], numbers: number[] = []): FormulaStep => ({
    column,
    operation,
    from,
    numbers,
  });
  const total = step("total", "copy", ["local"]);
  const local = step("local", "share", ["terms.windowAttention"]);

  it.each<[string, FormulaStep[], string | null, string]>([
    ["computes a column twice", [local, local, total], null, "computes local twice"],
    ["reads a later column", [step("local", "copy", ["total"]), total], null, "reads total, which isn’t computed"],
    ["reads itself", [step("total", "copy", ["total"])], null, "reads total"],
    ["reads too much", [local, step("total", "copy", ["local", "local"])], null, "reads 2 columns, copy needs 1"],
    ["lacks a number", [local, step("total", "pooled", ["local"])], null, "has 0 numbers, pooled needs 1"],
    ["pools evenly", [local, step("total", "pooled", ["local"], [4])], null, "a width of 4, expected an odd number"],
    ["pools everything", [local, step("total", "pooled", ["local"], [65])], null, "from 1 to 63"],
    ["has no total", [local], null, "doesn’t end with the total"],
    [
      "has blocks of nothing",
      [local, step("total", "shareOfBlock", ["local"], [0])],
      null,
      "has block of 0, expected whole",
    ],
    [
      "ranks from a part of a slot",
      [local, step("total", "rankInBlock", ["local"], [0.5, 2])],
      null,
      "has sinks and block of 0.5 and 2",
    ],
    ["carries what it doesn't compute", [local, total], "global", "carries global"],
    ["carries its total", [local, total], "total", "carries total"],
  ])("is refused when it %s", (_, steps, carry, objection) => {
    expect(objectionToFormula({ steps, carry, start: null })).toContain(objection);
  });

  it("may read any term, carry a part, or have no steps", () => {
    expect(objectionToFormula({ steps: [local, total], carry: "local", start: "keyNorm" })).toBeNull();
    expect(objectionToFormula({ steps: [], carry: null, start: null })).toBeNull();
  });
});
