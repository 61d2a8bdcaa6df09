// Four neighbouring weights of a matrix row, in blocks of 32 as a Q4_0 file has them: number = scale · (code − 8). The blocks
// are split into two planes, one behind the other: codes, four words a block, of which the lower halves of the bytes are the
// first sixteen; scales f16, two to a word.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let block = at / 8u;
  let place = at % 8u;
  let blockCount = arrayLength(&weight) * 2u / 9u;
  let word = weight[block * 4u + place % 4u] >> (4u * (place / 4u));
  let codes = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  return (vec4f(codes) - 8.0) * halfValue(weight[blockCount * 4u + block / 2u] >> (16u * (block & 1u)));
}
