// Four neighbouring weights of a matrix row, in blocks of 32 as a Q5_0 file has them: number = scale · (code − 16). The blocks
// are split into three planes, one behind the other: lower four bits of the codes as in Q4_0; their fifth bits, a word a block;
// scales f16, two to a word.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let block = at / 8u;
  let place = at % 8u;
  let blockCount = arrayLength(&weight) * 2u / 11u;
  let word = weight[block * 4u + place % 4u] >> (4u * (place / 4u));
  let fifths = weight[blockCount * 4u + block] >> (4u * place);
  let lower = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  let codes = lower | (((vec4u(fifths) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(1u)) << vec4u(4u));
  return (vec4f(codes) - 16.0) * halfValue(weight[blockCount * 5u + block / 2u] >> (16u * (block & 1u)));
}
