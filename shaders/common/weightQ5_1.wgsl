// Four neighbouring weights of a matrix row, in blocks of 32 as a Q5_1 file has them: number = scale · code + low. The blocks
// are split into three planes, one behind the other: codes and fifth bits as in Q5_0; scale and low f16, a word a block.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let block = at / 8u;
  let place = at % 8u;
  let blockCount = arrayLength(&weight) / 6u;
  let word = weight[block * 4u + place % 4u] >> (4u * (place / 4u));
  let fifths = weight[blockCount * 4u + block] >> (4u * place);
  let lower = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  let codes = lower | (((vec4u(fifths) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(1u)) << vec4u(4u));
  let both = weight[blockCount * 5u + block];
  return vec4f(codes) * halfValue(both) + halfValue(both >> 16u);
}
