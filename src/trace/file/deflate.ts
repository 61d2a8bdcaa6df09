// Raw deflate through the streams that browsers and Node have built in. Inflating never produces more than was declared.

import { InputError } from "../../lib/errors";

/** Deflate cannot shrink data further than this (258 bytes from 2 bits, and a little for headers). */
export const LARGEST_DEFLATE_RATIO = 1032;

export async function deflateRaw(bytes: Uint8Array): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of through(new CompressionStream("deflate-raw"), bytes)) {
    chunks.push(chunk);
  }
  return joinBytes(chunks);
}

/** Exactly `rawLength` bytes, or an InputError that starts with `what`. */
export async function inflateRaw(bytes: Uint8Array, rawLength: number, what: string): Promise<Uint8Array> {
  const raw = new Uint8Array(rawLength);
  let at = 0;
  try {
    for await (const chunk of through(new DecompressionStream("deflate-raw"), bytes)) {
      if (at + chunk.length > rawLength) {
        throw new InputError(`${what} holds more than the ${rawLength} bytes it declares`);
      }
      raw.set(chunk, at);
      at += chunk.length;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${what} cannot be unpacked`);
  }
  if (at !== rawLength) throw new InputError(`${what} holds ${at} bytes and declares ${rawLength}`);
  return raw;
}

/** What comes out of a stream when the bytes are written into it; leaving the loop early cancels the stream. */
async function* through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const writer = stream.writable.getWriter();
  // A failure shows on the reading side too, where it is handled; here it would only go unhandled.
  const written = writer
    .write(bytes as Uint8Array<ArrayBuffer>)
    .then(() => writer.close())
    .catch(() => undefined);
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    await written;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The arrays one after the other. */
export function joinBytes(arrays: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
