// What a GPU session that merges has besides: a bias for the logit of every slot, the kernels that measure merges, and those that
// carry them out. Events write and read a few small buffers; keys and values stay where they are.
import {
  headCountOf,
  headRow,
  newRows,
  offsetsOf,
  rowLength,
  rowLengths,
  type HeadGrid,
  type HeadRows,
} from "../../cache/headRows";
import { assert } from "../../lib/errors";
import { MIXES_PER_QUERY } from "../../policy/mergeChanges";
import type { PolicyParameters } from "../../policy/policy";
import { evictedSlots, type SlotMerges } from "../../trace/merges";
import type { CompactionPlan, MergeDemand, MergeMeasures, SessionRequest } from "../backend";
import type { BufferPool } from "./bufferPool";
import type { SessionParts } from "./decodePass";
import type { PackedSession } from "./packedSession";
import type { MergeKernels } from "./modelKernels";
import type { HeadShape } from "./termKernels";
import { boundKernel, Recorder, type BoundKernel, type DeviceStats } from "./dispatch";
import { eventParams } from "./eventTerms";
import type { BufferBinding } from "./kernelCache";
import type { ParamValues } from "./params";

/** The session as it is when an event falls. */
export interface PresentSession {
  readonly lengths: Int32Array; // [head]
  readonly nextPosition: number;
  readonly writeParams: (values: ParamValues) => void;
}

const NO_HEAD = 0xffffffff;

/** Targets of one dispatch: no more than 65,535 workgroups, and the next begin at a multiple of 256 bytes, as bindings must. */
const DISPATCH_TARGETS = 65_520;
/** See shaders/mergeSlots.wgsl. */
const TARGET_BYTES = 16;

/** What it needs of the session's parts. */
export type MergingParts = Pick<SessionParts, "device"> & {
  readonly packed?: Pick<PackedSession, "storage"> | null;
  readonly config: HeadShape & HeadGrid;
  readonly layout: Pick<SessionParts["layout"], "ringRows" | "receivedLayerBytes">;
  readonly buffers: Pick<
    SessionParts["buffers"],
    "params" | "slotTable" | "survivors" | "keys" | "values" | "queryRing" | "receivedSums" | "slotBiases"
  >;
};

interface MergingSession {
  readonly kernels: MergeKernels;
  readonly demand: MergeDemand;
  readonly request: Pick<SessionRequest, "slotCapacity"> & {
    readonly parameters: Pick<PolicyParameters, "merging" | "intervalSteps" | "mergeSpread">;
  };
  readonly pool: BufferPool;
}

interface Region {
  readonly from: GPUBuffer;
  readonly byteCount: number;
}

export class GpuMerges {
  private readonly demand: MergeDemand;
  private readonly headTotal: number;
  private readonly slotCapacity: number;
  private readonly groupSize: number;
  private readonly evicted: GPUBuffer; // as survivors, see shaders/compact.wgsl
  private readonly partners: GPUBuffer;
  private readonly figures: GPUBuffer;
  private readonly products: GPUBuffer;
  private readonly weights: GPUBuffer;
  private readonly norms: GPUBuffer;
  private readonly targets: GPUBuffer;
  private readonly pairs: GPUBuffer;
  private readonly readBack: GPUBuffer;
  private readonly findPartners: BoundKernel;
  private readonly measureScores: BoundKernel;
  private readonly measureMixes: BoundKernel;
  /** For DISPATCH_TARGETS targets each. */
  private readonly merge: readonly BoundKernel[];
  /** Packs what was merged; null where entries are kept as computed. */
  private readonly replace: BoundKernel | null;

