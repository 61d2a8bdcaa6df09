// Kernels are compiled once, and one that the device does not accept is named with the compiler's lines.
import { expect, it } from "vitest";
import { kernelCacheOf } from "./kernelCache";
import { testDevice } from "./kernelHarness.testing";
import { embedKernel } from "./kernels/matrixKernels";

it("compiles a kernel once for the same numbers", async () => {
  const cache = kernelCacheOf((await testDevice()).device);
  const four = { spec: embedKernel, overrides: { COLUMN_VECTORS: 4, FIRST_TOKEN: 0, ROWS: 4, SCALE: 1 } };
  expect(await cache.kernel(four)).toBe(await cache.kernel(four));
  expect(await cache.kernel(four)).not.toBe(await cache.kernel({ ...four, overrides: { ...four.overrides, ROWS: 5 } }));
});

it("names a kernel that does not compile, and the compiler's line", async () => {
  const cache = kernelCacheOf((await testDevice()).device);
  const broken = { ...embedKernel, name: "broken", code: embedKernel.code.replace("tokens[row]", "nothing[row]") };
  const request = { spec: broken, overrides: { COLUMN_VECTORS: 4, FIRST_TOKEN: 0, ROWS: 4, SCALE: 1 } };
  await expect(cache.kernel(request)).rejects.toThrow(/kernel broken:[^]*error \d+:\d+ .*nothing/);
});

it("names a kernel whose numbers the device does not accept", async () => {
  const cache = kernelCacheOf((await testDevice()).device);
  const request = {
    spec: embedKernel,
    overrides: { COLUMN_VECTORS: 4, FIRST_TOKEN: 0, ROWS: 4, SCALE: 1 },
    workgroupSize: 100_000,
  };
  await expect(cache.kernel(request)).rejects.toThrow(/kernel embed:/);
});
