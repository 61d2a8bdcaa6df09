// The plane of a cloud, on clouds whose axes are known.
import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { createPlainRowProducts } from "../cpu/products";
import { planeOf, pointsIn } from "./cloudPlane";
import { queryCloud } from "./queryCloud";

const headDim = 8;
const products = createPlainRowProducts();

/** Queries around a middle, spread 5 and 2 along two slanted axes and a little along the others. */
function drawQueries(count: number): Float32Array {
  const stream = randomStream(4);
  const rows = new Float32Array(count * headDim);
  for (let row = 0; row < count; row++) {
    const [long, short] = [stream.uniform() - 0.5, stream.uniform() - 0.5];
    const rest = Array.from({ length: headDim }, () => 0.1 * (stream.uniform() - 0.5));
    rest[0] += 3 + 10 * long * Math.SQRT1_2;
    rest[1] += -1 + 10 * long * Math.SQRT1_2;
    rest[4] += 4 * short;
    rows.set(rest, row * headDim);
  }
  return rows;
}

describe("the plane of a cloud", () => {
  const queries = drawQueries(400);
  const plane = planeOf([queryCloud(queries, headDim, products)]);

  it("lies along the two directions of the largest spread, the mean on the positive side", () => {
    const [first, second] = plane.axes.map((axis) => Array.from(axis, (value) => Number(value.toFixed(1))));
    expect(first.map(Math.abs)).toEqual([0.7, 0.7, 0, 0, 0, 0, 0, 0]);
    expect(second.map(Math.abs)).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    const points = pointsIn(plane, queryCloud(queries, headDim, products).mean);
    expect(points[0]).toBeCloseTo(2 * Math.SQRT1_2, 0);
    expect(points[1]).toBeGreaterThanOrEqual(0);
  });

  it("holds all the variance but that of the other directions", () => {
    const points = pointsIn(plane, queries);
    const varianceOf = (axis: number): number => {
      const own = points.filter((_, at) => at % 2 === axis);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      return own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
    };
    const share = (varianceOf(0) + varianceOf(1)) / plane.variance;
    expect(varianceOf(0)).toBeGreaterThan(varianceOf(1));
    expect(share).toBeGreaterThan(0.99);
    expect(share).toBeLessThan(1);
  });

  it("is one of no length where nothing spreads", () => {
    const still = planeOf([queryCloud(queries.subarray(0, headDim), headDim, products)]);
    expect(still.variance).toBe(0);
    expect([...pointsIn(still, queries)].every((value) => value === 0)).toBe(true);
  });

  it("takes the query heads of a group each about its own mean", () => {
    const moved = queries.map((value, at) => value + (at % headDim === 6 ? 50 : 0));
    const both = planeOf([queries, moved].map((rows) => queryCloud(rows, headDim, products)));
    expect(both.variance).toBeCloseTo(plane.variance, 3);
    expect(both.axes[0][6]).toBeCloseTo(0, 1);
  });
});
