// Terms that share kernels, one family each: what a session needs of one, and the list of them. The window's terms and the
// redundancy, which also record evidence, have their own places in eventTerms.ts.
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { TermParameters } from "../backend";
import type { Recorder } from "./dispatch";
import type { KernelCache } from "./kernelCache";
import { keyValueFamilies } from "./keyValueTerms";
import type { WeightType } from "./kernelSpec";
import { queryFamilies } from "./queryTerms";
import type { TermLayout, TermSource } from "./windowTerms";

/** What the kernels of a family are compiled for. */
export type FamilyShape = Pick<ModelConfig, "headCount" | "kvHeadCount" | "headDim" | "layerCount" | "hiddenSize">;

/** In a session: its buffers, bound to its kernels. */
export interface TermFamily {
  /** Records what fills the buffers of its terms, for the slots in use. */
  encode(recorder: Recorder, longestSlots: number): void;
  /** [layer][kvHead][slot of scoreStride] */
  bufferOf(name: TermName): GPUBuffer;
}

/** Its kernels are ready. `parameters` are those of the session. */
export type CreateFamily = (source: TermSource, layout: TermLayout, parameters: TermParameters) => TermFamily;

export interface TermFamilySpec {
  readonly names: readonly TermName[];
  /** Compiles its kernels, which the cache keeps. */
  readonly compile: (cache: KernelCache, shape: FamilyShape, weightType: WeightType) => Promise<CreateFamily>;
}

export interface CompiledFamily {
  /** Those of its terms that were asked for. */
  readonly names: readonly TermName[];
  readonly create: CreateFamily;
}

const families: readonly TermFamilySpec[] = [...keyValueFamilies, ...queryFamilies];

/** The families that some of these terms belong to. */
export function compileFamilies(
  terms: readonly TermName[],
  cache: KernelCache,
  shape: FamilyShape,
  weightType: WeightType,
): Promise<CompiledFamily[]> {
  const asked = families
    .map(({ names, compile }) => ({ names: names.filter((name) => terms.includes(name)), compile }))
    .filter(({ names }) => names.length > 0);
  return Promise.all(
    asked.map(async ({ names, compile }) => ({ names, create: await compile(cache, shape, weightType) })),
  );
}
