import { expect, it } from "vitest";
import { pannedBy, viewAfterKey, zoomedAt, zoomWindow } from "./zoomView";

const extent = { columnCount: 200, rowCount: 100 };
const near = { x0: 50, x1: 100, y0: 20, y1: 45 };

it("shows everything without a view, also after the matrix grew", () => {
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
