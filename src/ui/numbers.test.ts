import { expect, it } from "vitest";
import { signedNumber, writtenBytes, writtenEstimate, writtenMs, writtenNumber, writtenShare } from "./numbers";

it("writes about three digits and a true minus sign", () => {
  expect([0, 1, -0.4531, 12.34, 345.6, 0.00042].map(writtenNumber)).toEqual([
    "0",
    "1",
    "−0.453",
    "12.3",
    "346",
    "0.00042",
  ]);
});

it("writes NaN, infinities and signs", () => {
  expect([NaN, Infinity, -Infinity].map(writtenNumber)).toEqual(["–", "∞", "−∞"]);
  expect([0.2, -0.2, 0].map(signedNumber)).toEqual(["+0.200", "−0.200", "0"]);
});

it("writes bytes, shares and times with their unit", () => {
  expect([812, 1024, 200_000, 5e9].map(writtenBytes)).toEqual(["812 B", "1.0 KiB", "195 KiB", "4.7 GiB"]);
  expect([0, 0.0004, 0.004, 0.256, NaN].map(writtenShare)).toEqual(["0 %", "< 0.1 %", "0.4 %", "26 %", "–"]);
  expect([0, 0.42, 3.21, 38.4, 1234].map(writtenMs)).toEqual(["0 ms", "0.42 ms", "3.2 ms", "38 ms", "1.2 s"]);
});

it("writes an error only where it says something, and × once", () => {
  const plain = (value: number): string => value.toFixed(2);
  const estimates = [0.1, 0, 0.001, NaN].map((error) => writtenEstimate({ value: 0.5, error }, plain));
  expect(estimates).toEqual(["0.50 ± 0.10", "0.50", "0.50", "0.50"]);
  expect(writtenEstimate({ value: 1.5, error: 0.1 }, (value) => `${plain(value)}×`)).toBe("1.50× ± 0.10");
});
