import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { plainSha256, sha256 } from "./sha256";

it("hashes the standard's example", async () => {
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(plainSha256(new TextEncoder().encode("abc"))).toBe(expected);
  expect(await sha256(new TextEncoder().encode("abc"))).toBe(expected);
});

it("agrees with Node for any bytes, also of a view into a larger buffer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), (bytes, offset) => {
      const view = new Uint8Array([...new Uint8Array(offset), ...bytes]).subarray(offset);
      expect(plainSha256(view)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }),
  );
});
