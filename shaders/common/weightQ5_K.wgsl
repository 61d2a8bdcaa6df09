// Four neighbouring weights of a matrix row, in blocks of 256 as a Q5_K file has them, which are aligned as they are: number =
// scale · code + low. A block is 44 words: as in Q4_K, with eight words of fifth bits before the codes, of which bit g belongs to
// group g.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let base = at / 64u * 44u;
  let group = at % 64u / 8u;
  let place = at % 8u;
  let scaleAndLow = superScales(
    vec4u(weight[base], weight[base + 1u], weight[base + 2u], weight[base + 3u]),
    group,
  );
  let word = weight[base + 12u + group / 2u * 8u + place] >> (4u * (group & 1u));
  let lower = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  let fifths = (vec4u(weight[base + 4u + place] >> group) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(1u);
  return vec4f(lower | (fifths << vec4u(4u))) * scaleAndLow.x + scaleAndLow.y;
}
