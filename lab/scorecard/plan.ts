// What the score card runs itself: methods × budgets, at equal slots and at equal bytes, in the order in which they are run. The
// stored tables have the rest. EffiVLM-Bench asks at 1, 10 and 40 %; 25 % is where the tables have every method.

import { bytesColumns } from "../table/bytesGrid";
import { gridColumns, type GridColumn } from "../table/grid";

export interface CardPart {
  readonly unit: "slots" | "bytes";
  readonly columns: readonly GridColumn[];
  readonly shares: readonly number[];
}

export const cardShares: readonly number[] = [0.01, 0.1, 0.25, 0.4];

/** At least one method of each part of the list of policies. */
const mainIds = [
  ...["gkv", "rKv", "snapKv", "h2oOfKvPress", "lagKv", "keyDiff", "expectedAttention", "adaKv"],
  ...["streamingLlm", "promptRecent", "random"],
];

/** Methods whose entries or reading differ; as computed, they stand at equal slots. */
const bytesIds = ["gkv16", "gkv8", "gkv4", "gkvKivi4", "gkvMerged", "keepKv"];

const isMain = ({ id }: GridColumn): boolean => mainIds.includes(id);

export const cardParts: readonly CardPart[] = [
  { unit: "slots", columns: gridColumns.filter(isMain), shares: [0.01, 0.1, 0.4] },
  { unit: "bytes", columns: bytesColumns.filter(({ id }) => bytesIds.includes(id)), shares: [0.01, 0.1, 0.4] },
  { unit: "slots", columns: gridColumns.filter(isMain), shares: [0.25] },
  { unit: "slots", columns: gridColumns.filter((column) => !isMain(column)), shares: [0.01, 0.1, 0.4] },
];

/** Problems of each family, and streams. */
export const cardCount = 12;
/** Problems of each family that are also fed the full cache's tokens. */
export const fedCount = 4;
