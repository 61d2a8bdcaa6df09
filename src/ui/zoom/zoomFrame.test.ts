import { expect, it } from "vitest";
import { axisTicks, cellAt, zoomFrame } from "./zoomFrame";

const extent = { columnCount: 100, rowCount: 50 };
const size = { width: 644, height: 348 };

it("finds the cell under a place, and none outside the plot", () => {
  const frame = zoomFrame(null, extent, size);
  expect([frame.width, frame.height]).toEqual([600, 300]);
  expect(cellAt(frame, 0, 0)).toEqual({ column: 0, row: 0 });
  expect(cellAt(frame, 599, 299)).toEqual({ column: 99, row: 49 });
  expect(cellAt(frame, 600, 10)).toBeNull();
});

it("writes whole numbers that lie on show", () => {
  const { x } = zoomFrame({ x0: 10, x1: 16, y0: 0, y1: 6 }, extent, size);
  expect(axisTicks(x, 10)).toEqual([10, 11, 12, 13, 14, 15]);
});

it("makes room for words once columns are wide enough", () => {
  const far = zoomFrame(null, extent, size);
  const near = zoomFrame({ x0: 0, x1: 40, y0: 0, y1: 20 }, extent, size);
  expect([far.hasWords, near.hasWords]).toEqual([false, true]);
  expect(near.height).toBeLessThan(far.height);
});
