// The roles of a model's query heads, stored next to the weights of each model of the page and fetched when needed.
import { InputError } from "../lib/errors";
import { parseHeadRoles, rolesFileName, type HeadRoles } from "../model/headRoles";
import { shippedModels } from "../settings/shippedModels";
import type { ModelSummary } from "../trace/trace";
import { storedText, type FetchFile } from "./storedFile";

export type { HeadFigures, HeadNumbers, HeadRoles, RolesExample, TaskRoles } from "../model/headRoles";

export type RolesModel = Pick<ModelSummary, "digest" | "label" | "layerCount" | "headCount">;

/** Throws InputError in plain words for weights that are not of the page, and for a file that cannot be used. */
export async function loadHeadRoles(model: RolesModel, fetchFile?: FetchFile): Promise<HeadRoles> {
  const shipped = shippedModels.find(({ digest }) => digest === model.digest);
  const file = `models/${shipped?.id ?? "…"}/${rolesFileName}`;
  const text = shipped === undefined ? null : await storedText(file, fetchFile);
  if (text !== null) return parseHeadRoles(text, file, model);
  throw new InputError(
    `Nobody has measured the heads of ${model.label} with these weights. The page has roles for ` +
      `${shippedModels.map(({ label }) => label).join(" and ")}; npm run roles measures others.`,
  );
}
