// Runs of several lanes on the test bench of the engine host, for tests: what is asked, what comes back lane by lane.
import { drawCheckpoint } from "../model/drawCheckpoint.testing";
import { memorySource } from "../model/source";
import { effectiveParameters, policyById } from "../policy/policies";
import type { RunEndReason, Trace } from "../trace/trace";
import type { BenchOptions, HostBench } from "./hostBench.testing";
import { createHostBench, tinyParameters, tinyRecipe, tinyReference } from "./hostBench.testing";
import type { BackendChoice, RunRecipe, RunRequest } from "./protocol";

export function recipeOf(policyId: string, changes: Partial<RunRecipe> = {}): RunRecipe {
  const { budgetSlots, windowSlots, intervalSteps } = tinyParameters;
  const parameters = effectiveParameters(policyById(policyId), { budgetSlots, windowSlots, intervalSteps });
  return { ...tinyRecipe, policyId, parameters, ...changes };
}

export const free = (lanes: readonly RunRecipe[]): RunRequest => ({ lanes, isForced: false });
export const forced = (lanes: readonly RunRecipe[]): RunRequest => ({ lanes, isForced: true });

/** The tiny model with other numbers in its config.json. */
export function withConfig(config: Readonly<Record<string, unknown>>): BenchOptions {
  const files = drawCheckpoint({ max_position_embeddings: 2048, eos_token_id: [], ...config });
  return { edge: { openSource: () => memorySource("models/tiny", files) } };
}

export async function loadedBench(options: BenchOptions = {}, backend: BackendChoice = "cpu"): Promise<HostBench> {
  const bench = createHostBench(options);
  bench.send({ type: "load", load: 1, model: tinyReference, backend });
  await bench.waitFor("ready");
  return bench;
}

/** Run 1. */
export function start(bench: HostBench, request: RunRequest, isPaused = false): void {
  bench.send({ type: "start", run: 1, request, isPaused });
}

/** Runs it to the end of every lane, or of what is given up. */
export async function traces(request: RunRequest, options: BenchOptions = {}): Promise<Trace[]> {
  const isOnGpu = options.edge?.openGpu !== undefined;
  const bench = await loadedBench(options, isOnGpu ? "gpu" : "cpu");
  start(bench, request);
  await bench.waitForEnds(1, request.lanes.length);
  return tracesOf(bench, request);
}

export function tracesOf(bench: HostBench, { lanes }: RunRequest): Trace[] {
  return lanes.map((_, lane) => bench.traceOf(1, lane));
}

/** All that must not depend on how a run was driven. */
export function essence({ header: { memory: _, backend: __, ...header }, steps, events, end }: Trace) {
  return { header, steps: steps.map(({ timings: ___, ...rest }) => rest), events, end };
}

export const tokensOf = ({ steps }: Trace): number[] => steps.map(({ token }) => token);

/** "lane:step" of every step, in the order in which they were posted. */
export function order(bench: HostBench): string[] {
  return bench.events.flatMap((event) => (event.type === "step" ? [`${event.lane}:${event.record.step}`] : []));
}

/** Reason and lane of every end, in the order in which they were posted. */
export function ends(bench: HostBench): (readonly [number, RunEndReason])[] {
  return bench.events.flatMap((event) => (event.type === "done" ? [[event.lane, event.reason] as const] : []));
}