  constructor(
    private readonly parts: MergingParts,
    { kernels, demand, request, pool }: MergingSession,
    private readonly stats: DeviceStats,
  ) {
    const { slotCapacity, parameters } = request;
    this.demand = demand;
    const { device, config, buffers } = parts;
    this.headTotal = headCountOf(config);
    this.slotCapacity = slotCapacity;
    this.groupSize = config.headCount / config.kvHeadCount;
    const slots = this.headTotal * slotCapacity;
    const mixes = this.headTotal * this.groupSize * MIXES_PER_QUERY;
    const pairs = this.headTotal * pairRoom(parameters, slotCapacity);
    this.evicted = pool.storage("evicted slots", (this.headTotal + 1 + slots) * 4);
    this.partners = pool.storage("merge partners", slots * 8);
    this.figures = pool.storage("merge figures", slots * (2 + this.groupSize) * 4);
    this.products = pool.storage("query products", this.headTotal * this.groupSize * 4);
    this.weights = pool.storage("mix weights", mixes * slotCapacity * 4);
    this.norms = pool.storage("mix norms", mixes * 4);
    this.targets = pool.storage("merge targets", (slots + 1) * TARGET_BYTES);
    this.pairs = pool.storage("merge pairs", pairs * 16);
    const read = [this.partners, this.figures, this.products, buffers.receivedSums];
    this.readBack = pool.readBack(
      "merges",
      read.reduce((bytes, { size }) => bytes + size, 0),
    );
    const { params, slotTable, survivors, keys, values, queryRing: queries } = buffers;
    const { evicted, partners, figures, products, weights, norms, targets } = this;
    const bind = boundKernel.bind(null, device);
    this.findPartners = bind(kernels.partners, { params, slotTable, survivors, evicted, keys, partners });
    this.measureScores = bind(kernels.scores, { params, slotTable, queries, keys, values, figures, products });
    this.measureMixes = bind(kernels.mixNorms, { params, slotTable, weights, values, norms });
    const isPacked = kernels.replace !== null;
    const merged = pool.storage("merged entries", isPacked ? slots * 2 * config.headDim * 4 : 0);
    const merging = { params, slotTable, targets, pairs: this.pairs, queries, keys, values, merged };
    this.merge = Array.from({ length: Math.ceil(slots / DISPATCH_TARGETS) }, (_, part) => {
      const first = part * DISPATCH_TARGETS;
      const ofPart = { targets: bufferFrom(targets, first * TARGET_BYTES) };
      if (!isPacked) return bind(kernels.slots, { ...merging, ...ofPart });
      return bind(kernels.slots, { ...merging, ...ofPart, merged: bufferFrom(merged, first * 2 * config.headDim * 4) });
    });
    const blockNumbers = (parts.packed?.storage.format.blockSlots ?? 0) * config.headDim;
    const unpacked = pool.storage("unpacked blocks", this.headTotal * 2 * blockNumbers * 4);
    this.replace = kernels.replace && bind(kernels.replace, { ...merging, unpacked });
  }

