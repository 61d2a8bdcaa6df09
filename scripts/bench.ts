// npm run bench: starts a server on the sources, drives bench/bench.html in Chromium, prints one table per case.
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { createServer } from "vite";
import type { BenchOptions } from "../bench/context";
import type { BenchTable } from "../bench/table";
import { modelLoadCase } from "../bench/modelLoadCase";
import { visitCase } from "../bench/visitCase";
import { errorMessage, InputError } from "../src/lib/errors";
import { chromiumLaunchOptions } from "./findChromium.mjs";

const caseIds = [
  "speed",
  "matvec",
  "taps",
  "trace",
  "open",
  "growth",
  "cost",
  "attention",
  "merge",
  "models",
  "neighbour",
  "scrub",
  "stream",
  "squeeze",
  "visit",
  "modelLoad",
];
const flags = {
  only: { type: "string" },
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run bench -- [--only CASE] [--quick] [--json]
  --only   one or more of ${caseIds.join(", ")} (comma-separated)
  --quick  fewer repeats: to see that it works, not to quote
  --json   one JSON object instead of tables`;

export async function main(argv: string[]): Promise<number> {
  const values = parseFlags(argv);
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const chosen = values.only?.split(",") ?? caseIds;
  const unknown = chosen.find((id) => !caseIds.includes(id));
  if (unknown !== undefined) throw new InputError(`there is no bench case "${unknown}"\n${usage}`);

  const root = fileURLToPath(new URL("..", import.meta.url));
  // React without its development checks, as a visitor gets it.
  process.env.NODE_ENV = "production";
  const server = await createServer({
    configFile: false,
    mode: "production",
    root,
    logLevel: "error",
    server: { port: 4199, hmr: false, watch: null },
    optimizeDeps: { include: ["@huggingface/transformers"] },
  });
  await server.listen();
  const browser = await chromium.launch(chromiumLaunchOptions({ webgpu: true }));
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(0);
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`${server.resolvedUrls?.local[0] ?? ""}bench/bench.html`);
    await page.waitForFunction(() => "winnowBench" in window);
    const description = [
      `${os.cpus()[0]?.model.trim() ?? "unknown processor"}, ${os.cpus().length} cores, Chromium ${browser.version()}`,
      ...(await page.evaluate(() => window.winnowBench.describe())),
    ];
    if (!values.json) console.log(description.join("\n"));
    // onnxruntime-web is a dependency of @huggingface/transformers, wherever npm put it.
    const require = createRequire(import.meta.url);
    const runtime = path.dirname(
      createRequire(require.resolve("@huggingface/transformers")).resolve("onnxruntime-web"),
    );
    const options: BenchOptions = {
      isQuick: values.quick,
      onnxModels: "/bench/",
      onnxRuntime: `/${path.relative(root, runtime).split(path.sep).join("/")}/`,
    };
    const tables: BenchTable[] = [];
    const inPage = (id: string): Promise<BenchTable> =>
      page.evaluate(({ caseId, given }) => window.winnowBench.run(caseId, given), { caseId: id, given: options });
    for (const caseId of chosen) {
      if (caseId === "visit") tables.push(await visitCase(browser, values.quick));
      else if (caseId === "modelLoad") tables.push(await modelLoadCase(browser, page.url(), values.quick));
      else tables.push(await inPage(caseId));
      const table = tables[tables.length - 1];
      if (!values.json) console.log(tableText(table));
    }
    if (values.json) console.log(JSON.stringify({ description, isQuick: values.quick, tables }));
    for (const fault of faults) console.error(`page error: ${fault}`);
    return 0;
  } finally {
    await browser.close();
    await server.close();
  }
}

// The return type is what parseArgs makes of the flags.
function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

/** Columns padded to their widest cell, numbers to the right. */
function tableText({ title, note, columns, rows }: BenchTable): string {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const lines = cells.map((row, index) =>
    row
      .map((cell, column) => {
        const isNumber = index > 0 && typeof rows[index - 1][column] === "number";
        return isNumber ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
      })
      .join("  ")
      .trimEnd(),
  );
  return ["", title, `  (${note})`, ...lines.map((line) => `  ${line}`)].join("\n");
}
