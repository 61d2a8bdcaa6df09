import { expect, it } from "vitest";
import { headOf, headRow, kvHeadOf, layerOf } from "../../cache/headRows";
import { cacheSeenByStep } from "../../trace/replay";
import { withMerges, withReads } from "../../trace/drawDepartures.testing";
import type { Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { mapGeometry, stripCorner, stripsSize } from "./geometry";
import { mapMarks, mapTable } from "./layout";
import { paintStrips } from "./paintStrips";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [{ step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] }],
});
const { model } = trace.header;
const geometry = mapGeometry({ model, zoomedLayer: null, width: 210, placeCount: 8 }); // ten pixels per position
const paint = {
  ...{ ramp: new Uint32Array(256).fill(0xff000009), ground: 0xff000001, held: 0xff000002 },
  ...{ recorded: 0xff00000a, carried: 0xff000007, read: 0xff000008 },
  ...{ evicted: 0xff000003, window: 0xff000004, promptEdge: 0xff000005, budgetEdge: 0xff000006 },
};

/** Reads the colour at a place of a strip, in CSS pixels. */
function painted(step: number, quantity: "none" | "agreement", ratio = 1, axis: "position" | "slot" = "position") {
  return paintedOf(trace, { step, quantity, ratio, axis });
}

interface Painting {
  readonly step: number;
  readonly quantity?: "none" | "agreement";
  readonly ratio?: number;
  readonly axis?: "position" | "slot";
}

function paintedOf(run: Trace, { step, quantity = "none", ratio = 1, axis = "position" }: Painting) {
  const { width, height } = stripsSize(geometry);
  const image = {
    words: new Uint32Array(width * ratio * height * ratio),
    width: width * ratio,
    height: height * ratio,
  };
  const marks = mapMarks(run, step, { quantity, focusHead: 0 });
  const options = { paint, axis, promptCount: 4, kvHeadCount: model.kvHeadCount };
  paintStrips({ ...image, ratio }, marks, geometry, options);
  return (head: number, x: number, y: number): number => {
    const { left, top } = stripCorner(geometry, layerOf(model, head), kvHeadOf(model, head)) ?? { left: NaN, top: NaN };
    return image.words[(top + y) * ratio * image.width + (left + x) * ratio];
  };
}

it.each([1, 2])(
  "draws in each strip the tokens that its head holds, as trace and table have them, at %i ×",
  (ratio) => {
    const colourAt = painted(3, "none", ratio);
    const rows = mapTable(trace, 3).rows;
    for (let head = 0; head < 4; head++) {
      const drawn = [0, 1, 2, 3, 4, 5, 6].filter((position) => colourAt(head, 10 * position + 3, 20) === paint.held);
      expect(drawn).toEqual([...headRow(cacheSeenByStep(trace, 3), head)]);
      const tabulated = rows.filter(([layer, kvHead]) => headOf(model, Number(layer), Number(kvHead)) === head);
      expect(drawn).toEqual(tabulated.map(([, , , position]) => position));
    }
  },
);

it("hangs what is evicted at this step under the line and leaves the place above it blank", () => {
  const colourAt = painted(2, "none");
  expect(colourAt(0, 3, 28)).toBe(paint.evicted);
  expect(colourAt(0, 3, 20)).toBe(paint.ground);
  expect(colourAt(1, 3, 20)).toBe(paint.held); // head 1 keeps “The”
});

it("makes marks with a value as tall as it, over those without one", () => {
  const colourAt = painted(3, "agreement");
  // Head 0 holds on the mat and, head 1 The the mat and.
  expect(colourAt(1, 43, 1)).toBe(0xff000009);
  expect(colourAt(1, 3, 1)).toBe(paint.ground);
  expect(colourAt(1, 3, 20)).toBe(paint.held);
});

it("marks along the slots where each head's own budget ends", () => {
  const uneven = painted(3, "none", 1, "slot");
  expect([2, 3].map((slot) => uneven(0, 10 * slot, 1) === paint.budgetEdge)).toEqual([false, true]);
  expect(painted(1, "none", 1, "slot")(0, 30, 1)).toBe(paint.ground);
});

it("bars the window and marks the end of the prompt", () => {
  const colourAt = painted(3, "none");
  expect(colourAt(0, 64, 24)).toBe(paint.window);
  expect(colourAt(0, 40, 28)).toBe(paint.promptEdge);
});

it("hangs what is merged in another colour, and afterwards caps its carrier and marks its own place below the line", () => {
  const merging = withMerges(trace, ({ position, kept }) => (position === 0 ? kept[0] : null));
  const at = paintedOf(merging, { step: 2 });
  expect([at(0, 3, 29), at(0, 13, 29)]).toEqual([paint.carried, paint.evicted]);
  const after = paintedOf(merging, { step: 3 });
  const colours = (position: number) =>
    [...Array(geometry.cellHeight).keys()].map((y) => after(0, 10 * position + 3, y));
  expect(colours(3)).toContain(paint.carried); // the cap of “on”
  expect(colours(4)).not.toContain(paint.carried);
  expect(colours(0)).toContain(paint.carried);
  expect(colours(1)).not.toContain(paint.carried);
});

it("draws unread slots low and grey, and read ones in another colour", () => {
  const colourAt = paintedOf(withReads(trace, 1, [[0, 4]]), { step: 1 });
  expect([0, 1, 4].map((position) => colourAt(0, 10 * position + 3, 20))).toEqual([paint.read, paint.held, paint.read]);
  expect([0, 1].map((position) => colourAt(0, 10 * position + 3, 16))).toEqual([paint.read, paint.ground]);
});
