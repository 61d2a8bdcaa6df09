// Small score cards for tests: letters per item, the full cache beside a method.
import type { ScoreCardCell, ScoreCardFile } from "./scoreCardFile";

export type DrawnCell = Pick<ScoreCardCell, "suite" | "columnId" | "outcomes"> & Partial<ScoreCardCell>;

/** Times, bytes and likeness follow from the letters where they are not given. */
export function drawCell(cell: DrawnCell): ScoreCardCell {
  const numbers = (value: number): number[] => Array.from(cell.outcomes, () => value);
  return {
    ...{ unit: "slots", label: cell.columnId, policyId: cell.columnId, budgetShare: 0.4, budgetSlots: 40, choices: {} },
    likeness: Array.from(cell.outcomes, (letter) => (letter === "e" ? "t" : letter === "r" ? "a" : "o")).join(""),
    ...{ cpuMs: numbers(100), fullCpuMs: numbers(200), heldBytes: numbers(40), fullBytes: numbers(100) },
    ...cell,
  };
}

export function drawFull(suite: string, outcomes: string): ScoreCardCell {
  const place = { suite, outcomes, columnId: "fullCache", label: "Full cache", budgetShare: null, budgetSlots: null };
  const likeness = "t".repeat(outcomes.length);
  return {
    ...drawCell(place),
    likeness,
    cpuMs: [200, 200],
    fullCpuMs: [200, 200],
    heldBytes: [100, 100],
    fullBytes: [100, 100],
  };
}

export function drawCard(cells: readonly ScoreCardCell[], rest: Partial<ScoreCardFile> = {}): ScoreCardFile {
  const families = [...new Set(cells.map(({ suite }) => suite))].filter((suite) => suite !== "stream");
  return {
    ...{ version: 1, name: "drawn", command: "npm run scorecard", date: "2026-11-30", seed: 900_000, stream: null },
    model: { id: "winnow-1m", digest: "d", parameterCount: 1 },
    families: families.map((family) => ({ family, difficulty: 10, meanFullLength: 100 })),
    cells: [...cells],
    refused: [],
    ...rest,
  };
}
