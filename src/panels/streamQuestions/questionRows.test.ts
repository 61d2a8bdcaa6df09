import { describe, expect, it } from "vitest";
import { drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import {
  answerable,
  framesSay,
  framesSayText,
  heldSights,
  heldText,
  mostLookedAt,
  questionRows,
  questionsTable,
  rightCounts,
  spans,
} from "./questionRows";

const lanesOf = (): Promise<StreamTrace[]> =>
  Promise.all([drawStreamTrace({ frames: 24 }), drawStreamTrace({ frames: 24, policyId: "window" })]);

describe("the questions of a stream", () => {
  it("stand once for all lanes, and tell no answer before its moment", async () => {
    const lanes = await lanesOf();
    const rows = questionRows(lanes, 24);
    expect(rows.map(({ question }) => question)).toEqual(lanes[0].answers.map(({ asked }) => asked.question));
    expect(rows.every(({ answers }) => answers.every((answer) => answer !== null))).toBe(true);
    const early = questionRows(lanes, rows[0].moment);
    expect(early).toHaveLength(rows.length);
    for (const { moment, answers } of early) {
      expect(answers.every((answer) => (answer === null) === moment > rows[0].moment)).toBe(true);
    }
    expect(rightCounts(rows, 2).map(({ judged }) => judged)).toEqual([rows.length, rows.length]);
    expect(questionsTable(lanes).rows).toHaveLength(rows.length);
  });

  it("have the answer that the frames give, and say where", async () => {
    const [trace] = await lanesOf();
    for (const { moment, question, expected } of questionRows([trace], 24)) {
      expect(framesSay(trace, moment, question)?.answer).toBe(expected);
    }
    expect(framesSayText(null)).toBe("The frames do not say, or allow several answers.");
    expect(framesSayText({ answer: "none", seen: [] })).toBe("No frame shows it.");
    const seen = [3, 4, 5, 9].map((frame) => ({ frame, cell: 1, name: "red-key", place: "desk" }));
    expect(framesSayText({ answer: "desk", seen })).toBe("The frames show: red key by the desk in frames 4 to 6, 10.");
    expect(spans([7, 1, 2])).toBe("1, 2, 7");
  });

  it("say what a lane still held of that, and what its answer looked at", async () => {
    const [trace, window] = await lanesOf();
    const old = [{ frame: 0, cell: 4, name: "wall", place: null }];
    expect(heldSights(window, 24, old)).toMatchObject({ held: 0, all: 1, mostHeads: 0 });
    expect(heldSights(window, 4, old)).toMatchObject({ held: 1, mostHeads: 4 });
    const sights = { held: 0, all: 1, mostHeads: 0, headCount: 16 };
    expect(heldText(sights)).toBe("held by 0 of 16 heads");
    expect(heldText({ ...sights, all: 3 })).toBe("none of these 3 patches still held");
    expect(heldText({ ...sights, all: 3, held: 2, mostHeads: 12 })).toBe(
      "2 of these 3 patches still held, the best of them by 12 of 16 heads",
    );
    const looks = mostLookedAt(trace, 0, 5);
    expect(looks).toHaveLength(5);
    expect(looks[0].attention).toBeGreaterThanOrEqual(looks[4].attention);
  });

  it("that the frames can answer are offered", async () => {
    const [trace] = await lanesOf();
    const offered = answerable(trace, 24);
    expect(offered.length).toBeGreaterThan(5);
    for (const { question } of offered) expect(framesSay(trace, 24, question)).not.toBeNull();
  });
});
