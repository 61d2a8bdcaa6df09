// Results on their way to the CPU: a ring of mappable buffers, so that a step never waits for the one before it.
//
//   submit t ──► buffer t mod depth ──► mapped when the GPU is done ──► read at the next collect()
import { assert } from "../../lib/errors";
import type { BufferPool } from "./bufferPool";
import type { DeviceStats, Recorder } from "./dispatch";

/** Enough to keep a GPU busy while the page reads; more would only delay a pause. */
export const RING_DEPTH = 4;

/** The first bytes of a buffer. */
export interface ResultPart {
  readonly from: GPUBuffer;
  readonly byteCount: number;
}

interface Flight<Note> {
  readonly note: Note;
  readonly buffer: GPUBuffer;
  readonly byteCount: number;
  readonly mapped: Promise<void>;
  /** When the GPU had finished, by performance.now(). */
  readonly finishedMs: Promise<number>;
}

export interface Landed<Note> {
  readonly note: Note;
  readonly bytes: ArrayBuffer;
  /** From the GPU's end, or from the call if that was later, until the bytes were here. */
  readonly readBackMs: number;
}

export class ResultRing<Note> {
  private readonly free: GPUBuffer[];
  private readonly flights: Flight<Note>[] = [];

  constructor(
    private readonly device: GPUDevice,
    pool: BufferPool,
    resultBytes: number,
    private readonly stats: DeviceStats,
  ) {
    this.free = Array.from({ length: RING_DEPTH }, (_, place) => pool.readBack(`read-back ${place}`, resultBytes));
  }

  get inFlightCount(): number {
    return this.flights.length;
  }

  /** Adds the copies of a step's results, one behind the other, to its commands, submits them, and asks for the bytes. */
  launch(recorder: Recorder, parts: readonly ResultPart[], note: Note): void {
    const buffer = this.free.pop();
    assert(buffer !== undefined, `at most ${RING_DEPTH} forwards are in flight`);
    let byteCount = 0;
    for (const part of parts) {
      recorder.copy({ ...part, to: buffer, toBytes: byteCount });
      byteCount += part.byteCount;
    }
    recorder.submit();
    const finished = (): number => performance.now();
    // Asked for before the mapping, hence answered before it. A lost device ends both; collect() reports the mapping's end.
    const finishedMs = this.device.queue.onSubmittedWorkDone().then(finished, finished);
    const mapped = buffer.mapAsync(GPUMapMode.READ, 0, byteCount);
    mapped.catch(() => undefined);
    this.flights.push({ note, buffer, byteCount, mapped, finishedMs });
    this.stats.readBackBytes += byteCount;
  }

  /** The oldest results. Rejects if the device is lost. */
  async land(): Promise<Landed<Note>> {
    const flight = this.flights.shift();
    assert(flight !== undefined, "no forward is in flight");
    const calledMs = performance.now();
    await flight.mapped;
    const bytes = flight.buffer.getMappedRange(0, flight.byteCount).slice(0);
    flight.buffer.unmap();
    this.free.push(flight.buffer);
    const readyMs = Math.max(calledMs, await flight.finishedMs);
    return { note: flight.note, bytes, readBackMs: Math.max(0, performance.now() - readyMs) };
  }
}
