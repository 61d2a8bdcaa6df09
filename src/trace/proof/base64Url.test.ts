import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeBase64Url, decodeLetters, encodeBase64Url, encodeLetters } from "./base64Url";

it("is what Node writes, and reads it back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64url"));
      expect(decodeBase64Url(text)).toEqual(bytes);
    }),
  );
});

it.each(["A", "AAAAA", "AA=", "A A", "é___"])("refuses %j, which no bytes give", (text) => {
  expect(() => decodeBase64Url(text)).toThrow(/base64url/);
});

it("writes numbers in a fixed count of letters", () => {
  expect(encodeLetters(0, 2)).toBe("AA");
  expect(encodeLetters(63, 2)).toBe("A_");
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 30 - 1 }), (value) => {
      expect(decodeLetters(encodeLetters(value, 5))).toBe(value);
    }),
  );
});
