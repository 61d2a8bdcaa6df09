// Pools handed out to heads, and moves that overwrite nothing.
import fc from "fast-check";
import { expect, it } from "vitest";
import { randomStream } from "../lib/random";
import { evenPools, handOut, moveOrder } from "./slotPools";

const grid = { layerCount: 2, kvHeadCount: 3 };

it("leaves heads of one length where they are", () => {
  const pools = evenPools(grid, 10);
  const { firsts, rooms } = handOut(grid, pools, new Int32Array(6).fill(4));
  expect([...firsts]).toEqual([0, 10, 20, 0, 10, 20]);
  expect([...rooms]).toEqual([10, 10, 10, 10, 10, 10]);
});

it("divides the spare slots of a layer evenly", () => {
  const { firsts, rooms } = handOut(grid, Int32Array.of(15, 30), Int32Array.of(4, 0, 2, 9, 9, 12));
  expect([...firsts]).toEqual([0, 7, 10, 0, 9, 18]);
  expect([...rooms]).toEqual([7, 3, 5, 9, 9, 12]);
  expect(() => handOut(grid, Int32Array.of(5, 30), Int32Array.of(4, 0, 2, 9, 9, 12))).toThrow("6 slots in a pool of 5");
});

it("moves heads in an order that loses nothing, wherever they lay and go", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const stream = randomStream(seed);
      const headCount = stream.integer(1, 5);
      const lengths = Int32Array.from({ length: headCount }, () => stream.integer(0, 6));
      const place = (): Int32Array => {
        let end = stream.integer(0, 4);
        return lengths.map((length) => (end += length + stream.integer(0, 4)) - length);
      };
      const [from, to] = [place(), place()];
      const pool = new Int32Array(80).fill(-1);
      lengths.forEach((length, head) => pool.fill(head, from[head], from[head] + length));
      for (const head of moveOrder(from, to)) pool.copyWithin(to[head], from[head], from[head] + lengths[head]);
      lengths.forEach((length, head) => {
        expect([...pool.subarray(to[head], to[head] + length)]).toEqual(new Array(length).fill(head));
      });
    }),
  );
});
