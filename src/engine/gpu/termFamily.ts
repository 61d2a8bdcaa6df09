// Terms that share kernels: what a session needs of one such family, and what families have in common.
import { headCountOf } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { TermParameters } from "../backend";
import type { EventEvidence } from "../../trace/trace";
import type { Recorder } from "./dispatch";
import type { KernelCache } from "./kernelCache";
import type { MatrixForm } from "./kernelSpec";
import type { TermLayout, TermSource } from "./windowTerms";

/** What the kernels of a family are compiled for. */
export type FamilyShape = Pick<ModelConfig, "headCount" | "kvHeadCount" | "headDim" | "layerCount" | "hiddenSize">;

/** In a session: its buffers, bound to its kernels. */
export interface TermFamily {
  /** Records what fills the buffers of its terms, for the slots in use. */
  encode(recorder: Recorder, longestSlots: number): void;
  /** [layer][kvHead][slot of scoreStride] */
  bufferOf(name: TermName): GPUBuffer;
  /** What stands behind its terms, where the layout asks for evidence and the family has some. Recorded behind them. */
  readonly evidence?: FamilyEvidence;
}

export interface FamilyEvidence {
  encode(recorder: Recorder, longestSlots: number): void;
  readonly rows: readonly EvidenceRows[];
}

/** Rows of 32-bit numbers, [layer][kvHead][number]. */
export interface EvidenceRows {
  readonly name: EvidenceName;
  readonly buffer: GPUBuffer;
  /** Numbers of a row: at an event, and at most. */
  widthAt(longestSlots: number, newestPosition: number): number;
  readonly largestWidth: number;
}

export type EvidenceName = keyof EventEvidence;

/** Its kernels are ready. `parameters` are those of the session. */
export type CreateFamily = (source: TermSource, layout: TermLayout, parameters: TermParameters) => TermFamily;

export interface TermFamilySpec {
  readonly names: readonly TermName[];
  /** Its kernels read the positions of slots, which are uploaded at events. Absent: no. */
  readonly readsPositions?: boolean;
  /** Compiles its kernels, which the cache keeps. */
  readonly compile: (
    cache: KernelCache,
    shape: FamilyShape,
    outputForms: readonly MatrixForm[],
  ) => Promise<CreateFamily>;
}

/** A number for every slot of every KV head. */
export function slotRows({ pool }: TermSource, { shape, slotCapacity }: TermLayout, label: string): GPUBuffer {
  return pool.storage(label, headCountOf(shape) * slotCapacity * 4);
}

/** A uniform block of these words, padded to whole units of 16 bytes. */
export function uniformOf({ device, pool }: TermSource, label: string, words: readonly number[]): GPUBuffer {
  const buffer = pool.uniform(label, Math.ceil(words.length / 4) * 16);
  device.queue.writeBuffer(buffer, 0, Uint32Array.from(words));
  return buffer;
}
