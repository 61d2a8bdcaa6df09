// Buffers of one owner: counted, and destroyed together.

/** The device copies what is written before it is done with it. */
const BYTES_UNDER_WAY = 128 * 2 ** 20;

export class BufferPool {
  private readonly buffers: GPUBuffer[] = [];
  private bytes = 0;
  private writtenBytes = 0;

  constructor(private readonly device: GPUDevice) {}

  /** Bytes allocated so far. */
  get totalBytes(): number {
    return this.bytes;
  }

  /** A zeroed buffer that kernels read and write, and that copies may fill or empty. */
  storage(label: string, byteCount: number): GPUBuffer {
    return this.create(label, byteCount, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC);
  }

  /** A storage buffer with this content. */
  filled(label: string, content: Uint32Array | Float32Array | Uint16Array): GPUBuffer {
    const buffer = this.storage(label, content.byteLength);
    this.device.queue.writeBuffer(buffer, 0, content.buffer, content.byteOffset, content.byteLength);
    return buffer;
  }

  /** Writes a piece of a buffer. Waits now and then, so that the copies under way stay few. */
  async write(buffer: GPUBuffer, at: number, content: Uint8Array | Float32Array | Uint16Array): Promise<void> {
    this.device.queue.writeBuffer(buffer, at, content.buffer, content.byteOffset, content.byteLength);
    this.writtenBytes += content.byteLength;
    if (this.writtenBytes < BYTES_UNDER_WAY) return;
    this.writtenBytes = 0;
    await this.device.queue.onSubmittedWorkDone();
  }

  uniform(label: string, byteCount: number): GPUBuffer {
    return this.create(label, byteCount, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  }

  readBack(label: string, byteCount: number): GPUBuffer {
    return this.create(label, byteCount, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }

  dispose(): void {
    for (const buffer of this.buffers) buffer.destroy();
    this.buffers.length = 0;
  }

  private create(label: string, byteCount: number, usage: GPUBufferUsageFlags): GPUBuffer {
    // Bindings need at least one element of any type, and copies whole words.
    const size = Math.max(16, Math.ceil(byteCount / 4) * 4);
    const buffer = this.device.createBuffer({ label, size, usage });
    this.buffers.push(buffer);
    this.bytes += size;
    return buffer;
  }
}
