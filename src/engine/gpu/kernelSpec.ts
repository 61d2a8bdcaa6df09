// What TypeScript knows of a kernel: its source, its bindings in order, its overrides. A test compares both sides.
import activateCode from "../../../shaders/common/activate.wgsl?raw";
import addUpCode from "../../../shaders/common/addUp.wgsl?raw";
import chunksCode from "../../../shaders/common/chunks.wgsl?raw";
import foretoldCode from "../../../shaders/common/foretold.wgsl?raw";
import heldQueryCode from "../../../shaders/common/heldQuery.wgsl?raw";
import instructionsCode from "../../../shaders/common/instructions.wgsl?raw";
import joinGroupCode from "../../../shaders/common/joinGroup.wgsl?raw";
import kvF32Code from "../../../shaders/common/kvF32.wgsl?raw";
import kvF32LoadKeyCode from "../../../shaders/common/kvF32LoadKey.wgsl?raw";
import kvF32LoadValueCode from "../../../shaders/common/kvF32LoadValue.wgsl?raw";
import kvF32MoveCode from "../../../shaders/common/kvF32Move.wgsl?raw";
import kvF32ReplaceCode from "../../../shaders/common/kvF32Replace.wgsl?raw";
import kvF32StoreCode from "../../../shaders/common/kvF32Store.wgsl?raw";
import kvF32TurnCode from "../../../shaders/common/kvF32Turn.wgsl?raw";
import kvSlotsCode from "../../../shaders/common/kvSlots.wgsl?raw";
import paramsCode from "../../../shaders/common/params.wgsl?raw";
import lagBlocksCode from "../../../shaders/common/lagBlocks.wgsl?raw";
import sketchCode from "../../../shaders/common/sketch.wgsl?raw";
import receivedRowCode from "../../../shaders/common/receivedRow.wgsl?raw";
import noSlotBiasCode from "../../../shaders/common/noSlotBias.wgsl?raw";
import slotBiasCode from "../../../shaders/common/slotBias.wgsl?raw";
import unrotatedCode from "../../../shaders/common/unrotated.wgsl?raw";
import halfValueCode from "../../../shaders/common/halfValue.wgsl?raw";
import weightQ8Code from "../../../shaders/common/weightQ8_0.wgsl?raw";
import weightQ4Code from "../../../shaders/common/weightQ4_0.wgsl?raw";
import weightQ41Code from "../../../shaders/common/weightQ4_1.wgsl?raw";
import weightQ50Code from "../../../shaders/common/weightQ5_0.wgsl?raw";
import weightQ51Code from "../../../shaders/common/weightQ5_1.wgsl?raw";
import weightQ4KCode from "../../../shaders/common/weightQ4_K.wgsl?raw";
import weightQ5KCode from "../../../shaders/common/weightQ5_K.wgsl?raw";
import weightQ6KCode from "../../../shaders/common/weightQ6_K.wgsl?raw";
import weightAffine8Code from "../../../shaders/common/weightAffine8.wgsl?raw";
import weightAffine4Code from "../../../shaders/common/weightAffine4.wgsl?raw";
import unitQ8Code from "../../../shaders/common/unitQ8_0.wgsl?raw";
import unitQ40Code from "../../../shaders/common/unitQ4_0.wgsl?raw";
import unitQ41Code from "../../../shaders/common/unitQ4_1.wgsl?raw";
import superScalesCode from "../../../shaders/common/superScales.wgsl?raw";
import weightF16Code from "../../../shaders/common/weightF16.wgsl?raw";
import windowCode from "../../../shaders/common/window.wgsl?raw";
import weightF32Code from "../../../shaders/common/weightF32.wgsl?raw";
import { hasPackedForm, MERGED_BINDING, packedParts } from "./packedCode";

export type WeightType = "f32" | "f16";

/** How a matrix is kept on the device: as numbers, or in the blocks of its file, split into planes. */
export type MatrixForm = WeightType | BlockForm;
export type BlockForm = "q8_0" | "q5_1" | "q5_0" | "q4_1" | "q4_0" | "q6_k" | "q5_k" | "q4_k" | "affine8" | "affine4";

const weightCodes: Readonly<Record<MatrixForm, string>> = {
  f32: weightF32Code,
  f16: weightF16Code,
  q8_0: halfValueCode + weightQ8Code,
  q4_0: halfValueCode + weightQ4Code,
  q4_1: halfValueCode + weightQ41Code,
  q5_0: halfValueCode + weightQ50Code,
  q5_1: halfValueCode + weightQ51Code,
  q4_k: halfValueCode + superScalesCode + weightQ4KCode,
  q5_k: halfValueCode + superScalesCode + weightQ5KCode,
  q6_k: halfValueCode + weightQ6KCode,
  affine8: weightAffine8Code,
  affine4: weightAffine4Code,
};

