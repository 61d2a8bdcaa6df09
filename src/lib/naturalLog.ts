// The natural logarithm from sums, products and quotients alone, so that every language and machine gets the same bits.

const LN_2 = 0.6931471805599453;
/** The terms behind are below 2⁻⁵³ of the first. */
const TERM_COUNT = 11;

/** −Infinity for 0, NaN below it. */
export function naturalLog(value: number): number {
  if (!(value > 0)) return value === 0 ? -Infinity : NaN;
  if (value === Infinity) return Infinity;
  let rest = value;
  let exponent = 0;
  for (; rest >= 1.5; rest /= 2) exponent++;
  for (; rest < 0.75; rest *= 2) exponent--;
  // ln x = 2·(t + t³/3 + t⁵/5 + …) with t = (x − 1) / (x + 1)
  const t = (rest - 1) / (rest + 1);
  let power = t;
  let sum = 0;
  for (let term = 0; term < TERM_COUNT; term++) {
    sum += power / (2 * term + 1);
    power *= t * t;
  }
  return 2 * sum + exponent * LN_2;
}
