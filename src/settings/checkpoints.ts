// Checkpoints of a model: as first trained, and after each further training that ships with the page.
import { modelOf, postTrainings, shippedModels, type ModelWords, type PostTraining } from "./shippedModels";

export type Stage = "base" | PostTraining;

export const stageLabels: Readonly<Record<Stage, string>> = { base: "base", distilled: "distilled", rl: "RL" };

const stages: readonly Stage[] = ["base", ...postTrainings];

export function stageOf({ trainedFrom }: ModelWords): Stage {
  return trainedFrom?.by ?? "base";
}

/** The id of the model as first trained. */
export function baseOf({ id, trainedFrom }: ModelWords): string {
  return trainedFrom?.id ?? id;
}

/** All checkpoints of the same model, in the order of training. */
export function checkpointsOf(model: ModelWords, models: readonly ModelWords[] = shippedModels): readonly ModelWords[] {
  return stages.flatMap((stage) => models.filter((one) => baseOf(one) === baseOf(model) && stageOf(one) === stage));
}

/** Another model after the same training, or as first trained where it had none. */
export function sameStageOf(baseId: string, model: ModelWords, models: readonly ModelWords[]): string {
  const ofBase = models.filter((one) => baseOf(one) === baseId);
  return ofBase.find((one) => stageOf(one) === stageOf(model))?.id ?? baseId;
}

/** What tells a lane's model from its neighbours': "distilled", or "Winnow 1M, unshared". */
export function checkpointWords({ id, label }: Pick<ModelWords, "id" | "label">): string {
  const model = shippedModels.find((one) => one.id === id);
  const [first] = shippedModels;
  return model === undefined || baseOf(model) !== first.id ? label : stageLabels[stageOf(model)];
}

/** The same of a shipped model. */
export function shippedWords(modelId: string): string {
  return checkpointWords(modelOf(modelId));
}
