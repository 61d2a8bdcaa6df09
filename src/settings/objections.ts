// Why settings make no run, in words. Apart from what is in force, because the page needs it only where they are set.
import { objectionToBytes } from "../engine/storage/byteObjection";
import { objectionToCombination } from "../policy/combination";
import { policyOf, policyParameters, shapeOf } from "./inForce";
import type { Settings } from "./settings";
import { modelOf, shippedModels, type ShippedModel } from "./shippedModels";

/** Why the parts of a method make no sense together on the model chosen; null where they do. */
export function objectionOf(settings: Settings, models: readonly CombinableModel[] = shippedModels): string | null {
  const model = models.find(({ id }) => id === settings.model) ?? modelOf(settings.model);
  if (model.id !== settings.model) return null;
  const { layerCount, headCount, hasRoles, hasFilters, hasBasis } = model;
  const policy = policyOf(settings.policyId);
  // What the roles and filters are does not matter here, only whether there are some.
  const roles = hasRoles ? { infScore: Array<number[]>(layerCount).fill(Array<number>(headCount).fill(0)) } : null;
  const combined = { layerCount, headCount, roles, filters: hasFilters ? [] : null, hasBasis };
  return (
    objectionToCombination(policy, policyParameters(settings), combined) ??
    objectionToBytes(policy, policyParameters(settings), model)
  );
}

type CombinableModel = Pick<
  ShippedModel,
  "id" | "layerCount" | "headCount" | "kvHeadCount" | "headDim" | "hasRoles" | "hasFilters" | "hasBasis"
>;

/** Whether a budget in bytes holds the least that the policy needs. */
export function hasEnoughBytes(settings: Settings): boolean {
  return objectionToBytes(policyOf(settings.policyId), policyParameters(settings), shapeOf(settings.model)) === null;
}
