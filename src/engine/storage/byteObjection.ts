// Why a budget in bytes makes no run, in one sentence. Apart from the bytes themselves, because the page needs it later.

import { InputError } from "../../lib/errors";
import type { Policy, PolicyParameters } from "../../policy/policy";
import { heldBytes, isInBytes, leastSlots, settledParameters, slotsOfBytes, type CacheShape } from "./byteBudget";
import { layerFormat } from "./storageFormat";

/** Throws InputError where the bytes are too few. */
export function requireSettled(policy: Policy, parameters: PolicyParameters, shape: CacheShape): PolicyParameters {
  const settled = settledParameters(policy, parameters, shape);
  const objection = objectionToBytes(policy, settled, shape);
  if (objection !== null) throw new InputError(objection);
  return settled;
}

/** Why a budget in bytes makes no run; null where it does, or where the budget is in slots. */
export function objectionToBytes(policy: Policy, parameters: PolicyParameters, shape: CacheShape): string | null {
  if (!isInBytes(policy, parameters)) return null;
  const { share, storage, layerBits, reading, budgetBytes, windowSlots } = parameters;
  const isByLayer = share === "pyramid" || share === "roles";
  const isPacked = layerFormat(parameters, 0, shape) !== null && storage !== "half";
  const isUneven = reading !== "everything" || (isPacked && layerBits !== "");
  if (isByLayer && isUneven) {
    return "a budget in bytes comes to a number of slots only where the share gives every layer the same, or all layers are stored alike; choose another share, or the same bits for all layers";
  }
  const [slots, least] = [slotsOfBytes(parameters, shape, budgetBytes), leastSlots(policy, parameters)];
  if (slots >= least) return null;
  const room = `${countWords(slots, "slot")} of each KV head`;
  return (
    `a budget of ${bytesWords(budgetBytes)} holds ${room}, and ${policy.label} with a window of ${windowSlots} needs ${least}, ` +
    `which take at least ${bytesWords(leastBytes(parameters, shape, least))}; raise the budget, or store entries in fewer bytes`
  );
}

/** Of the fewest bytes that hold so many slots, or more. */
function leastBytes(parameters: PolicyParameters, shape: CacheShape, slots: number): number {
  const { residualSlots, blockSlots } = layerFormat(parameters, 0, shape) ?? { residualSlots: 0, blockSlots: 1 };
  const nextBlock = residualSlots + Math.ceil(Math.max(0, slots - residualSlots) / blockSlots) * blockSlots;
  return Math.min(heldBytes(parameters, shape, slots), heldBytes(parameters, shape, nextBlock));
}

/** "69,632 bytes (68 KiB)" */
function bytesWords(bytes: number): string {
  return `${countWords(bytes, "byte")} (${Math.ceil(bytes / 1024).toLocaleString("en")} KiB)`;
}

function countWords(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
