// Runs what a link asks for, as the page would, on the CPU backend: a trace for every lane.

import type { Backend } from "../../src/engine/backend";
import { createCpuBackend } from "../../src/engine/cpu/cpuBackend";
import { modelSummary } from "../../src/engine/traceRecords";
import { recordLanes } from "../recordTrace";
import { InputError } from "../../src/lib/errors";
import type { LoadedModel } from "../../src/model/loadModel";
import { loadModel } from "../../src/model/loadModel";
import type { Problem } from "../../src/problems/problem";
import { settingsOfLanes } from "../../src/settings/lanes";
import type { DecodedLink, LinkContent } from "../../src/settings/linkContent";
import { settingsInForce } from "../../src/settings/inForce";
import { shippedModels } from "../../src/settings/shippedModels";
import { problemOf } from "../../src/state/problem";
import { runRequest } from "../../src/state/recipe";
import type { ModelSummary, Trace } from "../../src/trace/trace";
import { directorySource } from "../../scripts/directorySource";
import { shippedFolder } from "../../scripts/shippedFolder";

export interface Player {
  readonly backend: Backend;
  readonly summary: ModelSummary;
  readonly loaded: LoadedModel;
}

/** The model that the page begins with. */
export async function openPlayer(): Promise<Player> {
  const loaded = await loadModel(directorySource(shippedFolder));
  const backend = await createCpuBackend({ config: loaded.config, weights: loaded.weights });
  return { backend, summary: modelSummary(shippedModels[0], loaded), loaded };
}

/** A trace per lane, to the end. */
export async function replayLink(
  { backend, summary, loaded }: Player,
  { choices, comparison }: Pick<LinkContent | DecodedLink, "choices" | "comparison">,
): Promise<Trace[]> {
  const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
  const request = runRequest(
    { lanes, isForced: comparison.isForced, problem: linkProblem({ choices }) },
    summary.maxPositions,
  );
  const { tokenizer, config, weights } = loaded;
  return recordLanes(backend, summary, { model: { config, weights }, tokenizer, request });
}

/** The problem that a link names; presets have no other. */
export function linkProblem({ choices }: Pick<LinkContent, "choices">): Problem {
  const problem = problemOf(settingsInForce(choices).settings.problem);
  if (problem === null) throw new InputError("a preset needs a problem with a known answer");
  return problem;
}
