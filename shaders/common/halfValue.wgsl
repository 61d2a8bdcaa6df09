// The value of the half in the lower 16 bits, which is finite. Its smallest numbers are made of their digits: a device may take
// subnormal numbers for zero.
fn halfValue(bits: u32) -> f32 {
  let exponent = (bits >> 10u) & 31u;
  let fraction = bits & 1023u;
  let size = select(
    bitcast<f32>(((exponent + 112u) << 23u) | (fraction << 13u)),
    f32(fraction) * 0x1p-24,
    exponent == 0u,
  );
  return select(size, -size, (bits & 0x8000u) != 0u);
}
