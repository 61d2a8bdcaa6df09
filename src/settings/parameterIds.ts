// Rows that are parameters of policies: those that decide who is evicted, and those that decide when and how much, or
// by which draw.
import type { PolicyParameters } from "../policy/policy";
import type { SettingId } from "./settings";

export const whoIds = [
  "alpha",
  "lambda",
  "smoothing",
  "isNormalised",
  "poolingSlots",
  "redundancy",
  "shiftGamma",
  "groupPooling",
  "sinkSlots",
  "isPromptProtected",
] as const satisfies readonly (SettingId & keyof PolicyParameters)[];

export const whenIds = [
  "budgetSlots",
  "windowSlots",
  "intervalSteps",
  "budgetMode",
  "compressRatio",
  "seed",
] as const satisfies readonly (SettingId & keyof PolicyParameters)[];

export const parameterIds = [...whenIds, ...whoIds] as const;
export type ParameterId = (typeof parameterIds)[number];
