// npm run golden -- DIR… --backend cpu|gpu|both: runs recorded cases through the product's own functions, or holds a model to what
// is known of it.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { readModel } from "../../scripts/readModel";
import { errorMessage, InputError } from "../../src/lib/errors";
import { toleranceOf } from "./compare";
import type { CaseFile } from "./findCases";
import { beside, findCases } from "./findCases";
import { checkModel, type BackendType } from "./modelCases";
import { runCase, skippedName } from "./runCase";
import type { FieldComparison } from "./compare";
import type { TermProbe } from "./termProbe";
import { cpuTermProbe } from "./termProbe";

const usage = `Usage: npm run golden -- DIR… [--backend cpu|gpu|both]
       npm run golden -- --model FILE.gguf|DIR [--backend cpu|gpu|both]
  DIR             folders of case files, or files (fixtures/golden)
  --model PLACE   a model in place of cases: against its reference.json, its weights in float32, and the other backend
  --backend NAME  cpu, gpu or both (both)`;

export async function main(argv: string[]): Promise<number> {
  if (argv.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const { places, backends, model } = readArguments(argv);
  if (model !== null) return runModel(model, backends);
  const found = await findCases(places);
  const isRun = ({ json, problem }: CaseFile): boolean => problem !== null || skippedName(json) === null;
  const cases = found.filter(isRun);
  const results: CaseResult[] = [];
  for (const backend of backends) results.push(...(await runBackend(backend, cases)));
  const skipped = found.filter((file) => !isRun(file));
  for (const line of reportLines(results, skipped)) console.log(line);
  if (cases.length === 0) console.error(`No case of a known kind was found in ${places.join(", ")}.`);
  return cases.length > 0 && results.every(hasPassed) ? 0 : 1;
}

interface Arguments {
  readonly places: string[];
  readonly backends: readonly BackendType[];
  readonly model: string | null;
}

function readArguments(argv: string[]): Arguments {
  try {
    const { positionals, values } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { backend: { type: "string", default: "both" }, model: { type: "string" } },
    });
    const { model = null } = values;
    if ((positionals.length === 0) === (model === null)) throw new InputError("give folders of cases, or a model");
    return { places: positionals, backends: readBackends(values.backend), model };
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

function readBackends(name: string): readonly BackendType[] {
  switch (name) {
    case "cpu":
    case "gpu":
      return [name];
    case "both":
      return ["cpu", "gpu"];
    default:
      throw new InputError(`--backend is "${name}", expected cpu, gpu or both`);
  }
}

/** Every check that could be made, as cases are reported. */
async function runModel(place: string, backends: readonly BackendType[]): Promise<number> {
  const model = await readModel(place);
  const reference = await readFile(path.join(place, "reference.json"), "utf8").catch(() => null);
  const checks = await checkModel(model, backends, reference);
  const results = checks.flatMap(({ comparisons, ...check }): CaseResult[] =>
    typeof comparisons === "string" ? [] : [{ ...check, file: place, comparisons }],
  );
  for (const line of reportLines(results, [])) console.log(line);
  for (const { kind, backend, comparisons } of checks) {
    if (typeof comparisons === "string") console.log(`skipped: ${kind} on ${backend}, ${comparisons}`);
  }
  if (results.length === 0) console.error("Nothing could be checked.");
  return results.length > 0 && results.every(hasPassed) ? 0 : 1;
}

/** If a backend cannot be opened, each case counts as failed on it: a requested check did not take place. */
async function runBackend(backend: BackendType, cases: readonly CaseFile[]): Promise<CaseResult[]> {
  const opened = await openProbe(backend);
  if (typeof opened === "string") console.error(`The ${backend} backend cannot run here: ${opened}`);
  const results: CaseResult[] = [];
  for (const { file, kind, json, problem } of cases) {
    const obstacle = problem ?? (typeof opened === "string" ? "the backend cannot run here" : null);
    const comparisons =
      obstacle !== null || typeof opened === "string"
        ? [{ field: "case", isEqual: false, relativeError: Infinity, detail: obstacle ?? "" }]
        : await runCase(json, { probe: opened, tolerance: toleranceOf[backend], readBeside: beside(file) });
    results.push({ file, kind, backend, comparisons });
  }
  return results;
}

/** The probe, or why it cannot be opened. The GPU's modules load only when asked for: the CPU must work without them. */
async function openProbe(backend: BackendType): Promise<TermProbe | string> {
  if (backend === "cpu") return cpuTermProbe;
  try {
    const { openNodeGpu } = await import("../../scripts/nodeGpu");
    const { createGpuTermProbe } = await import("./gpuTermProbe");
    const { device, adapter } = await openNodeGpu();
    console.log(`gpu: ${adapter}`);
    return createGpuTermProbe(device);
  } catch (error) {
    return errorMessage(error);
  }
}

interface CaseResult {
  readonly file: string;
  readonly kind: string;
  readonly backend: "cpu" | "gpu";
  readonly comparisons: readonly FieldComparison[];
}

function hasPassed(result: CaseResult): boolean {
  return result.comparisons.every(({ isEqual }) => isEqual);
}

/** The last line is `N passed, M failed, K skipped`; a case counts once for each backend. */
function reportLines(results: readonly CaseResult[], skipped: readonly CaseFile[]): string[] {
  const groups = groupBy(results, ({ kind, backend }) => `${kind} on ${backend}`);
  const failedCount = results.filter((result) => !hasPassed(result)).length;
  return [
    ...[...groups].map(([name, group]) => groupLine(name, group)),
    ...results.filter((result) => !hasPassed(result)).flatMap(failureLines),
    ...[...groupBy(skipped, ({ json, kind }) => skippedName(json) ?? kind)].map(
      ([kind, group]) => `skipped: ${kind}, ${group.length} ${group.length === 1 ? "file" : "files"}`,
    ),
    `${results.length - failedCount} passed, ${failedCount} failed, ${skipped.length} skipped`,
  ];
}

function groupLine(name: string, group: readonly CaseResult[]): string {
  const passedCount = group.filter(hasPassed).length;
  const worst = Math.max(0, ...group.flatMap(({ comparisons }) => comparisons.map((one) => one.relativeError)));
  return `${name}: ${passedCount} passed, ${group.length - passedCount} failed, worst relative error ${worst.toExponential(1)}`;
}

function failureLines({ file, backend, comparisons }: CaseResult): string[] {
  return comparisons
    .filter(({ isEqual }) => !isEqual)
    .map(({ field, detail }) => `failed: ${file} on ${backend}: ${field}: ${detail}`);
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
