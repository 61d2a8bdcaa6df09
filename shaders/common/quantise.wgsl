// The group quantiser of src/engine/storage/quantiser.ts to the bit: scale and lowest number rounded outwards to 16 bits, codes to
// the nearest, halves to even. A quotient is only a first guess; products and the remainder of a difference decide, and are exact.

// The nearest half-precision pattern, ties to even; beyond 65504 infinity.
fn halfNearest(value: f32) -> u32 {
  let word = bitcast<u32>(value);
  let sign = (word >> 16u) & 0x8000u;
  let magnitude = word & 0x7fffffffu;
  if (magnitude >= 0x477ff000u) {
    return sign | 0x7c00u;
  }
  if (magnitude >= 0x38800000u) {
    return sign | roundShift(magnitude - 0x38000000u, 13u);
  }
  if (magnitude < 0x33000000u) {
    return sign;
  }
  return sign | roundShift((magnitude & 0x7fffffu) | 0x800000u, 126u - (magnitude >> 23u));
}

fn roundShift(value: u32, shift: u32) -> u32 {
  let down = value >> shift;
  let rest = value & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  return down + select(0u, 1u, rest > half || (rest == half && (down & 1u) == 1u));
}

// The largest half that is no more than a number: its pattern.
fn halfBelow(value: f32) -> u32 {
  let pattern = halfNearest(clamp(value, -65504.0, 65504.0));
  if (halfValue(pattern) <= value || value < -65504.0) {
    return pattern;
  }
  if (pattern == 0u) {
    return 0x8001u;
  }
  return select(pattern - 1u, pattern + 1u, (pattern & 0x8000u) != 0u);
}

// The sign of (left − right) − bound.
fn compareDifference(left: f32, right: f32, bound: f32) -> i32 {
  let difference = left - right;
  if (difference != bound) {
    return select(-1, 1, difference > bound);
  }
  let taken = difference - left;
  let lost = (left - (difference - taken)) - (right + taken);
  return select(select(0, -1, lost < 0.0), 1, lost > 0.0);
}

// The smallest half, as a pattern, of which `steps` reach from low to high.
fn scaleOf(high: f32, low: f32, steps: f32) -> u32 {
  let pattern = halfBelow(-((high - low) / steps)) ^ 0x8000u;
  if (compareDifference(high, low, halfValue(pattern) * steps) > 0) {
    return min(pattern + 1u, 0x7bffu);
  }
  if (pattern > 0u && compareDifference(high, low, halfValue(pattern - 1u) * steps) <= 0) {
    return pattern - 1u;
  }
  return pattern;
}

// (value − start) / scale to the nearest, halves to even.
fn stepsBetween(value: f32, start: f32, scale: f32) -> i32 {
  let near = clamp(round((value - start) / scale), -512.0, 512.0);
  let steps = i32(near);
  let isOdd = (steps & 1) == 1;
  let above = compareDifference(value, start, (near + 0.5) * scale);
  if (above > 0 || (above == 0 && isOdd)) {
    return steps + 1;
  }
  let below = compareDifference(value, start, (near - 0.5) * scale);
  return steps - select(0, 1, below < 0 || (below == 0 && isOdd));
}