  async measure(survivors: HeadRows<Int32Array>, present: PresentSession): Promise<MergeMeasures> {
    const { device, config, buffers, layout } = this.parts;
    const { lengths, nextPosition } = present;
    const longestSlots = Math.max(...lengths);
    const evictedOffsets = offsetsOf(lengths.map((length, head) => length - rowLength(survivors, head)));
    const evicted = newRows(evictedOffsets, Int32Array);
    lengths.forEach((length, head) => headRow(evicted, head).set(evictedSlots(headRow(survivors, head), length)));
    this.writeList(buffers.survivors, survivors);
    this.writeList(this.evicted, evicted);
    // Rows from before the prompt do not exist.
    const windowSlots = Math.min(this.demand.queryRows, nextPosition);
    present.writeParams(eventParams(config, { windowSlots, ringRows: layout.ringRows }, longestSlots, nextPosition));
    const recorder = new Recorder(device, this.stats, "merge measures");
    const mostEvicted = Math.max(...rowLengths(evicted));
    if (mostEvicted > 0) recorder.dispatchFor(this.findPartners, mostEvicted, this.headTotal);
    recorder.dispatchFor(this.measureScores, longestSlots, this.headTotal);
    const width = 2 + this.groupSize;
    const [foundPartners, figures, products, receivedSums] = await this.read(recorder, [
      { from: this.partners, byteCount: evicted.values.length * 8 },
      { from: this.figures, byteCount: this.headTotal * longestSlots * width * 4 },
      { from: this.products, byteCount: this.headTotal * this.groupSize * 4 },
      { from: buffers.receivedSums, byteCount: this.demand.needsReceived ? buffers.receivedSums.size : 0 },
    ]);
    const partners = newRows(evictedOffsets, Int32Array);
    const cosines = newRows(evictedOffsets, Float32Array);
    evicted.values.forEach((_, at) => {
      partners.values[at] = foundPartners[2 * at];
      cosines.values[at] = foundPartners[2 * at + 1];
    });
    const column = (head: number, place: number): Float32Array =>
      Float32Array.from({ length: lengths[head] }, (_, slot) => figures[(head * longestSlots + slot) * width + place]);
    const rows = (place: number): HeadRows<Float32Array> => {
      const found = newRows(offsetsOf(lengths), Float32Array);
      lengths.forEach((_, head) => headRow(found, head).set(column(head, place)));
      return found;
    };
    const queryLengths = Int32Array.from(
      { length: products.length },
      (_, row) => lengths[Math.floor(row / this.groupSize)],
    );
    const logits = newRows(offsetsOf(queryLengths), Float32Array);
    queryLengths.forEach((_, row) => {
      headRow(logits, row).set(column(Math.floor(row / this.groupSize), 2 + (row % this.groupSize)));
    });
    const received = newRows(
      offsetsOf(lengths.map((length) => (this.demand.needsReceived ? length : 0))),
      Float32Array,
    );
    if (this.demand.needsReceived) {
      lengths.forEach((length, head) => {
        const [layer, kvHead] = [Math.floor(head / config.kvHeadCount), head % config.kvHeadCount];
        const start = (layer * layout.receivedLayerBytes) / 4 + kvHead * this.slotCapacity;
        headRow(received, head).set(receivedSums.subarray(start, start + length));
      });
    }
    return { partners, cosines, logScores: rows(0), valueNorms: rows(1), logits, queryProducts: products, received };
  }

  async mixNorms(weights: HeadRows<Float32Array>, mixCount: number, present: PresentSession): Promise<Float32Array> {
    const { device } = this.parts;
    assert(mixCount <= this.groupSize * MIXES_PER_QUERY, `${mixCount} mixes of a head are more than it has room for`);
    const longestSlots = Math.max(...present.lengths);
    const padded = new Float32Array(this.headTotal * mixCount * longestSlots);
    present.lengths.forEach((length, head) => {
      const row = headRow(weights, head);
      for (let mix = 0; mix < mixCount; mix++) {
        padded.set(row.subarray(mix * length, (mix + 1) * length), (head * mixCount + mix) * longestSlots);
      }
    });
    device.queue.writeBuffer(this.weights, 0, padded);
    present.writeParams({ rowCount: mixCount, scoreStride: longestSlots });
    const recorder = new Recorder(device, this.stats, "mix norms");
    recorder.dispatchFor(this.measureMixes, mixCount, this.headTotal);
    const [norms] = await this.read(recorder, [{ from: this.norms, byteCount: this.headTotal * mixCount * 4 }]);
    return norms;
  }

  /** Numbers of the next submit that carries out a plan. */
  params({ lengths, nextPosition }: Omit<PresentSession, "writeParams">): ParamValues {
    const rows = { windowSlots: 1, ringRows: this.parts.layout.ringRows };
    return eventParams(this.parts.config, rows, Math.max(...lengths), nextPosition);
  }

  /** Before the survivors close ranks. */
  record(recorder: Recorder, { survivors, merges }: Required<Pick<CompactionPlan, "survivors" | "merges">>): void {
    const { device, config } = this.parts;
    const { targets, pairs } = planTables(survivors, merges, this.headTotal);
    const targetCount = targets.byteLength / TARGET_BYTES - 1;
    if (targetCount === 0) return;
    assert(pairs.byteLength <= this.pairs.size, "a merge plan has more pairs than there is room for");
    device.queue.writeBuffer(this.targets, 0, targets);
    device.queue.writeBuffer(this.pairs, 0, pairs);
    this.merge.forEach((merge, part) => {
      const count = Math.min(DISPATCH_TARGETS, targetCount - part * DISPATCH_TARGETS);
      if (count > 0) recorder.dispatchFor(merge, config.headDim / 4, count);
    });
    if (this.replace !== null) recorder.dispatch(this.replace, [this.headTotal, 2]);
  }

