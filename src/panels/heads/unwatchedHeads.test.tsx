// What panels say of heads whose attention a run of many heads did not record: never zeros, never "evicted".
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { headRow, joinRows } from "../../cache/headRows";
import { foretoldSpan, headForetold } from "../../trace/foretold";
import type { Trace } from "../../trace/trace";
import { recordedRow } from "../attention/attentionRows";
import { attentionReadout, rowOfStep, subjectLabel } from "../attention/layout";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { cellSummary, mapMarks, mapQuantities, recordedMarks } from "../map/layout";
import { overlapSources } from "../overlap/view";
import { RecordingNote } from "./RecordingNote";

const whole = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [
    { step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"], total: [0.1, 0.2, 0.3, 0.4, 0.5] },
  ],
});
const WATCHED = [1, 3];
const trace = watching(whole, WATCHED);
const watched = { heads: "focus", head: 1 } as const;
const unwatched = { heads: "focus", head: 0 } as const;

/** The same run with the rows of these heads alone. */
function watching(run: Trace, heads: readonly number[]): Trace {
  const steps = run.steps.map((record) => {
    const rows = Array.from(record.attentionScale, (_, head) =>
      heads.includes(head) ? headRow(record.attention, head) : new Uint8Array(0),
    );
    return { ...record, attention: joinRows(rows, Uint8Array) };
  });
  return { ...run, steps };
}

it("has no row for a head that was not recorded, and says so in words", () => {
  expect(recordedRow(trace, 1, unwatched)).toBeNull();
  expect(recordedRow(trace, 1, watched)).toEqual(recordedRow(whole, 1, watched));
  expect(attentionReadout(trace, unwatched, { step: 1, position: 0 })).toBe("step 1 → position 0 “The”: not recorded");
  expect(attentionReadout(trace, unwatched, { step: 1, position: null })).toBe("step 1: not recorded");
});

it("joins the recorded heads alone, and says how many they are", () => {
  const mean = { heads: "mean", head: 0 } as const;
  const [first] = rowOfStep(trace, 1, mean);
  const paid = WATCHED.map((head) => rowOfStep(whole, 1, { heads: "focus", head })[0].paid);
  expect(first.paid).toBeCloseTo((paid[0] + paid[1]) / 2);
  expect(subjectLabel(trace, "mean", { layer: 0, kvHead: 0 })).toBe("mean over the 2 heads recorded");
  expect(subjectLabel(whole, "mean", { layer: 0, kvHead: 0 })).toBe("mean over all heads");
});

it("marks recorded heads in the map, and gives the others no value", () => {
  expect([...(recordedMarks(trace, 1) ?? [])]).toEqual([0, 1, 0, 1]);
  expect(recordedMarks(whole, 1)).toBeNull();
  expect(mapQuantities(trace, 1)).toContain("attention");
  const { values, positions } = mapMarks(trace, 1, { quantity: "attention", focusHead: 0 });
  expect([...headRow(values, 0)]).toEqual([...headRow(positions, 0)].map(() => NaN));
  const recorded = mapMarks(whole, 1, { quantity: "attention", focusHead: 0 }).values;
  expect([...headRow(values, 1)]).toEqual([...headRow(recorded, 1)]);
  expect(cellSummary(trace, 1, 0)).toBe("holds 5 tokens; attention not recorded");
  expect(cellSummary(trace, 1, 1)).toBe("holds 5 tokens");
});

it("compares windows by what events measured where rows of some heads are missing", () => {
  expect(overlapSources(whole)).toContain("rows");
  expect(overlapSources(trace)).not.toContain("rows");
});

it("does not know what the tokens of an unrecorded head received", () => {
  const [event] = trace.events;
  const span = foretoldSpan(trace, event, { reach: "event", others: [] });
  if (span === null) throw new Error("the watched heads have attention after the event");
  expect(headForetold(trace, span, 0)).toMatchObject({ correlation: NaN, precision: NaN });
  expect(headForetold(trace, span, 1)).toEqual(headForetold(whole, span, 1));
});

it("offers to go on recording the focused head, while the run goes on", () => {
  const noteOf = (run: Trace, isEnded: boolean, kvHead = 0): string =>
    renderToStaticMarkup(
      <RecordingNote
        trace={run}
        step={1}
        focus={{ layer: 0, kvHead }}
        isEnded={isEnded}
        keptHeads={[{ layer: 0, kvHead: 1 }]}
        onKeepHead={() => undefined}
      />,
    );
  expect(noteOf(trace, false)).toContain(
    "Attention of layer 0, KV head 0 is not recorded. The run records 2 of 4 heads",
  );
  expect(noteOf(trace, false)).toContain("Keep recording this head");
  expect(noteOf(trace, false, 1)).toContain('aria-pressed="true"');
  expect(noteOf(trace, true)).not.toContain("<button");
  expect(noteOf(whole, false)).toBe("");
});
