import { describe, expect, it } from "vitest";
import { tinyConfig } from "../seededModel.testing";
import { isSoftwareAdapter, modelObstacle } from "./openDevice";

const room = { bindingBytes: 2 ** 20, workgroupsPerDimension: 65535 };
const demand = { weightBytesPerNumber: 4, slotCount: 64 * 4, queryRows: 16 } as const;

describe("modelObstacle", () => {
  it("finds none for a model that fits", () => {
    expect(modelObstacle(tinyConfig, demand, room)).toBeNull();
  });

  it("names the buffer that is too large, what it needs and what there is", () => {
    const config = { ...tinyConfig, intermediateSize: 76_032, hiddenSize: 1024 };
    expect(modelObstacle(config, demand, room)).toBe(
      "a layer’s gate and up matrix needs a buffer of 594 MiB, the GPU allows 1 MiB",
    );
    expect(modelObstacle(tinyConfig, { ...demand, slotCount: 16384 * 4 }, room)).toMatch(/^the cache of keys needs/);
    expect(modelObstacle(tinyConfig, { ...demand, queryRows: 16384 }, room)).toMatch(
      /^the past queries that the policy/,
    );
  });

  it("halves weights in half precision", () => {
    const config = { ...tinyConfig, intermediateSize: 3000, hiddenSize: 64 };
    expect(modelObstacle(config, demand, room)).not.toBeNull();
    expect(modelObstacle(config, { ...demand, weightBytesPerNumber: 2 }, room)).toBeNull();
  });

  it("refuses more rows of gate and up than there are workgroups for, two to each", () => {
    const roomy = { ...room, bindingBytes: 2 ** 30 };
    expect(modelObstacle({ ...tinyConfig, intermediateSize: 131_068 }, demand, roomy)).toBeNull();
    expect(modelObstacle({ ...tinyConfig, intermediateSize: 131_072 }, demand, roomy)).toMatch(/more workgroups/);
  });

  it("refuses shapes that the kernels cannot load four by four", () => {
    expect(modelObstacle({ ...tinyConfig, hiddenSize: 18 }, demand, room)).toMatch(/that 4 divides, this model has 18/);
    expect(modelObstacle({ ...tinyConfig, headDim: 6 }, demand, room)).toMatch(/head size that 4 divides/);
  });
});

describe("isSoftwareAdapter", () => {
  const named = (vendor: string, architecture: string, description: string) => ({ vendor, architecture, description });

  it("believes the browser's flag, and known names where there is none", () => {
    expect(isSoftwareAdapter({ ...named("x", "", ""), isFallbackAdapter: true })).toBe(true);
    expect(isSoftwareAdapter(named("google", "swiftshader", ""))).toBe(true);
    expect(isSoftwareAdapter(named("mesa", "", "llvmpipe (LLVM 15.0.6, 256 bits)"))).toBe(true);
    expect(isSoftwareAdapter(named("nvidia", "ampere", "NVIDIA GeForce RTX 3080"))).toBe(false);
  });
});
