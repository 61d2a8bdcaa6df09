// Two projects: `unit` runs in Node, `gpu` runs kernels against their twins in a real headless Chromium.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type Plugin } from "vitest/config";
import { chromiumLaunchOptions } from "./scripts/findChromium.mjs";

const gpuTests = "{src,lab}/**/*.gpu.test.{ts,tsx}";

// To find the tests that a change concerns (--changed), Vitest follows imports without their `?raw` and would parse shaders.
const shadersAsText: Plugin = {
  name: "shaders as text",
  enforce: "pre",
  transform: (code, id) => (/\.(wgsl|wat)$/.test(id) ? `export default ${JSON.stringify(code)}` : null),
};

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        plugins: [shadersAsText],
        test: {
          name: "unit",
          // Files of one worker share their modules, which halves the stage; a test puts back what it changes.
          isolate: false,
          environment: "node",
          include: ["src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts", "lab/**/*.test.ts", "eslint/**/*.test.ts"],
          exclude: [gpuTests],
          setupFiles: ["scripts/failOnConsole.ts"],
          // Some decode whole runs, and may share their core with another stage.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "gpu",
          include: [gpuTests],
          setupFiles: ["scripts/failOnConsole.ts"],
          // The software adapter uses every core: files side by side only slow each other down.
          fileParallelism: false,
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions({ webgpu: true }) }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
