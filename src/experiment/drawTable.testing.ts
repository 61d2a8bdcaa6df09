// Test pictures of tables: a line per family, column and window, then the outcomes at each budget share.
//
//   walk fullCache   eeee
//   walk gkv w16     .25 eeew  .5 eeee
//   walk snapKv w16  .25 wwur  .5 eerf

import { fullColumn, gridColumns } from "../../lab/table/grid";
import { policyOf } from "../settings/inForce";
import { drawResults } from "./drawResult.testing";
import type { ResultTable, TableCell } from "./resultTable";
import { outcomeLetters, summariseResults } from "./results";

/** Problems of 300 tokens at full difficulty. */
export function drawTable(picture: string): ResultTable {
  const cells = picture
    .trim()
    .split("\n")
    .flatMap((line) => drawLine(line.trim().split(/\s+/)));
  return {
    version: 1,
    name: "small",
    command: "npm run table -- --name small",
    date: "2026-01-31",
    model: { id: "winnow-1m", digest: "4be7f73a4dde9181bc14346b2e38b196", parameterCount: 820352 },
    backend: "cpu",
    seed: 900_000,
    problemCount: cells[0].count,
    families: [...new Set(cells.map(({ family }) => family))].map((family) => ({
      family,
      difficulty: 10,
      meanFullLength: 300.4,
    })),
    cells,
  };
}

function drawLine([family, columnId, ...rest]: readonly string[]): TableCell[] {
  if (columnId === fullColumn.id)
    return [drawCell({ family, columnId, letters: rest[0], share: null, windowSlots: null })];
  const [window, ...pairs] = rest;
  const windowSlots = Number(window.slice(1));
  return pairs.flatMap((share, at) =>
    at % 2 === 1 ? [] : [drawCell({ family, columnId, letters: pairs[at + 1], share: Number(share), windowSlots })],
  );
}

interface CellPicture {
  readonly family: string;
  readonly columnId: string;
  readonly letters: string;
  readonly share: number | null;
  readonly windowSlots: number | null;
}

function drawCell({ family, columnId, letters, share, windowSlots }: CellPicture): TableCell {
  const column = [fullColumn, ...gridColumns].find(({ id }) => id === columnId);
  if (column === undefined) throw new Error(`the grid has no column ${columnId}`);
  const { label, policyId, choices } = column;
  const results = drawResults(letters);
  const budgetSlots = share === null ? null : Math.round(share * 300);
  return {
    family,
    columnId,
    label,
    policyId,
    budgetShare: share,
    budgetSlots,
    windowSlots,
    intervalSteps: windowSlots === null ? null : 16,
    parameters: {
      alpha: 0.8,
      smoothing: "none",
      ...policyOf(policyId).defaults,
      ...(share === null ? {} : { budgetSlots: budgetSlots ?? 0, windowSlots: windowSlots ?? 0 }),
      ...choices,
    },
    ...summariseResults(results),
    outcomes: outcomeLetters(results),
  };
}
