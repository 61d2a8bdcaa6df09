import { expect, it } from "vitest";
import { addRow, createScatter, filterOf, principalDirection } from "./principalDirection";

it("finds the direction that most of the rows' length lies along, on the side of their mean", () => {
  const scatter = createScatter(2);
  // Along (−3, −4): 25 each; across it 1.
  for (const row of [[-3, -4], [-3, -4], [0.8, -0.6]]) addRow(scatter, Float32Array.from(row)); // prettier-ignore
  const { direction, explained } = principalDirection(scatter);
  expect(direction[0]).toBeCloseTo(-0.6, 6);
  expect(direction[1]).toBeCloseTo(-0.8, 6);
  expect(explained).toBeCloseTo(50 / 51, 6);
});

it("turns a filter away from the queries, so that minus the product favours the keys they look at", () => {
  const group = [
    [3, 4],
    [4, 3],
  ].map((query) => {
    const scatter = createScatter(2);
    addRow(scatter, Float32Array.from(query));
    return scatter;
  });
  const { filter } = filterOf(group);
  expect(filter[0]).toBeCloseTo(-Math.SQRT1_2, 6);
  expect(filter[1]).toBeCloseTo(-Math.SQRT1_2, 6);
});
