// A budget in bytes: how many slots of each KV head it holds, as entries are stored and read (methods section 23). What counts
// is what stays after an event; the room between events comes on top of it. The bytes of entries as computed are the same on
// every backend, float32.

import { packedCountOf } from "../../cache/packing";
import type { ModelConfig } from "../../model/config";
import { baseParameters, parameterNames, parameterRow, parameterTable, roomOf } from "../../policy/parameters";
import { countingParameters, effectiveParameters } from "../../policy/policies";
import type { Policy, PolicyParameters } from "../../policy/policy";
import { latentReadingOf } from "../reading/latentReading";
import { fullSlotsOf, layerFormat, storedBytes, type LayerFormat } from "./storageFormat";

/** What bytes depend on of a model. */
export type CacheShape = Pick<ModelConfig, "layerCount" | "kvHeadCount" | "headDim">;

const NUMBER_BYTES = 4;

/** Bytes of keys and values where every head holds so many slots, or as many on average under a share that gives heads more or less. */
export function heldBytes(parameters: PolicyParameters, shape: CacheShape, slots: number): number {
  const { layerCount, kvHeadCount, headDim } = shape;
  const reading = latentReadingOf(parameters, shape);
  let bytes = 0;
  for (let layer = 0; layer < layerCount; layer++) {
    const format = layerFormat(parameters, layer, shape);
    const hasLatents = reading !== null && !reading.isDense[layer];
    const sides = hasLatents ? (["values"] as const) : (["keys", "values"] as const);
    // A latent stands with its token's position, and its values are stored as the run stores entries.
    if (hasLatents) bytes += slots * (reading.rank + 1) * NUMBER_BYTES;
    bytes +=
      format === null
        ? slots * sides.length * kvHeadCount * headDim * NUMBER_BYTES
        : packedLayerBytes(format, parameters, { ...shape, sides }, slots);
  }
  return bytes;
}

interface PackedShape extends CacheShape {
  readonly sides: readonly ("keys" | "values")[];
}

function packedLayerBytes(
  format: LayerFormat,
  { share }: PolicyParameters,
  { kvHeadCount, headDim, sides }: PackedShape,
  slots: number,
): number {
  // Heads of different lengths: as many as can be, together, are not packed yet.
  const fullSlots = share === "uniform" ? slots - packedCountOf(format, slots) : Math.min(slots, fullSlotsOf(format));
  const ofHeads = {
    packedSlots: kvHeadCount * (slots - fullSlots),
    fullSlots: kvHeadCount * fullSlots,
    meanSlots: slots - fullSlots,
  };
  return storedBytes(format, ofHeads, { headDim, numberBytes: NUMBER_BYTES, sides }).total;
}

/**
 * The most slots of each head whose bytes do not exceed these. A slot more can take fewer bytes, where it fills a block that is
 * then packed: whole blocks are tried first, and then what fits behind them.
 */
export function slotsOfBytes(parameters: PolicyParameters, shape: CacheShape, bytes: number): number {
  const fits = (slots: number): boolean => heldBytes(parameters, shape, slots) <= bytes;
  const { residualSlots, blockSlots } = layerFormat(parameters, 0, shape) ?? { residualSlots: 0, blockSlots: 1 };
  // Less than one byte per slot is out of the question.
  let [blocks, tooMany] = [0, Math.floor(bytes / blockSlots) + 1];
  while (tooMany - blocks > 1) {
    const middle = Math.floor((blocks + tooMany) / 2);
    if (fits(residualSlots + middle * blockSlots)) blocks = middle;
    else tooMany = middle;
  }
  let slots = residualSlots + blocks * blockSlots + blockSlots - 1;
  while (slots > 0 && !fits(slots)) slots--;
  return slots;
}

/** Whether a run of this policy has its budget in bytes. */
export function isInBytes({ isEvicting }: Pick<Policy, "isEvicting">, { budgetMode }: PolicyParameters): boolean {
  return isEvicting && budgetMode === "bytes";
}

/** The parameters in force on a model: a budget in bytes has become slots; one too small, the fewest slots that would do. */
export function parametersOnModel(
  policy: Policy,
  choices: Partial<PolicyParameters>,
  shape: CacheShape,
): PolicyParameters {
  const inSlots = effectiveParameters(policy, choices);
  if (!isInBytes(policy, inSlots)) return inSlots;
  const roomy = effectiveParameters(policy, { ...choices, budgetSlots: parameterTable.budgetSlots.range.most });
  return effectiveParameters(policy, { ...choices, budgetSlots: settledSlots(policy, roomy, shape) });
}

/** The same for parameters that are complete, which stay as they are but for the slots. */
export function settledParameters(policy: Policy, parameters: PolicyParameters, shape: CacheShape): PolicyParameters {
  if (!isInBytes(policy, parameters)) return parameters;
  const budgetSlots = settledSlots(policy, parameters, shape);
  return budgetSlots === parameters.budgetSlots ? parameters : { ...parameters, budgetSlots };
}

/** The same run with its budget in slots: once settled, bytes decide nothing else. */
export function inSlots(parameters: PolicyParameters): PolicyParameters {
  const { budgetMode, budgetBytes } = baseParameters;
  return parameters.budgetMode === "bytes" ? { ...parameters, budgetMode, budgetBytes } : parameters;
}

function settledSlots(policy: Policy, parameters: PolicyParameters, shape: CacheShape): number {
  const slots = slotsOfBytes(parameters, shape, parameters.budgetBytes);
  return Math.max(slots, leastSlots(policy, parameters));
}

/** The fewest slots of each head that leave the window, sinks and chunks their room. */
export function leastSlots(policy: Policy, parameters: PolicyParameters): number {
  const counting = countingParameters(policy, parameters);
  const needs = parameterNames.map((name) => {
    const [room, value] = [roomOf(parameterRow(name), { ...parameters, budgetSlots: 0 }), parameters[name]];
    const isInForce = name === "windowSlots" || counting.includes(name);
    return room === null || typeof value !== "number" || !isInForce ? 0 : value - room.most;
  });
  return Math.max(parameterTable.budgetSlots.range.least, ...needs);
}
