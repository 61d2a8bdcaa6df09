// The layer table is enforced on every form of import that the code uses.
import { Linter } from "eslint";
import { parser } from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { createLayerRule } from "./layerRule.js";
import { layers } from "./layers.js";

const linter = new Linter({ cwd: "/repo" });

function messages(filename: string, code: string): string[] {
  const rule = createLayerRule({ root: "/repo", layers });
  const found = linter.verify(
    code,
    {
      files: ["**/*.ts", "**/*.tsx"],
      languageOptions: { parser },
      plugins: { winnow: { rules: { layers: rule } } },
      rules: { "winnow/layers": "error" },
    },
    { filename: `/repo/${filename}` },
  );
  return found.map(({ message }) => message);
}

const allowed = [
  ["src/engine/decode.ts", `import { evict } from "../policy/evict";`],
  ["src/engine/gpu/gemv.ts", `import source from "../../../shaders/gemv.wgsl?raw";`],
  ["src/engine/gpu/gemv.ts", `import { createRing } from "../ring";`],
  ["src/state/store.ts", `import { createClient } from "../engine/client";`],
  ["src/state/store.ts", `import type { EngineEvent } from "../engine/protocol";`],
  ["src/panels/map/Map.tsx", `import { useStore } from "../../state/store";`],
  ["src/lib/assert.ts", `import { scaleLinear } from "d3";`],
  ["src/lib/assert.test.ts", `import { decode } from "../engine/decode";`],
  ["src/App.tsx", `import { decode } from "./engine/decode";`],
  ["e2e/smoke.spec.ts", `import { decode } from "../src/engine/decode";`],
] as const;

const forbidden = [
  ["src/lib/assert.ts", `import { decode } from "../engine/decode";`],
  ["src/lib/assert.ts", `import type { Trace } from "../trace/trace";`],
  ["src/policy/h2o.ts", `import { parseConfig } from "../model/config";`],
  ["src/policy/h2o.ts", `export { decode } from "../engine/decode";`],
  ["src/policy/h2o.ts", `export * from "../engine/decode";`],
  ["src/policy/h2o.ts", `const decode = await import("../engine/decode");`],
  ["src/policy/h2o.ts", `type Decode = typeof import("../engine/decode");`],
  ["src/policy/h2o.ts", `type Decode = import("../engine/decode").Decode;`],
  ["src/policy/h2o.ts", `import "../engine/decode";`],
  ["src/state/store.ts", `import { decode } from "../engine/decode";`],
  ["src/state/store.ts", `import { clientRing } from "../engine/client/ring";`],
  ["src/state/store.ts", `new Worker(new URL("../engine/worker.ts", import.meta.url));`],
  ["src/panels/map/Map.tsx", `import { decode } from "../../engine/client";`],
  ["src/ui/Slider.tsx", `import source from "../../shaders/gemv.wgsl?raw";`],
  ["src/ui/Slider.tsx", `import { App } from "../App";`],
] as const;

describe("the layer rule", () => {
  it.each(allowed)("lets %s say %s", (filename, code) => {
    expect(messages(filename, code)).toEqual([]);
  });

  it.each(forbidden)("stops %s from saying %s", (filename, code) => {
    expect(messages(filename, code)).toHaveLength(1);
  });

  it("names both layers and what is allowed", () => {
    expect(messages("src/policy/h2o.ts", `import { parseConfig } from "../model/config";`)).toEqual([
      "The layer policy may not import model/config; it may import: lib, cache (see eslint/layers.js).",
    ]);
  });

  it("stops files in a folder that is not in the table", () => {
    expect(messages("src/utils/misc.ts", "export const x = 1;")).toEqual([
      "The folder src/utils is not in the table of layers (see eslint/layers.js).",
    ]);
  });

  it("lets tests and their helpers import helpers, and nothing that ships", () => {
    const code = `import { drawTrace } from "../trace/drawTrace.testing";`;
    expect(messages("src/state/run.test.ts", code)).toEqual([]);
    expect(messages("src/state/drivePage.testing.ts", code)).toEqual([]);
    expect(messages("src/state/run.ts", code)).toEqual([
      "A test helper (*.testing.ts) is for tests; what the page ships may not import it.",
    ]);
  });

  it("has a table in which every layer imports only layers that stand above it", () => {
    const order = ["shaders", ...Object.keys(layers)];
    for (const [layer, entries] of Object.entries(layers)) {
      const above = order.slice(0, order.indexOf(layer));
      expect(above, layer).toEqual(expect.arrayContaining(entries.map((entry) => entry.replace(/\/.*/, ""))));
    }
  });
});
