// Which checkpoints are evaluated together: those along the run that made winnow-1m-distilled, the shipped ones from base to RL, or
// two short runs that differ in the training mask.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Checkpoint } from "../../src/experiment/checkpointResults";
import { errorMessage, InputError } from "../../src/lib/errors";

/** What is known of a checkpoint before it is evaluated. */
export interface PlannedCheckpoint extends Omit<Checkpoint, "digest" | "cells"> {
  readonly modelFolder: string;
}

const modelsFolder = "public/models";
const distilled = "winnow-1m-distilled";
const distilledSteps = 3000;
const distilCommand = `python lab/training/distil.py --name ${distilled} --steps ${distilledSteps} --threads 1`;
const distilledEnd = { folder: distilled, step: distilledSteps, made: distilCommand };
const base = shipped({ label: "base", step: 0, folder: "winnow-1m", made: "python lab/training/train.py" });

function shipped(
  facts: Omit<PlannedCheckpoint, "modelFolder" | "folder"> & { readonly folder: string },
): PlannedCheckpoint {
  return { ...facts, modelFolder: path.join(modelsFolder, facts.folder) };
}

/** The base, the snapshots that ship, the model at the end. */
export async function trainingPlan(): Promise<readonly PlannedCheckpoint[]> {
  const steps = (await readdir(path.join(modelsFolder, distilled, "steps"))).map(Number);
  const between = [...steps].sort((left, right) => left - right);
  return [
    base,
    ...between.map((step) =>
      shipped({ label: `step ${step}`, step, folder: `${distilled}/steps/${step}`, made: distilCommand }),
    ),
    shipped({ label: `step ${distilledSteps}`, ...distilledEnd }),
  ];
}

/** The base, the distilled model, and that after RL. */
export function stagesPlan(): readonly PlannedCheckpoint[] {
  const made =
    `python lab/training/reinforce.py --name winnow-1m-rl --init lab/training/out/${distilled}/model --steps 400 ` +
    "--threads 1 --problems 4 --least-budget 0.12 --most-budget 0.18";
  return [
    base,
    shipped({ label: "distilled", ...distilledEnd }),
    shipped({ label: "RL", step: distilledSteps + 400, folder: "winnow-1m-rl", made }),
  ];
}

/** The base, and the models of two runs of distil.py that are the same but for --mask. */
export async function maskPlan(trueRun: string, laggingRun: string): Promise<readonly PlannedCheckpoint[]> {
  const trained = async (folder: string, mask: "true" | "lagging", label: string): Promise<PlannedCheckpoint> => {
    const { name, seed, steps } = await runResult(folder);
    const made = `python lab/training/distil.py --name ${name} --steps ${steps} --seed ${seed} --threads 1 --mask ${mask}`;
    return { label, step: steps, folder: null, made, modelFolder: path.join(folder, "model") };
  };
  return [base, await trained(trueRun, "true", "true mask"), await trained(laggingRun, "lagging", "reference’s mask")];
}

async function runResult(folder: string): Promise<{ name: string; seed: number; steps: number }> {
  const file = path.join(folder, "result.json");
  try {
    const { name, seed, steps } = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    if (typeof name === "string" && typeof seed === "number" && typeof steps === "number") return { name, seed, steps };
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${errorMessage(error)}; give the folder of a finished training run`);
  }
  throw new InputError(`${file}: expected name, seed and steps; give the folder of a finished training run`);
}
