// What TypeScript knows of a kernel: its source, its bindings in order, its overrides. A test compares both sides.
import joinGroupCode from "../../../shaders/common/joinGroup.wgsl?raw";
import paramsCode from "../../../shaders/common/params.wgsl?raw";
import weightF16Code from "../../../shaders/common/weightF16.wgsl?raw";
import weightF32Code from "../../../shaders/common/weightF32.wgsl?raw";

export type WeightType = "f32" | "f16";

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

/** Text of a kernel with what it needs of shaders/common/ in front; `enable` must come first. */
export function kernelSource(spec: KernelSpec, weightType: WeightType): string {
  const weightCode = weightType === "f16" ? weightF16Code : weightF32Code;
  const needsWeights = spec.code.includes("Weight4");
  const needsParams = spec.bindings.includes("params");
  const needsJoinGroup = spec.code.includes("joinGroup(");
  return [
    needsWeights ? weightCode : "",
    needsParams ? paramsCode : "",
    needsJoinGroup ? joinGroupCode : "",
    spec.code,
  ].join("\n");
}

/** Values of overrides by name; a flag is 0 or 1, as WebGPU wants it. */
export type OverrideValues = Readonly<Record<string, number>>;

export function flag(isSet: boolean): number {
  return isSet ? 1 : 0;
}
