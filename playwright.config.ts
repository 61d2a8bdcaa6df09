// Journeys through the built page, once with WebGPU and once as a visitor without a GPU sees it. The page is served
// below a sub-path, as on a static host: tests open it with page.goto("./").
import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions } from "./scripts/findChromium.mjs";

const port = Number(process.env.E2E_PORT ?? 4187);
const basePath = "/some/folder/";
const baseURL = `http://localhost:${port}${basePath}`;

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  // Each drives a browser that waits most of the time: two share the cores of the smallest machine that runs them.
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // Two browsers on two slow cores: the longest journey takes 40 s there, and a click may have to wait.
  timeout: 120_000,
  // Where other work takes the cores away for a while, a journey that failed runs once more, and is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  expect: { timeout: 10_000 },
  reporter: "list",
  // Only the tests of it keep a copy of the page: every other one reads the build itself.
  use: {
    baseURL,
    // Recording takes a fifth of the time. On a desk a journey that fails is repeated: npx playwright test NAME --trace on.
    trace: process.env.CI ? "retain-on-failure" : "off",
    serviceWorkers: "block",
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --base ${basePath} --port ${port} --strictPort`,
    url: baseURL,
    reuseExistingServer: false,
  },
  projects: [
    // Only these ask for the GPU: the page itself passes over a software adapter, and decodes on the CPU as without WebGPU.
    {
      name: "webgpu",
      testMatch: /(live|queryHeads|smoke)\.spec\.ts$/,
      use: { launchOptions: chromiumLaunchOptions({ webgpu: true }) },
    },
    { name: "cpu", use: { launchOptions: chromiumLaunchOptions({ webgpu: false }) } },
  ],
});
