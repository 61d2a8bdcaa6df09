// What a run that reads through latents read: how many of the slots it holds and how many bytes, what its selection found, and how
// much of a full cache's attention lay there.
import { headCountOf, headOf, headRow, rowCount, type HeadRows } from "../cache/headRows";
import { packedCountOf, storesFewerBytes } from "../cache/packing";
import { elementsReadDense } from "./elementsRead";
import { latestOf } from "./latest";
import { cacheSeenByStep } from "./replay";
import type { ParameterValue, ReadMeasures, Trace, TraceHeader } from "./trace";

/** r and r* of so many dimensions, at least 1 each. */
export function ranksOf(
  { readingRank, readingScoreRank }: Readonly<Record<"readingRank" | "readingScoreRank", ParameterValue>>,
  width: number,
): { readonly rank: number; readonly scoreRank: number } {
  const rank = Math.max(1, Math.round(Number(readingRank) * width));
  return { rank, scoreRank: Math.max(1, Math.round(Number(readingScoreRank) * rank)) };
}

/** Whether a run selects what its queries read. */
export function selectsReads({ header }: Trace): boolean {
  return (header.parameters.reading ?? "everything") !== "everything";
}

/** 1 for each slot that the step's newest query read; null where it read all that the head holds. [slot] */
export function readMarks(trace: Trace, step: number, head: number): Uint8Array | null {
  const { readSlots, lengths } = trace.steps[step];
  const read = readSlots === undefined ? [] : headRow(readSlots, head);
  if (read.length === 0) return null;
  const marks = new Uint8Array(lengths[head]);
  for (const slot of read) marks[slot] = 1;
  return marks;
}

/** Share of all heads whose newest query read a position at a step; null for a run that reads whatever it holds. [position written] */
export function readShare(trace: Trace, step: number): Float32Array | null {
  if (trace.steps[step]?.readSlots === undefined) return null;
  return latestOf(trace, ["readShare", step], () => {
    const share = new Float32Array(trace.header.promptTokens.length + step);
    const cache = cacheSeenByStep(trace, step);
    const part = 1 / headCountOf(trace.header.model);
    for (let head = 0; head < rowCount(cache); head++) {
      const marks = readMarks(trace, step, head);
      headRow(cache, head).forEach((position, slot) => {
        if (marks === null || marks[slot] === 1) share[position] += part;
      });
    }
    return share;
  });
}

/** Slots that a layer's heads read, as a share of those they held. NaN for a step that does not say. [step] */
export function readShares(trace: Trace, layer: number): Float64Array {
  return latestOf(trace, [`readShares of layer ${layer}`, trace.steps.length], () =>
    Float64Array.from(trace.steps, ({ readSlots, lengths }) => {
      if (readSlots === undefined) return NaN;
      return headMean(trace, layer, (head) => {
        const read = headRow(readSlots, head).length;
        return read === 0 ? 1 : read / lengths[head];
      });
    }),
  );
}

/**
 * What the selection of each step found in a layer, mean over its heads: NaN where the layer read every slot or nobody
 * measured it. [step]
 */
export function foundShares(trace: Trace, layer: number, name: keyof ReadMeasures): Float64Array {
  return latestOf(trace, [`found ${name} of layer ${layer}`, trace.steps.length], () =>
    Float64Array.from(trace.steps, ({ readMeasures }) =>
      readMeasures === undefined ? NaN : headMean(trace, layer, (head) => readMeasures[name][head]),
    ),
  );
}

/** Whether some step of the run says what its selection found. */
export function isReadMeasured({ steps }: Trace): boolean {
  return steps.some(({ readMeasures }) => readMeasures !== undefined);
}

export interface BytesRead {
  /** The leading coordinates of every slot held, and latents and values of those selected; in layers read whole, everything. */
  readonly read: Float64Array; // [step]
  /** Keys and values of every slot held, as computed. */
  readonly dense: Float64Array; // [step]
}

/** Latents are kept in 32 bits, and so is what is as computed. */
const AS_COMPUTED_BYTES = 4;

