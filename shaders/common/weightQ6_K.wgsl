// Four neighbouring weights of a matrix row, in blocks of 256 as a Q6_K file has them: number = scale · group scale · (code − 32).
// The blocks are split into two planes, one behind the other: 52 words with the lower four bits of the codes, their upper two,
// and 16 group scales i8; scales f16, two to a word.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let block = at / 64u;
  let base = block * 52u;
  let half = at % 64u / 32u;
  let group = at % 32u / 8u; // of 32 codes, in its half
  let place = at % 8u;
  let blockCount = arrayLength(&weight) * 2u / 105u;
  let low = weight[base + half * 16u + (group & 1u) * 8u + place] >> (4u * (group / 2u));
  let high = weight[base + 32u + half * 8u + place] >> (2u * group);
  let bytes = vec4u(0u, 8u, 16u, 24u);
  let codes = ((vec4u(low) >> bytes) & vec4u(15u)) | (((vec4u(high) >> bytes) & vec4u(3u)) << vec4u(4u));
  let scaleAt = half * 8u + group * 2u + place / 4u;
  let groupScale = i32(weight[base + 48u + scaleAt / 4u] << (24u - 8u * (scaleAt % 4u))) >> 24u;
  let scale = halfValue(weight[blockCount * 52u + block / 2u] >> (16u * (block & 1u)));
  return (vec4f(codes) - 32.0) * (scale * f32(groupScale));
}
