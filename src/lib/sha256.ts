// SHA-256 (FIPS 180-4) as lower-case hexadecimal. Pages served without https lack crypto.subtle; they use the plain steps.
import { assert } from "./errors";

/** Digest of the bytes, by the browser's own implementation if there is one. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return plainSha256(bytes);
  return hexadecimal(new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource)));
}

/** What names a model: the SHA-256 of its weight file; of several, that of their digests in hexadecimal, in order. */
export function joinedDigest(digests: readonly string[]): string {
  return digests.length === 1 ? digests[0] : plainSha256(new TextEncoder().encode(digests.join("")));
}

/** What sha256 gives, in plain steps; exact. */
export function plainSha256(bytes: Uint8Array): string {
  const running = createSha256();
  running.add(bytes);
  return running.digest();
}

/** A digest of bytes that come piece by piece. What a piece leaves over waits for the next one. */
export interface RunningSha256 {
  add(bytes: Uint8Array): void;
  /** The digest so far, as it stood after the last whole block of 64 bytes: createSha256 goes on from there. */
  saved(): SavedSha256;
  /** Of everything added; more may be added afterwards. */
  digest(): string;
}

export interface SavedSha256 {
  /** A multiple of 64. */
  readonly byteCount: number;
  readonly state: readonly number[]; // [8]
}

export function createSha256(saved: SavedSha256 = { byteCount: 0, state: [...initialState] }): RunningSha256 {
  assert(saved.byteCount % BLOCK_BYTES === 0 && saved.state.length === 8, "a saved digest ends with a block");
  const state = Uint32Array.from(saved.state);
  const rest = new Uint8Array(BLOCK_BYTES);
  let restBytes = 0;
  let byteCount = saved.byteCount;

  return {
    add(bytes) {
      byteCount += bytes.length;
      let at = 0;
      if (restBytes > 0) {
        at = Math.min(bytes.length, BLOCK_BYTES - restBytes);
        rest.set(bytes.subarray(0, at), restBytes);
        restBytes += at;
        if (restBytes < BLOCK_BYTES) return;
        addBlock(state, new DataView(rest.buffer), 0);
        restBytes = 0;
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) addBlock(state, view, at);
      restBytes = bytes.length - at;
      rest.set(bytes.subarray(at));
    },
    saved: () => ({ byteCount: byteCount - restBytes, state: [...state] }),
    digest() {
      const last = new Uint8Array(restBytes + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES);
      last.set(rest.subarray(0, restBytes));
      last[restBytes] = 0x80;
      const view = new DataView(last.buffer);
      view.setBigUint64(last.length - 8, BigInt(byteCount) * 8n);
      const ended = state.slice();
      for (let block = 0; block < last.length; block += BLOCK_BYTES) addBlock(ended, view, block);
      const digest = new Uint8Array(32);
      const words = new DataView(digest.buffer);
      ended.forEach((word, i) => words.setUint32(4 * i, word));
      return hexadecimal(digest);
    },
  };
}

const BLOCK_BYTES = 64;
const primes = firstPrimes(64);
// The first 32 bits of the fractional parts of cube roots (64 primes) and square roots (8 primes).
const roundConstants = Uint32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)));
const initialState = Uint32Array.from(primes.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));
const schedule = new Uint32Array(64);

function addBlock(state: Uint32Array, view: DataView, block: number): void {
  for (let t = 0; t < 16; t++) schedule[t] = view.getUint32(block + 4 * t);
  for (let t = 16; t < 64; t++) {
    const early = schedule[t - 15];
    const late = schedule[t - 2];
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[t] = schedule[t - 16] + sigma0 + schedule[t - 7] + sigma1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g);
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + sum1 + choice + roundConstants[t] + schedule[t]) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + sum0 + majority) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] += word));
}

function rotate(word: number, bitCount: number): number {
  return (word >>> bitCount) | (word << (32 - bitCount));
}

function fractionBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
