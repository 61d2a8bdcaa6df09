// Numbers of 32 bits rounded to fewer significant bits, so that they pack better.

const SIGNIFICANT_BITS = 24;
const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/**
 * The nearest number with so many significant bits: within 2^−bits of the number. Those that have none nearer than that
 * stay as they are: 0, infinities, NaN, the subnormal, and what would become infinite.
 */
export function roundedFloat(number: number, significantBits: number): number {
  value[0] = number;
  const dropped = SIGNIFICANT_BITS - significantBits;
  const exponent = (bits[0] >>> 23) & 0xff;
  if (dropped <= 0 || exponent === 0 || exponent === 0xff) return number;
  const step = 2 ** dropped;
  bits[0] = Math.floor((bits[0] + step / 2) / step) * step;
  return Number.isFinite(value[0]) ? value[0] : number;
}
