import { expect, it } from "vitest";
import { mapGeometry, placeTicks, stripCorner, stripsSize } from "./geometry";

const shapes = [
  { layerCount: 28, kvHeadCount: 8 },
  { layerCount: 36, kvHeadCount: 8 },
  { layerCount: 30, kvHeadCount: 3 },
  { layerCount: 28, kvHeadCount: 2 },
];

it.each(shapes)("fits $layerCount × $kvHeadCount heads into the width of a panel, none over another", (model) => {
  for (const [width, scale] of [
    [575, 1],
    [575, 0.7],
    [310, 1],
  ]) {
    const geometry = mapGeometry({ model, zoomedLayer: null, width, placeCount: 320, scale });
    const size = stripsSize(geometry);
    expect(size.width).toBeLessThanOrEqual(width - 30);
    // A strip without room for a mark over the line and one under it says nothing.
    expect(geometry.cellHeight).toBeGreaterThanOrEqual(8);
    expect(geometry.rowGap).toBeGreaterThanOrEqual(1);
    const last = stripCorner(geometry, model.layerCount - 1, model.kvHeadCount - 1);
    expect(last).toEqual({
      left: size.width - geometry.cellWidth - 1,
      top: size.height - geometry.cellHeight - 1,
    });
  }
});

it("gives 36 layers less height than four layers times nine", () => {
  const heightOf = (layerCount: number): number =>
    stripsSize(mapGeometry({ model: { layerCount, kvHeadCount: 8 }, zoomedLayer: null, width: 575, placeCount: 320 }))
      .height;
  expect(heightOf(36)).toBeLessThan(500);
  expect(heightOf(36)).toBeLessThan(4 * heightOf(4));
});

it("zooms to one layer: its heads below each other, as wide as the map, those of others nowhere", () => {
  const model = { layerCount: 28, kvHeadCount: 8 };
  const geometry = mapGeometry({ model, zoomedLayer: 5, width: 575, placeCount: 320 });
  expect(stripCorner(geometry, 4, 0)).toBeNull();
  expect(stripCorner(geometry, 5, 1)?.left).toBe(stripCorner(geometry, 5, 0)?.left);
  expect(stripCorner(geometry, 5, 1)?.top).toBe((stripCorner(geometry, 5, 0)?.top ?? 0) + 26 + 3 + 2);
  // A token is wider than a pixel here, and nine times narrower beside seven others.
  expect(geometry.x(1)).toBeGreaterThan(1.5);
  expect(mapGeometry({ model, zoomedLayer: null, width: 575, placeCount: 320 }).x(1)).toBeLessThan(0.2);
});

it("numbers places under a strip so that no number touches another", () => {
  const model = { layerCount: 28, kvHeadCount: 8 };
  for (const width of [310, 507, 575, 1300]) {
    for (const placeCount of [40, 110, 317, 1500, 8000]) {
      const geometry = mapGeometry({ model, zoomedLayer: null, width, placeCount });
      const ticks = placeTicks(geometry);
      expect(ticks[0]).toBe(0);
      for (const [place, tick] of ticks.entries()) {
        if (place > 0) expect(geometry.x(tick) - geometry.x(ticks[place - 1])).toBeGreaterThanOrEqual(30);
      }
    }
  }
  // Wide strips have as many numbers as there is room for.
  expect(placeTicks(mapGeometry({ model, zoomedLayer: 0, width: 575, placeCount: 317 }))).toHaveLength(7);
});
