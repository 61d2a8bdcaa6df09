// SHA-256 (FIPS 180-4) as lower-case hexadecimal. Pages served without https lack crypto.subtle; they use the plain steps.

/** Digest of the bytes, by the browser's own implementation if there is one. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return plainSha256(bytes);
  return hexadecimal(new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource)));
}

/** The same in plain steps; exact. */
export function plainSha256(bytes: Uint8Array): string {
  const paddedBytes = Math.ceil((bytes.length + 9) / 64) * 64;
  const tailStart = bytes.length - (bytes.length % 64);
  const tail = new Uint8Array(paddedBytes - tailStart);
  tail.set(bytes.subarray(tailStart));
  tail[bytes.length - tailStart] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n);

  const state = initialState.slice();
  const whole = new DataView(bytes.buffer, bytes.byteOffset, tailStart);
  for (let block = 0; block < tailStart; block += 64) addBlock(state, whole, block);
  const rest = new DataView(tail.buffer);
  for (let block = 0; block < tail.length; block += 64) addBlock(state, rest, block);

  const digest = new Uint8Array(32);
  const view = new DataView(digest.buffer);
  state.forEach((word, i) => view.setUint32(4 * i, word));
  return hexadecimal(digest);
}

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
