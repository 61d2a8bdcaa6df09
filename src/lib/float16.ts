// The two 16-bit float formats of model files, and the way back for GPUs that keep weights in half precision.
// IEEE half: 1 sign, 5 exponent, 10 fraction bits. bfloat16: the upper half of a float32.

let halfTable: Float32Array | null = null;
const oneNumber = new Float32Array(1);
const itsWord = new Uint32Array(oneNumber.buffer);

/** Values of IEEE half-precision bit patterns; exact. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const table = halfValues();
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]];
  return values;
}

/** The value of every IEEE half-precision bit pattern, for loops that look many up. [pattern] */
export function halfValues(): Float32Array {
  return (halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits)));
}

/** The value of one pattern. */
export function decodeHalf(bits: number): number {
  return halfValues()[bits];
}

/** The largest finite half. */
const LARGEST_HALF = 65504;

/** The pattern nearest to a number, ties to even; 65504 at most. */
export function halfNearest(value: number): number {
  oneNumber[0] = Math.min(LARGEST_HALF, Math.max(-LARGEST_HALF, value));
  return wordToHalf(itsWord[0]);
}

/** The pattern of the largest half that is no more than a number. */
export function halfBelow(value: number): number {
  const bits = halfNearest(value);
  if (decodeHalf(bits) <= value || value < -LARGEST_HALF) return bits;
  // Patterns of negative numbers grow downwards; below zero stands the smallest negative one.
  if (bits === 0) return 0x8001;
  return bits & 0x8000 ? bits + 1 : bits - 1;
}

/** The pattern of the smallest half that is no less than a number. */
export function halfAbove(value: number): number {
  return halfBelow(-value) ^ 0x8000;
}

/** Values of bfloat16 bit patterns; exact. */
export function decodeBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
  return new Float32Array(words.buffer);
}

/** The nearest IEEE half-precision bit patterns, ties to even; beyond 65504 infinity. The inverse of decodeFloat16, except for NaN payloads. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = wordToHalf(words[i]);
  return halves;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function wordToHalf(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and more round to infinity
  if (magnitude >= 0x38800000) {
    // Normal: rebias the exponent, then drop 13 bits; a carry runs into the exponent, as it should.
    return sign | roundShift(magnitude - 0x38000000, 13);
  }
  if (magnitude < 0x33000000) return sign; // below half of the smallest subnormal
  const significand = (magnitude & 0x7fffff) | 0x800000;
  return sign | roundShift(significand, 126 - (magnitude >>> 23));
}

/** value / 2^shift, to the nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const floor = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (floor & 1) === 1) ? floor + 1 : floor;
}
