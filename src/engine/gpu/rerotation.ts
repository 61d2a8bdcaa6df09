// What an event turns where keys are rotated again: the keys that stay, back to their new places, and the queries that a session
// keeps, which are those of the newest slots.
import { evenLength, headCountOf } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import type { CompactionPlan } from "../backend";
import type { SessionParts } from "./decodePass";
import { boundKernel, type BoundKernel, type Recorder } from "./dispatch";
import type { TurnBackKernels } from "./modelKernels";

export class Rerotation {
  private readonly keys: BoundKernel;
  private readonly queries: BoundKernel;

  constructor(
    private readonly parts: SessionParts,
    kernels: TurnBackKernels,
  ) {
    const { device, buffers } = parts;
    const { params, slotTable, survivors, keys, ropeTable, tableRows, queryRing } = buffers;
    this.keys = boundKernel(device, kernels.keys, { params, slotTable, survivors, ropeTable, tableRows, keys });
    this.queries = boundKernel(device, kernels.queries, { params, ropeTable, tableRows, queryRing });
  }

  /** Heads keep the same number of slots, or the newest queries would have to stand at several places at once. */
  record(recorder: Recorder, survivors: CompactionPlan["survivors"]): void {
    const { config, layout, packed } = this.parts;
    const { layerCount, headCount, headDim } = config;
    const keptSlots = evenLength(survivors);
    assert(keptSlots !== null, "heads whose keys are rotated again keep the same number of slots");
    if (packed === null) recorder.dispatchFor(this.keys, headDim / 4, keptSlots, headCountOf(config));
    const { ringRows } = layout;
    if (ringRows > 0) recorder.dispatchFor(this.queries, (headCount * headDim) / 4, ringRows, layerCount);
  }
}
