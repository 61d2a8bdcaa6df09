// Buffers of one owner: counted, and destroyed together.

export class BufferPool {
  private readonly buffers: GPUBuffer[] = [];
  private bytes = 0;

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
