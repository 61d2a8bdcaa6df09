import fc from "fast-check";
import { expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { exactProducts } from "./exactProducts";

it("equals one sum after the other in every bit, whatever the number of rows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (rows, columns, seed) => {
      const stream = randomStream(seed);
      const drawn = (length: number) => Float64Array.from({ length }, () => 2 * stream.uniform() - 1);
      const [matrix, vector, output] = [drawn(rows * columns), drawn(columns), new Float64Array(rows).fill(NaN)];
      exactProducts(matrix, vector, output);
      const expected = Float64Array.from({ length: rows }, (_, row) =>
        vector.reduce((sum, value, column) => sum + matrix[row * columns + column] * value, 0),
      );
      expect(output).toEqual(expected);
    }),
  );
});
