// Of Q4_K and Q5_K: scale and low of a group of 32, from the four words that a block of 256 begins with: scale and low scale
// f16, then eight scales and eight lows of six bits in twelve bytes.
fn superScales(first: vec4u, group: u32) -> vec2f {
  let shift = 8u * (group % 4u);
  let bytes = (first.yzw >> vec3u(shift)) & vec3u(255u);
  // The upper bits of the last four stand above the six bits of the first four.
  let near = bytes.xy & vec2u(63u);
  let far = vec2u(bytes.z & 15u, bytes.z >> 4u) | ((bytes.xy >> vec2u(6u)) << vec2u(4u));
  let both = vec2f(select(far, near, group < 4u));
  return both * vec2f(halfValue(first.x), -halfValue(first.x >> 16u));
}
