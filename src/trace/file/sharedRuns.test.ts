// Two run files that the Python tools read too (lab/training/tests/test_winnow_run.py): layers with windows, and a run that
// recorded some of its heads. What they hold stands beside them as text.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { headRow, rowCount, type HeadRows } from "../../cache/headRows";
import type { Trace } from "../trace";
import { decodeRunFile } from "./runFile";

const folder = new URL("../../../fixtures/runs/", import.meta.url);

const rowsOf = (rows: HeadRows): number[][] =>
  Array.from({ length: rowCount(rows) }, (_, head) => Array.from(headRow(rows, head)));

function contentOf({ steps, events }: Trace): string {
  const content = {
    recordedSlots: steps.map(({ attention }) => rowsOf(attention).map(({ length }) => length)),
    events: events.map(({ step, positionsBefore, survivors, total, excusedSlots, cutOff }) => ({
      step,
      kept: rowsOf(survivors).map((slots, head) => slots.map((slot) => headRow(positionsBefore, head)[slot])),
      total: rowsOf(total),
      ...(excusedSlots && { excusedSlots: rowsOf(excusedSlots) }),
      cutOff: Array.from(cutOff),
    })),
  };
  return `${JSON.stringify(content)}\n`;
}

it.each(["windowed-gkv", "partial"])("%s holds what its text says", async (name) => {
  const trace = await decodeRunFile(await readFile(new URL(`${name}.winnow`, folder)), name);
  await expect(contentOf(trace)).toMatchFileSnapshot(new URL(`${name}.json`, folder).pathname);
});
