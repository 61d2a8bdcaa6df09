// Read back on request: the keys and values of every slot in use, from which scores over patches of frames are computed, and the
// logits of the newest forward.
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
  const { keys, values } = buffers;
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const readBack = device.createBuffer({ label: "entries", size: keys.size + values.size, usage });
  try {
    const encoder = device.createCommandEncoder({ label: "entries" });
    encoder.copyBufferToBuffer(keys, 0, readBack, 0, keys.size);
    encoder.copyBufferToBuffer(values, 0, readBack, keys.size, values.size);
    device.queue.submit([encoder.finish()]);
    stats.readBackBytes += readBack.size;
    await readBack.mapAsync(GPUMapMode.READ);
    const bytes = readBack.getMappedRange();
    const rowsFrom = (startBytes: number): HeadRows<Float32Array> => {
      const pool = new Float32Array(bytes, startBytes);
      const rows = newRows(offsetsOf(lengths.map((length) => length * config.headDim)), Float32Array);
      lengths.forEach((length, head) => {
        const from = firstRows[head] * config.headDim;
        headRow(rows, head).set(pool.subarray(from, from + length * config.headDim));
      });
      return rows;
    };
    return { keys: rowsFrom(0), values: rowsFrom(keys.size) };
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
