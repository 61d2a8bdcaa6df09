import fc from "fast-check";
import { expect, it } from "vitest";
import type { ZoomWindow } from "./zoomView";
import { pannedBy, pinchedView, pinchOf, viewAfterKey, zoomedAt, zoomWindow } from "./zoomView";

const extent = { columnCount: 200, rowCount: 100 };
const near = { x0: 50, x1: 100, y0: 20, y1: 45 };

it("shows everything without a view, even after the matrix has grown", () => {
  expect(zoomWindow(null, extent)).toEqual({ x0: 0, x1: 200, y0: 0, y1: 100 });
  expect(zoomWindow(null, { columnCount: 300, rowCount: 150 })).toEqual({ x0: 0, x1: 300, y0: 0, y1: 150 });
});

it("keeps the cell under the pointer where it is", () => {
  const view = zoomedAt(null, extent, { column: 50, row: 75, factor: 2 });
  expect(view).toEqual({ x0: 25, x1: 125, y0: 37.5, y1: 87.5 });
});

it("goes back to everything when zoomed out far enough", () => {
  expect(zoomedAt(near, extent, { column: 75, row: 30, factor: 0.1 })).toBeNull();
});

it("never shows fewer than six cells", () => {
  const view = zoomWindow(zoomedAt(near, extent, { column: 60, row: 30, factor: 1000 }), extent);
  expect([view.x1 - view.x0, view.y1 - view.y0]).toEqual([6, 6]);
});

it("stops at the edges, keeping its size", () => {
  expect(pannedBy(near, extent, 1000, -1000)).toEqual({ x0: 150, x1: 200, y0: 0, y1: 25 });
});

it("moves a view made for a larger matrix inside a smaller one", () => {
  expect(zoomWindow(near, { columnCount: 60, rowCount: 30 })).toEqual({ x0: 10, x1: 60, y0: 5, y1: 30 });
});

it("leaves keys that change nothing to the page", () => {
  expect(viewAfterKey(null, extent, "ArrowLeft")).toBeNull();
  expect(viewAfterKey(near, extent, "x")).toBe(near);
  const atEdge = { x0: 0, x1: 50, y0: 20, y1: 45 };
  expect(viewAfterKey(atEdge, extent, "ArrowLeft")).toBe(atEdge);
  expect(viewAfterKey(near, extent, "0")).toBeNull();
});

it("moves by a share of what is on show", () => {
  expect(viewAfterKey(near, extent, "ArrowRight")).toMatchObject({ x0: 57.5, x1: 107.5, y0: 20 });
});

const plot = { width: 400, height: 200 };

it("zooms at the middle between two fingers that move apart", () => {
  const from = pinchOf({ x: 180, y: 100 }, { x: 220, y: 100 });
  const to = pinchOf({ x: 160, y: 100 }, { x: 240, y: 100 });
  expect(pinchedView(null, extent, { from, to }, plot)).toEqual({ x0: 50, x1: 150, y0: 25, y1: 75 });
});

it("moves with two fingers that keep their distance", () => {
  const from = pinchOf({ x: 100, y: 50 }, { x: 200, y: 50 });
  const to = pinchOf({ x: 60, y: 90 }, { x: 160, y: 90 });
  // 40 of 400 pixels are 5 of 50 columns, 40 of 200 are 5 of 25 rows.
  expect(pinchedView(near, extent, { from, to }, plot)).toEqual({ x0: 55, x1: 105, y0: 15, y1: 40 });
});

it("shows everything again when the fingers close far enough", () => {
  const from = pinchOf({ x: 0, y: 100 }, { x: 400, y: 100 });
  const to = pinchOf({ x: 190, y: 100 }, { x: 210, y: 100 });
  expect(pinchedView(near, extent, { from, to }, plot)).toBeNull();
});

it("takes fingers in one place for fingers side by side", () => {
  expect(pinchOf({ x: 5, y: 5 }, { x: 5, y: 5 })).toEqual({ x: 5, y: 5, distance: 16 });
});

const places = fc.record({ x: fc.integer({ min: 0, max: 400 }), y: fc.integer({ min: 0, max: 200 }) });
const moves = fc.tuple(places, places, places, places);

it("never leaves the matrix nor shows fewer than six cells", () => {
  fc.assert(
    fc.property(moves, fc.constantFrom(null, near), ([a, b, c, d], view) => {
      const pinched = pinchedView(view, extent, { from: pinchOf(a, b), to: pinchOf(c, d) }, plot);
      const { x0, x1, y0, y1 } = zoomWindow(pinched, extent);
      expect(Math.min(x0, y0, 200 - x1, 100 - y1)).toBeGreaterThanOrEqual(-1e-9);
      expect(Math.min(x1 - x0, y1 - y0)).toBeGreaterThanOrEqual(6 - 1e-9);
    }),
  );
});

it("keeps the cell under the fingers there, unless an edge stops it", () => {
  let checkedCount = 0;
  fc.assert(
    fc.property(moves, ([a, b, c, d]) => {
      const [from, to] = [pinchOf(a, b), pinchOf(c, d)];
      const after = pinchedView(near, extent, { from, to }, plot);
      if (after === null || isStopped(after)) return;
      checkedCount++;
      const cell = near.x0 + (from.x / plot.width) * (near.x1 - near.x0);
      expect(after.x0 + (to.x / plot.width) * (after.x1 - after.x0)).toBeCloseTo(cell, 6);
    }),
    { numRuns: 400, seed: 5 },
  );
  expect(checkedCount).toBeGreaterThan(50);
});

function isStopped({ x0, x1, y0, y1 }: ZoomWindow): boolean {
  return x0 <= 0 || y0 <= 0 || x1 >= extent.columnCount || y1 >= extent.rowCount;
}
