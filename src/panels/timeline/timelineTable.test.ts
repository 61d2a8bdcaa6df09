import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { decodeRunFile } from "../../trace/file/runFile";
import { lengthBeforeOf } from "../../trace/trace";
import { timelineLayout } from "./layout";
import type { TimelineScene } from "./scene";
import { timelineTable } from "./timelineTable";
import { verdictMarks } from "./verdictMarks";

const file = "walk-snapkv.winnow";
const trace = await decodeRunFile(await readFile(new URL(`../../../public/runs/${file}`, import.meta.url)), file);
const stepCount = trace.steps.length;
const scene: TimelineScene = {
  trace,
  stepCount,
  axisStepCount: stepCount,
  marks: [],
  comparison: null,
  visible: null,
  loop: null,
};

it("holds what is drawn: the slots of a recorded step, its event and its window", () => {
  const { columns, rows } = timelineTable(scene);
  const [event] = trace.events;
  const row = Object.fromEntries(columns.map((column, at) => [column, rows[event.step][at]]));
  expect(row).toMatchObject({
    step: event.step,
    "slots seen": lengthBeforeOf(event, 0),
    "slots after": event.budgetSlots,
    event: "event",
    "query in an observation window": `yes, at the event of step ${event.step}`,
  });
  const { cachePath, x, y } = timelineLayout(scene, { width: 1200, height: 96 });
  expect(cachePath).toContain(`L${x(event.step).toFixed(1)},${y(Number(row["slots after"])).toFixed(1)}`);
});

it("has the answer in the row of its token", () => {
  const { columns, rows } = timelineTable(scene);
  const answers = rows.filter((row) => row[columns.indexOf("answer")] === "answer");
  expect(answers.map((row) => row[columns.indexOf("token generated")])).toEqual([" 30"]);
});

it("has the rows in sight alone, and a column for KL where that is known", () => {
  const kl = Float32Array.of(0, 0.5, NaN);
  const { columns, rows } = timelineTable({ ...scene, visible: { from: 1, to: 10 }, comparison: { kl } });
  expect(rows.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(columns.at(-1)).toBe("KL to the full cache (nats)");
  expect(rows.slice(0, 3).map((row) => row.at(-1))).toEqual([0.5, null, null]);
});

it("marks the step of the first mistake, and nothing if its place is unknown", () => {
  const verdict = { type: "wrong", expected: "38", given: "30", isExact: false, orders: [] } as const;
  const position = trace.header.promptTokens.length + 12;
  expect(verdictMarks({ ...verdict, mistake: { text: "", position } }, trace)).toEqual([
    { step: 12, label: "first mistake", tone: "bad" },
  ]);
  expect(verdictMarks({ ...verdict, mistake: { text: "", position: null } }, trace)).toEqual([]);
  expect(verdictMarks({ type: "unknown" }, trace)).toEqual([]);
});
