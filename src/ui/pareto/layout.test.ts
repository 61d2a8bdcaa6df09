import { describe, expect, it } from "vitest";
import { paretoFront, paretoLayout, paretoMarkAt, type ParetoPoint } from "./layout";

const point = (key: string, x: number, y: number): ParetoPoint => ({ key, label: key, x, y });
const points = [point("a", 1, 1), point("b", 2, 3), point("c", 3, 2), point("d", 1.5, 2.5), point("twin", 2, 3)];
const written = String;

describe("the front", () => {
  it("holds what no other beats, and both of a tie", () => {
    expect([...paretoFront(points, { x: "high", y: "high" })]).toEqual(["b", "c", "twin"]);
  });

  it("turns with the axes", () => {
    expect([...paretoFront(points, { x: "low", y: "high" })]).toEqual(["a", "b", "d", "twin"]);
    expect([...paretoFront(points, { x: "low", y: "low" })]).toEqual(["a"]);
  });
});

describe("the picture", () => {
  const axes = { x: { title: "x", better: "high", written }, y: { title: "y", better: "high", written } } as const;
  const layout = paretoLayout(points, axes, { size: { width: 400, height: 300 }, pickedKey: "a" });

  it("keeps marks within the plot and finds the one under the pointer", () => {
    const { plot, marks } = layout;
    for (const { x, y } of marks) {
      expect(x).toBeGreaterThanOrEqual(plot.left);
      expect(x).toBeLessThanOrEqual(plot.right);
      expect(y).toBeGreaterThanOrEqual(plot.top);
      expect(y).toBeLessThanOrEqual(plot.bottom);
    }
    expect(paretoMarkAt(layout, marks[2].x + 3, marks[2].y)?.point.key).toBe("c");
    expect(paretoMarkAt(layout, 0, 0)).toBeNull();
  });

  it("has no figure below 0, nor an error bar that reaches there", () => {
    const small = [{ ...point("a", 1, 0.05), yError: 0.1 }, point("b", 2, 1)];
    const { marks, plot } = paretoLayout(small, axes, { size: { width: 400, height: 300 }, pickedKey: null });
    expect(marks[0].ys[0]).toBe(plot.bottom);
  });

  it("names the picked point and the front, where names have room", () => {
    expect(layout.labels.map(({ key }) => key).sort()).toEqual(["a", "b", "c", "twin"]);
    const [first, second] = layout.labels.filter(({ key }) => key === "b" || key === "twin");
    expect(Math.abs(first.y - second.y)).toBeGreaterThanOrEqual(12);
  });

  it("draws an empty picture without points, and a single point in the middle", () => {
    expect(paretoLayout([], axes, { size: { width: 400, height: 300 }, pickedKey: null }).marks).toEqual([]);
    const [only] = paretoLayout([points[0]], axes, { size: { width: 400, height: 300 }, pickedKey: null }).marks;
    expect(Number.isFinite(only.x) && Number.isFinite(only.y)).toBe(true);
  });
});
