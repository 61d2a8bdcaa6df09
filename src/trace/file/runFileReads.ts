// What the steps of a run read where they select, as columns of a run file: the slots, and what the selection found.

import { headRow, joinRows, type HeadRows } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import { within, type ColumnReader, type ColumnWriter } from "./columns";
import type { ReadMeasures, StepRecord } from "../trace";

const measureNames = ["recall", "attention"] as const;
const columnNames = { recall: "steps/readRecall", attention: "steps/readAttention" } as const;

export function writeReads(columns: ColumnWriter, steps: readonly StepRecord[]): void {
  if (!steps.some(({ readSlots }) => readSlots !== undefined)) return;
  // One flag for each slot of a head that read what it selected; a head that read every slot has none.
  const flags = steps.map(({ step, readSlots, lengths }) => {
    assert(readSlots !== undefined, `step ${step} does not say what it read, others do`);
    assert(readSlots.offsets.length === lengths.length + 1, `step ${step} says what other heads read`);
    return Array.from(lengths, (length, head) => {
      const read = headRow(readSlots, head);
      if (read.length === 0) return new Uint8Array(0);
      const row = new Uint8Array(length);
      for (const slot of read) row[slot] = 1;
      return row;
    });
  });
  const selective = flags.map((rows) => rows.map((row) => Math.min(1, row.length)));
  columns.put("steps/isSelective", "uint8", selective);
  columns.put("steps/isRead", "uint8", flags.flat());
  writeMeasures(columns, steps, selective);
}

function writeMeasures(
  columns: ColumnWriter,
  steps: readonly StepRecord[],
  selective: readonly (readonly number[])[],
): void {
  if (!steps.some(({ readMeasures }) => readMeasures !== undefined)) return;
  for (const name of measureNames) {
    const rows = steps.map(({ step, readMeasures, lengths }) => {
      assert(readMeasures !== undefined, `step ${step} does not say what its selection found, others do`);
      assert(readMeasures[name].length === lengths.length, `step ${step} says what other heads found`);
      return readMeasures[name].filter((_, head) => selective[step][head] === 1);
    });
    columns.put(columnNames[name], "float32", rows);
  }
}

interface StepShape {
  readonly lengths: Int32Array; // [layer][kvHead]
}

/** Of every step, or null for a run that reads every slot. */
export function readReads(
  columns: ColumnReader,
  fileName: string,
  replayed: readonly StepShape[],
): readonly Pick<StepRecord, "readSlots" | "readMeasures">[] | null {
  if (!columns.has("steps/isSelective")) return null;
  const flagsOf = (name: string, counts: readonly number[]): Uint8Array[] =>
    columns.takeParts(name, "uint8", counts).map((part) => within(part, 0, 1, `${fileName}, ${name}`));
  const selective = flagsOf(
    "steps/isSelective",
    replayed.map(({ lengths }) => lengths.length),
  );
  const flags = flagsOf(
    "steps/isRead",
    replayed.flatMap(({ lengths }, step) => Array.from(lengths, (length, head) => length * selective[step][head])),
  );
  const headCount = replayed[0]?.lengths.length ?? 0;
  const measures = readMeasures(columns, fileName, selective);
  return replayed.map((_, step) => ({
    readSlots: slotsOf(flags.slice(step * headCount, (step + 1) * headCount)),
    ...(measures && { readMeasures: measures[step] }),
  }));
}

function slotsOf(flags: readonly Uint8Array[]): HeadRows<Int32Array> {
  const rows = flags.map((row) => Int32Array.from(row.keys()).filter((slot) => row[slot] === 1));
  return joinRows(rows, Int32Array);
}

function readMeasures(
  columns: ColumnReader,
  fileName: string,
  selective: readonly Uint8Array[],
): readonly ReadMeasures[] | null {
  if (!columns.has(columnNames.recall)) return null;
  const counts = selective.map((flags) => flags.reduce((sum, flag) => sum + flag, 0));
  const [recall, attention] = measureNames.map((name) =>
    columns.takeParts(columnNames[name], "float32", counts).map((part, step) => {
      const found = within(part, 0, 1, `${fileName}, ${columnNames[name]}`);
      let at = 0;
      return Float32Array.from(selective[step], (flag) => (flag === 1 ? found[at++] : NaN));
    }),
  );
  return selective.map((_, step) => ({ recall: recall[step], attention: attention[step] }));
}
