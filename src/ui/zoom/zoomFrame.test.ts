import fc from "fast-check";
import { expect, it } from "vitest";
import { axisBins, axisTicks, binOfCell, cellAt, zoomFrame } from "./zoomFrame";

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

it("gives each cell a bin of its own where cells are larger than pixels", () => {
  const axis = axisBins(2.5, 6.5, 40);
  expect(axis).toMatchObject({ firstCell: 2, cellCount: 5, binCount: 5, pixelsPerCell: 10 });
  expect([...axis.binOfCell]).toEqual([0, 1, 2, 3, 4]);
  expect([axis.binOfPixel[0], axis.binOfPixel[4], axis.binOfPixel[5], axis.binOfPixel[39]]).toEqual([0, 0, 1, 4]);
  expect([binOfCell(axis, 1), binOfCell(axis, 2), binOfCell(axis, 7)]).toEqual([0, 0, 4]);
});

it("gathers cells that share a pixel", () => {
  const axis = axisBins(0, 100, 20);
  expect(axis.binCount).toBe(20);
  expect([axis.firstOfBin[3], axis.lastOfBin[3]]).toEqual([15, 19]);
});

it("does not regroup cells when the picture is moved by whole cells", () => {
  const groups = (from: number): number[] => [...axisBins(from, from + 100, 40).firstOfBin].filter((cell) => cell > 10);
  expect(groups(3).slice(0, 20)).toEqual(groups(4).slice(0, 20));
});

it("puts every cell on show into one bin, in order, and every pixel on one that has cells", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 5000, noNaN: true }),
      fc.double({ min: 6, max: 5000, noNaN: true }),
      fc.integer({ min: 40, max: 900 }),
      (from, length, pixels) => {
        const axis = axisBins(from, from + length, pixels);
        const isInOrder = axis.binOfCell.every((bin, at) => at === 0 || bin >= axis.binOfCell[at - 1]);
        const isInBin = axis.binOfCell.every((bin, at) => {
          const cell = axis.firstCell + at;
          return bin < axis.binCount && axis.firstOfBin[bin] <= cell && cell <= axis.lastOfBin[bin];
        });
        expect([isInOrder, isInBin]).toEqual([true, true]);
        const filled = new Set(axis.binOfCell);
        expect([...axis.binOfPixel].every((bin) => filled.has(bin))).toBe(true);
        // Cells cut by either edge, and a bin cut by either of them.
        expect(axis.binCount).toBeLessThanOrEqual(pixels + 3);
      },
    ),
    { numRuns: 60 },
  );
});