  /** The biases of all slots, by their rows of keys. `firstRows`: [head] */
  writeBiases(logBias: HeadRows<Float32Array>, firstRows: Int32Array): void {
    const { device, buffers } = this.parts;
    const biases = new Float32Array(buffers.slotBiases.size / 4);
    firstRows.forEach((first, head) => biases.set(headRow(logBias, head), first));
    device.queue.writeBuffer(buffers.slotBiases, 0, biases);
  }

  private writeList(buffer: GPUBuffer, { offsets, values }: HeadRows<Int32Array>): void {
    const { queue } = this.parts.device;
    queue.writeBuffer(buffer, 0, Int32Array.from(offsets));
    queue.writeBuffer(buffer, offsets.byteLength, Int32Array.from(values));
  }

  /** Submits, and reads the regions in one piece. */
  private async read(recorder: Recorder, regions: readonly Region[]): Promise<Float32Array[]> {
    const byteCount = regions.reduce((sum, region) => sum + region.byteCount, 0);
    let toBytes = 0;
    for (const { from, byteCount: bytes } of regions) {
      if (bytes > 0) recorder.copy({ from, to: this.readBack, toBytes, byteCount: bytes });
      toBytes += bytes;
    }
    recorder.submit();
    await this.readBack.mapAsync(GPUMapMode.READ, 0, byteCount);
    const found = this.readBack.getMappedRange(0, byteCount).slice(0);
    this.readBack.unmap();
    this.stats.readBackBytes += byteCount;
    let start = 0;
    return regions.map((region) => {
      const values = new Float32Array(found, start, region.byteCount / 4);
      start += region.byteCount;
      return values;
    });
  }
}

/** Pairs of a head at most: each evicted slot in one target, with its own row and a query; CaM spreads few slots over many. */
function pairRoom(
  { merging, intervalSteps, mergeSpread }: MergingSession["request"]["parameters"],
  slotCapacity: number,
): number {
  if (merging !== "cam") return 3 * slotCapacity;
  return Math.min(intervalSteps, slotCapacity) * Math.min(mergeSpread, slotCapacity) + slotCapacity;
}

function bufferFrom(buffer: GPUBuffer, offset: number): BufferBinding {
  return { buffer, offset, size: buffer.size - offset };
}

/** As shaders/mergeSlots.wgsl reads a plan. A target without a head ends the list. */
function planTables(
  survivors: HeadRows<Int32Array>,
  merges: SlotMerges,
  headTotal: number,
): { targets: Uint32Array<ArrayBuffer>; pairs: Uint32Array<ArrayBuffer> } {
  const targets: number[] = [];
  const pairs = new Uint32Array(merges.targets.values.length * 4);
  const weights = new Float32Array(pairs.buffer);
  for (let head = 0; head < headTotal; head++) {
    const [begin, end] = [merges.targets.offsets[head], merges.targets.offsets[head + 1]];
    for (let pair = begin; pair < end; pair++) {
      const target = merges.targets.values[pair];
      if (pair === begin || target !== merges.targets.values[pair - 1]) {
        targets.push(head, headRow(survivors, head)[target], pair, pair);
      }
      targets[targets.length - 1] = pair + 1;
      pairs[4 * pair] = merges.sources.values[pair]; // −1 becomes 0xffffffff
      weights[4 * pair + 1] = merges.keyWeights.values[pair];
      weights[4 * pair + 2] = merges.valueWeights.values[pair];
    }
  }
  targets.push(NO_HEAD, 0, 0, 0);
  return { targets: Uint32Array.from(targets), pairs };
}
