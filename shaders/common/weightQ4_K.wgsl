// Four neighbouring weights of a matrix row, in blocks of 256 as a Q4_K file has them, which are aligned as they are: number =
// scale · code + low. A block is 36 words: four for scales and lows, then codes, of which the lower halves of 32 bytes are one
// group and the upper halves the next.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let base = at / 64u * 36u;
  let group = at % 64u / 8u;
  let scaleAndLow = superScales(
    vec4u(weight[base], weight[base + 1u], weight[base + 2u], weight[base + 3u]),
    group,
  );
  let word = weight[base + 4u + group / 2u * 8u + at % 8u] >> (4u * (group & 1u));
  let codes = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  return vec4f(codes) * scaleAndLow.x + scaleAndLow.y;
}
