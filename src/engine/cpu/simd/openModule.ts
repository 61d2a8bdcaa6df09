// Opens a compiled WebAssembly module over a memory of its own.

const PAGE_BYTES = 65_536;

export interface OpenedModule {
  readonly memory: WebAssembly.Memory;
  /** What the module exports: its callers know what that is. */
  readonly exports: WebAssembly.Exports;
}

/** Null where there is no WebAssembly with SIMD, where the host's security policy forbids it, or without memory. */
export function openModule(base64: string, byteLength: number): OpenedModule | null {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(bytes)) return null;
  const memory = allocate(pagesOf(byteLength));
  if (memory === null) return null;
  const module = compile(bytes);
  if (module === null) return null;
  return { memory, exports: new WebAssembly.Instance(module, { host: { memory } }).exports };
}

/** Pages that hold so many bytes. */
export function pagesOf(byteLength: number): number {
  return Math.ceil(byteLength / PAGE_BYTES);
}

function compile(bytes: BufferSource): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return null;
    throw error;
  }
}

function allocate(pageCount: number): WebAssembly.Memory | null {
  try {
    return new WebAssembly.Memory({ initial: pageCount });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
