// Both sides of every kernel say the same: names of bindings and overrides, fields of the uniform block, limits.
import { describe, expect, it } from "vitest";
import paramsCode from "../../../../shaders/common/params.wgsl?raw";
import readme from "../../../../shaders/README.md?raw";
import type { KernelSpec } from "../kernelSpec";
import { paramFields } from "../params";

const modules = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts"], { eager: true });
const specs = Object.values(modules)
  .flatMap((module) => Object.entries(module))
  .filter(([name]) => name.endsWith("Kernel"))
  .map(([, spec]) => spec as KernelSpec);
const shaders = import.meta.glob("../../../../shaders/*.wgsl");
const shaderNames = Object.keys(shaders).map((path) => path.replace(/^.*\/(\w+)\.wgsl$/, "$1"));

it("has a spec for every file in shaders/", () => {
  expect(specs.map(({ name }) => name).sort()).toEqual(shaderNames.sort());
});

it("gives the uniform block the same fields on both sides", () => {
  const fields = [...paramsCode.matchAll(/^ {2}(\w+): (u32|f32),/gm)].map(([, name, type]) => ({ name, type }));
  expect(fields).toEqual(paramFields);
});

describe.each(specs)("$name", ({ name, code, bindings, overrides }) => {
  const declared = [...code.matchAll(/@group\(0\) @binding\((\d+)\) var<([^>]+)> (\w+)/g)];

  it("names its bindings as in the shader, in order", () => {
    expect(declared.map(([, , , variable]) => variable)).toEqual(bindings);
    expect(declared.map(([, number]) => Number(number))).toEqual(bindings.map((_, number) => number));
    expect(code.match(/@group\([^0]/)).toBeNull();
  });

  it("names its overrides as in the shader", () => {
    expect([...code.matchAll(/^override (\w+)/gm)].map(([, override]) => override)).toEqual(overrides);
  });

  it("uses at most 8 storage buffers, params first and outputs last", () => {
    const spaces = declared.map(([, , space]) => space);
    expect(spaces.filter((space) => space.startsWith("storage")).length).toBeLessThanOrEqual(8);
    const order = ["uniform", "storage, read", "storage, read_write"];
    expect(spaces.map((space) => order.indexOf(space))).toEqual(spaces.map((space) => order.indexOf(space)).sort());
  });

  it("stands in shaders/README.md", () => {
    expect(readme).toContain(`\`${name}\``);
  });
});
