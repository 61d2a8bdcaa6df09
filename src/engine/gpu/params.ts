// The uniform block of shaders/common/params.wgsl: one word per field, in this order.
import type { Sampling } from "../../model/sampling";

const unsignedFields = [
  "position",
  "addedSlots",
  "longestSlots",
  "slotCapacity",
  "rowCount",
  "step",
  "slotTableStride",
  "scoreStride",
  "scoreLayerStride",
  "queryStart",
  "queryRows",
  "queryLayerStride",
  "windowSlots",
  "paddingSlots",
  "promptCount",
  "excusedRank",
  "seed",
  "topK",
  "place",
  "turnedBack",
  "waitingRows",
] as const;
const floatFields = ["inverseTemperature", "topP"] as const;

/** Fields by their order in the struct, with their WGSL types. */
export const paramFields = [
  ...unsignedFields.map((name) => ({ name, type: "u32" as const })),
  ...floatFields.map((name) => ({ name, type: "f32" as const })),
  { name: "isMeanPooling" as const, type: "u32" as const },
];

export type ParamName = (typeof paramFields)[number]["name"];
export type ParamValues = Readonly<Partial<Record<ParamName, number>>>;

/** Uniform bindings are sized in units of 16 bytes. */
export const PARAM_BYTES = Math.ceil(paramFields.length / 4) * 16;

/** The block as bytes; fields that are not given are 0. */
export function encodeParams(values: ParamValues): ArrayBuffer {
  const bytes = new ArrayBuffer(PARAM_BYTES);
  const view = new DataView(bytes);
  paramFields.forEach(({ name, type }, word) => {
    const value = values[name] ?? 0;
    if (type === "f32") view.setFloat32(word * 4, value, true);
    else view.setUint32(word * 4, value, true);
  });
  return bytes;
}

export function samplingParams({ temperature, topP, topK, seed }: Sampling): ParamValues {
  return { inverseTemperature: temperature === 0 ? 0 : 1 / temperature, topP, topK, seed };
}