/** What the query of each step read of the cache in all layers. NaN for the prefill and for a step that does not say. */
export function bytesRead(trace: Trace): BytesRead {
  return latestOf(trace, ["bytesRead", trace.steps.length], () => {
    const { model } = trace.header;
    const layers = Array.from({ length: model.layerCount }, (_, layer) => layer);
    const width = model.kvHeadCount * model.headDim;
    const added = (bytesOf: (readSlots: HeadRows<Int32Array>, lengths: Int32Array, layer: number) => number) =>
      Float64Array.from(trace.steps, ({ readSlots, lengths, step }) => {
        if (readSlots === undefined || step === 0) return NaN;
        return layers.reduce((bytes, layer) => bytes + bytesOf(readSlots, lengths, layer), 0);
      });
    return {
      read: added((readSlots, lengths, layer) =>
        layerBytesRead(trace, readSlots, lengths[headOf(model, layer, 0)], layer),
      ),
      dense: added(
        (_, lengths, layer) =>
          AS_COMPUTED_BYTES * elementsReadDense({ slotCount: lengths[headOf(model, layer, 0)], width }),
      ),
    };
  });
}

function layerBytesRead(
  { header: { model, memory, parameters } }: Trace,
  readSlots: HeadRows<Int32Array>,
  length: number,
  layer: number,
): number {
  const rows = Array.from({ length: model.kvHeadCount }, (_, kvHead) =>
    headRow(readSlots, headOf(model, layer, kvHead)),
  );
  const packedSlots = memory.packing === undefined ? 0 : packedCountOf(memory.packing, length);
  const entryBytes = (kind: "key" | "value", packed: number, others: number): number =>
    model.headDim * (packed * storedBytes(parameters, kind, layer, model.headDim) + others * AS_COMPUTED_BYTES);
  if (rows[0].length === 0) {
    const ofHead = (["key", "value"] as const).map((kind) => entryBytes(kind, packedSlots, length - packedSlots));
    return model.kvHeadCount * (ofHead[0] + ofHead[1]);
  }
  const { readingRank = 1, readingScoreRank = 1 } = parameters;
  const { rank, scoreRank } = ranksOf({ readingRank, readingScoreRank }, model.kvHeadCount * model.headDim);
  // A latent serves every head that selected its token; values are each head's own.
  const latentCount = new Set(rows.flatMap((slots) => [...slots])).size;
  const values = rows.reduce((bytes, slots) => {
    const packed = slots.filter((slot) => slot < packedSlots).length;
    return bytes + entryBytes("value", packed, slots.length - packed);
  }, 0);
  return AS_COMPUTED_BYTES * (length * scoreRank + latentCount * rank) + values;
}

/** Bytes of one number of a packed entry, its part of the group's scale and minimum included. */
function storedBytes(
  parameters: TraceHeader["parameters"],
  kind: "key" | "value",
  layer: number,
  headDim: number,
): number {
  const { storage, layerBits = "", keyBits, valueBits, isSymmetric, groupAxis, groupNumbers } = parameters;
  if (!storesFewerBytes(storage)) return AS_COMPUTED_BYTES;
  if (storage === "half") return 2;
  const bits = Number(String(layerBits).split(" ").at(layer) || (kind === "key" ? keyBits : valueBits));
  const group = groupAxis === "channels" ? Math.min(Number(groupNumbers), headDim) : Number(groupNumbers);
  return bits / 8 + (isSymmetric === true ? 2 : 4) / group;
}

/**
 * Of the attention that a full cache paid at each step, fed the same tokens, the share that lay in the slots read: mean over
 * the layer's heads. Of a run that evicted nothing, so that slots are positions; NaN where unknown. [step]
 */
export function readAttention(trace: Trace, fullCache: Trace, layer: number): Float64Array {
  return latestOf(
    trace,
    [`readAttention of layer ${layer}`, trace.steps.length, fullCache, fullCache.steps.length],
    () =>
      Float64Array.from(trace.steps, ({ readSlots }, step) => {
        const full = fullCache.steps.at(step)?.attention;
        if (readSlots === undefined || full === undefined || full.values.length === 0 || trace.events.length > 0)
          return NaN;
        return headMean(trace, layer, (head) => {
          const [read, paid] = [headRow(readSlots, head), headRow(full, head)];
          if (read.length === 0) return 1;
          const all = paid.reduce((sum, share) => sum + share, 0);
          return read.reduce((sum, slot) => sum + paid[slot], 0) / all;
        });
      }),
  );
}

function headMean({ header: { model } }: Trace, layer: number, valueOf: (head: number) => number): number {
  let sum = 0;
  for (let kvHead = 0; kvHead < model.kvHeadCount; kvHead++) sum += valueOf(headOf(model, layer, kvHead));
  return sum / model.kvHeadCount;
}
