// The results of a step: the sampler's words, the attention of KV heads, and that of query heads, which has a buffer of its own on
// the device. How many bytes they take, which heads have rows among them, and how the rows are read.
import {
  emptyRows,
  headCountOf,
  headRow,
  lengthsOfHeads,
  newRows,
  offsetsOf,
  queryHeadLengths,
  queryHeadsOf,
  type HeadRows,
} from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { ForwardResult } from "../backend";
import { rowPlacesOf } from "./kernels/attentionKernels";
import { RESULT_WORDS } from "./kernels/sample";

/**
 * Attention rows as shaders/attentionTaps.wgsl leaves them: scales of all heads first, then rows of those watched (null: all) as
 * wide as the longest, in whole words.
 */
export function tapBytes(headCount: number, longestSlots: number, watchedHeads: readonly number[] | null): number {
  return 4 * (headCount + (watchedHeads?.length ?? headCount) * Math.ceil(longestSlots / 4));
}

interface TapRows {
  readonly rows: HeadRows<Uint8Array>;
  readonly scales: Float32Array; // [row]
}

/** What the results of a step depend on. */
interface TappedStep {
  readonly config: ModelConfig;
  readonly hasTaps: boolean;
  /** KV heads whose rows are there; null: all. */
  readonly watchedHeads: readonly number[] | null;
}

/** Of the sample and the taps of KV heads. */
export function stepResultBytes(longestSlots: number, { config, hasTaps, watchedHeads }: TappedStep): number {
  return RESULT_WORDS * 4 + (hasTaps ? tapBytes(headCountOf(config), longestSlots, watchedHeads) : 0);
}

/** Of the taps of query heads. */
export function headResultBytes(
  longestSlots: number,
  { config, layout, watchedHeads }: Omit<TappedStep, "hasTaps"> & { readonly layout: TapLayout },
): number {
  return tapBytes(layout.headTapRowCount, longestSlots, queryHeadsOf(watchedHeads, groupSizeOf(config)));
}

/** Has the taps of the next submits keep the rows of these heads; null: of all. */
export function writeRowPlaces(
  session: { readonly device: GPUDevice; readonly config: ModelConfig; readonly layout: TapLayout } & {
    readonly buffers: { readonly rowPlaces: GPUBuffer; readonly headRowPlaces: GPUBuffer };
  },
  watchedHeads: readonly number[] | null,
): void {
  const { device, config, layout, buffers } = session;
  const headPlaces = rowPlacesOf(layout.headTapRowCount, queryHeadsOf(watchedHeads, groupSizeOf(config)));
  device.queue.writeBuffer(buffers.rowPlaces, 0, rowPlacesOf(headCountOf(config), watchedHeads));
  if (headPlaces.length > 0) device.queue.writeBuffer(buffers.headRowPlaces, 0, headPlaces);
}

/** Of a session's layout (sessionBuffers.ts). */
interface TapLayout {
  readonly headTapRowCount: number;
}

function groupSizeOf({ headCount, kvHeadCount }: ModelConfig): number {
  return headCount / kvHeadCount;
}

type Attention = Pick<ForwardResult, "attention" | "attentionScale" | "headAttention" | "headAttentionScale">;

/** The attention among the results of a step. */
export function decodeTaps(
  bytes: ArrayBuffer,
  lengths: Int32Array,
  step: TappedStep & { readonly layout: TapLayout },
): Attention {
  const { config, layout, hasTaps, watchedHeads } = step;
  const attention = hasTaps
    ? decodeTapRows(bytes, RESULT_WORDS * 4, { lengths, watchedHeads })
    : { rows: emptyRows(lengths.length, Uint8Array), scales: new Float32Array(0) };
  const { rows, scales } = attention;
  if (layout.headTapRowCount === 0) return { attention: rows, attentionScale: scales };
  const groupSize = groupSizeOf(config);
  const heads = decodeTapRows(bytes, stepResultBytes(Math.max(...lengths), step), {
    lengths: queryHeadLengths(lengths, groupSize),
    watchedHeads: queryHeadsOf(watchedHeads, groupSize),
  });
  return {
    ...{ attention: rows, attentionScale: scales },
    ...{ headAttention: heads.rows, headAttentionScale: heads.scales },
  };
}

/** Copies of the rows that start at `at`. */
function decodeTapRows(
  bytes: ArrayBuffer,
  at: number,
  { lengths, watchedHeads }: { readonly lengths: Int32Array; readonly watchedHeads: readonly number[] | null },
): TapRows {
  const paddedBytes = Math.ceil(Math.max(...lengths) / 4) * 4;
  const padded = new Uint8Array(bytes, at + lengths.length * 4);
  const rows = newRows(offsetsOf(lengthsOfHeads(lengths, watchedHeads)), Uint8Array);
  let from = 0;
  for (let head = 0; head < lengths.length; head++) {
    const row = headRow(rows, head);
    if (row.length === 0) continue;
    row.set(padded.subarray(from, from + row.length));
    from += paddedBytes;
  }
  return { rows, scales: new Float32Array(bytes, at, lengths.length).slice() };
}
