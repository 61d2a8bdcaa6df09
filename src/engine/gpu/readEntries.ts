// Read back on request: whole buffers, the keys and values of every slot in use, from which scores over patches of frames are
// computed, and the logits of the newest forward.
import { headRow, newRows, offsetsOf, type HeadRows } from "../../cache/headRows";
import type { CacheEntries } from "../backend";
import type { BufferPool } from "./bufferPool";
import type { SessionParts } from "./decodePass";
import { Recorder, type DeviceStats } from "./dispatch";

interface EntryParts extends Pick<SessionParts, "device" | "config"> {
  readonly stats: DeviceStats;
  readonly buffers: { readonly keys: GPUBuffer; readonly values: GPUBuffer };
}

/** `firstRows`: the row of the pools at which each head begins. [head] */
export async function readEntries(
  { device, config, buffers, stats }: EntryParts,
  firstRows: Int32Array,
  lengths: Int32Array,
): Promise<CacheEntries> {
  const pools = await readBuffers({ device, stats }, [buffers.keys, buffers.values]);
  const [keys, values] = pools.map((pool) => entriesIn(pool, firstRows, lengths, config.headDim));
  return { keys, values };
}

/** Each head's rows of a pool of keys or values. */
export function entriesIn(
  pool: Float32Array,
  firstRows: Int32Array,
  lengths: Int32Array,
  headDim: number,
): HeadRows<Float32Array> {
  const rows = newRows(offsetsOf(lengths.map((length) => length * headDim)), Float32Array);
  lengths.forEach((length, head) => {
    const from = firstRows[head] * headDim;
    headRow(rows, head).set(pool.subarray(from, from + length * headDim));
  });
  return rows;
}

/** Copies of whole buffers, as they are once all that was submitted is done. */
export async function readBuffers(
  { device, stats }: Pick<EntryParts, "device" | "stats">,
  buffers: readonly GPUBuffer[],
): Promise<Float32Array[]> {
  const size = buffers.reduce((sum, buffer) => sum + buffer.size, 0);
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const readBack = device.createBuffer({ label: "entries", size, usage });
  try {
    const encoder = device.createCommandEncoder({ label: "entries" });
    const startsBytes: number[] = [];
    let startBytes = 0;
    for (const buffer of buffers) {
      encoder.copyBufferToBuffer(buffer, 0, readBack, startBytes, buffer.size);
      startsBytes.push(startBytes);
      startBytes += buffer.size;
    }
    device.queue.submit([encoder.finish()]);
    stats.readBackBytes += size;
    await readBack.mapAsync(GPUMapMode.READ);
    const bytes = readBack.getMappedRange();
    return buffers.map((buffer, at) => new Float32Array(bytes.slice(startsBytes[at], startsBytes[at] + buffer.size)));
  } finally {
    readBack.destroy();
  }
}

export class LogitsReader {
  /** Made when logits are first asked for: most sessions never are. */
  private readonly free: GPUBuffer[] = [];

  constructor(
    private readonly parts: Pick<SessionParts, "device" | "buffers" | "config">,
    private readonly pool: BufferPool,
    private readonly stats: DeviceStats,
  ) {}

  async read(): Promise<Float32Array> {
    const { device, buffers, config } = this.parts;
    const readBack = this.free.pop() ?? this.pool.readBack("logits", buffers.logits.size);
    const byteCount = config.vocabularySize * 4;
    const recorder = new Recorder(device, this.stats, "logits");
    recorder.copy({ from: buffers.logits, to: readBack, byteCount });
    recorder.submit();
    this.stats.readBackBytes += byteCount;
    await readBack.mapAsync(GPUMapMode.READ);
    const logits = new Float32Array(readBack.getMappedRange().slice(0, byteCount));
    readBack.unmap();
    this.free.push(readBack);
    return logits;
  }
}