/** Of the kernels that load blocks in pieces of 16 bytes; forms without one are read in words. */
const unitCodes: Readonly<Partial<Record<MatrixForm, string>>> = {
  q8_0: halfValueCode + unitQ8Code,
  q4_0: halfValueCode + unitQ40Code,
  q4_1: halfValueCode + unitQ41Code,
};

export function hasUnits(form: MatrixForm): boolean {
  return unitCodes[form] !== undefined;
}

export interface KernelSpec {
  readonly name: string;
  /** The file in shaders/, as it is. */
  readonly code: string;
  /** Variable names by binding number, all in group 0. */
  readonly bindings: readonly string[];
  /** Names of the numbers known at load time, the workgroup's size included. */
  readonly overrides: readonly string[];
  /** Invocations of a workgroup: on an adapter that is a CPU, where a barrier is dear, and on a real GPU. */
  readonly workgroupSize: { readonly software: number; readonly hardware: number };
}

/** Files of shaders/common/, each with the word by which a kernel shows that it needs it. */
const commonParts: readonly { readonly word: string; readonly code: string }[] = [
  { word: "headSlots(", code: kvSlotsCode },
  { word: "unrotatedPair(", code: unrotatedCode },
  { word: "joinGroup(", code: joinGroupCode },
  { word: "<uniform> blocks: LagBlocks", code: lagBlocksCode },
  { word: "<uniform> sketch: Sketch", code: sketchCode },
  { word: "<uniform> foretold: Foretold", code: foretoldCode },
  { word: "receivedRow(", code: receivedRowCode },
  { word: "<uniform> chunks: Chunks", code: chunksCode },
  { word: "<uniform> instructions: Instructions", code: instructionsCode },
  { word: "heldQuery(", code: heldQueryCode },
  { word: "activate(", code: activateCode },
  { word: "addUp(", code: addUpCode },
  { word: "firstInWindow(", code: windowCode },
];

/** How keys and values are kept as computed, in float32; packedCode.ts has the packed forms. */
const plainKvParts: typeof commonParts = [
  { word: "array<Kv", code: kvF32Code },
  { word: "loadKey(", code: kvF32LoadKeyCode },
  { word: "loadValue(", code: kvF32LoadValueCode },
  { word: "storeKey(", code: kvF32StoreCode },
  { word: "moveKv(", code: kvF32MoveCode },
  { word: "replaceKv(", code: kvF32ReplaceCode },
  { word: "turnKey(", code: kvF32TurnCode },
];

/** Bytes of a key and its value in one slot, as computed. */
export function kvEntryBytes(headDim: number): number {
  return 2 * headDim * Float32Array.BYTES_PER_ELEMENT;
}

/** Text of a kernel with what it needs of shaders/common/ in front; `enable` must come first. */
export function kernelSource(spec: KernelSpec, form: MatrixForm, packing: string | null = null): string {
  const { code, bindings } = spec;
  const partsOf = (parts: typeof commonParts): string[] =>
    parts.filter(({ word }) => code.includes(word)).map((part) => part.code);
  return [
    code.includes("Weight4") ? weightCodes[form] : "",
    code.includes("unitDot(") ? (unitCodes[form] ?? "") : "",
    bindings.includes("params") ? paramsCode : "",
    biasCode(spec),
    ...partsOf(commonParts),
    ...(packing !== null && hasPackedForm(code) ? packedParts(code, bindings, packing) : partsOf(plainKvParts)),
    code,
  ].join("\n");
}

/** A bias for the logit of every slot, bound last; of kernels that read no logits none. */
const BIAS_BINDING = "slotBiases";

function biasCode({ code, bindings }: KernelSpec): string {
  if (!code.includes("slotBias(")) return "";
  const binding = bindings.indexOf(BIAS_BINDING);
  if (binding < 0) return noSlotBiasCode;
  return `@group(0) @binding(${binding}) var<storage, read> ${BIAS_BINDING}: array<f32>;\n${slotBiasCode}`;
}

/** The form of a kernel for sessions that merge; one that reads no logits has no other. */
export function biased(spec: KernelSpec): KernelSpec {
  if (!spec.code.includes("slotBias(")) return spec;
  return { ...spec, name: `${spec.name} with biases`, bindings: [...spec.bindings, BIAS_BINDING] };
}

/** The form of a kernel that merges, for sessions that pack their entries; others have the same bindings. */
export function mergingPacked(spec: KernelSpec): KernelSpec {
  if (!spec.code.includes("replaceKv(")) return spec;
  return { ...spec, bindings: [...spec.bindings, MERGED_BINDING] };
}

/** Values of overrides by name; a flag is 0 or 1, as WebGPU wants it. */
export type OverrideValues = Readonly<Record<string, number>>;

export function flag(isSet: boolean): number {
  return isSet ? 1 : 0;
}
