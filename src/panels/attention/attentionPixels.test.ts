import * as fc from "fast-check";
import { expect, it } from "vitest";
import { drawRandomTrace } from "../../trace/drawTrace.testing";
import { cellGrid } from "../../ui/zoom/cellGrid";
import { allHeadRows } from "./allHeadRows";
import { attentionPixels, type AttentionPicturePaint } from "./attentionPixels";
import { headRows } from "./attentionRows";

const paintOf = (seed: number, scale: "root" | "linear"): AttentionPicturePaint => ({
  ...{ largest: 0.5 + seed, scale, ramp: ramps[seed], blank: 7 },
  ground: { ground: 1, hatch: 2, gap: 3 },
});
const ramps = [0, 1].map((seed) => Uint32Array.from({ length: 256 }, (_, at) => 1000 * (seed + 1) + at));

it("is the same after any walk through steps, scales and colours as painted afresh", () => {
  const visit = fc.record({
    ...{ step: fc.nat(), head: fc.nat({ max: 1 }), seed: fc.nat({ max: 1 }) },
    scale: fc.constantFrom("root" as const, "linear" as const),
    isRepainted: fc.boolean(),
  });
  const size = fc.record({ width: fc.integer({ min: 3, max: 60 }), height: fc.integer({ min: 2, max: 40 }) });
  const part = fc.record({ from: fc.double({ min: 0, max: 0.6, noNaN: true }), share: fc.constantFrom(0.3, 0.4, 1) });
  fc.assert(
    fc.property(fc.nat({ max: 30 }), size, part, fc.array(visit, { minLength: 2, maxLength: 8 }), (...given) => {
      const [run, pixelSize, { from, share }, walk] = given;
      const trace = drawRandomTrace(run);
      const promptCount = trace.header.promptTokens.length;
      const [columnCount, rowCount] = [promptCount + trace.steps.length - 1, trace.steps.length];
      const [x0, y0] = share === 1 ? [0, 0] : [from * columnCount, from * rowCount];
      const window = { x0, x1: x0 + share * columnCount, y0, y1: y0 + share * rowCount };
      const walked = cellGrid(window, pixelSize);
      let look = walk[0];
      for (const visited of walk) {
        look = visited.isRepainted ? visited : { ...look, step: visited.step };
        const rows = headRows(trace, { head: look.head, member: null });
        const shown = { rows, readyCount: rowCount, promptCount, lastStep: look.step % rowCount };
        const paint = paintOf(look.seed, look.scale);
        expect(attentionPixels(shown, walked, paint)).toEqual(
          attentionPixels(shown, cellGrid(window, pixelSize), paint),
        );
      }
    }),
  );
});

it("fills in rows over all heads as they become ready", () => {
  const trace = drawRandomTrace(3);
  const [promptCount, rowCount] = [trace.header.promptTokens.length, trace.steps.length];
  const window = { x0: 0, x1: promptCount + rowCount - 1, y0: 0, y1: rowCount };
  const size = { width: 30, height: 2 * rowCount };
  const grid = cellGrid(window, size);
  const rows = allHeadRows(trace, "mean");
  for (const step of trace.steps.keys()) {
    const shown = { rows, readyCount: rows.readyCount(), promptCount, lastStep: rowCount - 1 };
    const painted = attentionPixels(shown, grid, paintOf(0, "root"));
    expect(painted).toEqual(attentionPixels(shown, cellGrid(window, size), paintOf(0, "root")));
    rows.join(rowCount - 1 - step);
  }
});
