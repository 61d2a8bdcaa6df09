// Four neighbouring weights of a matrix row, in blocks of 32 as a Q8_0 file has them: number = scale · code. The blocks are
// split into two planes, one behind the other: codes i8, eight words a block; scales f16, two to a word.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let block = at / 8u;
  let blockCount = arrayLength(&weight) * 2u / 17u;
  let codes = vec4i(vec4u(weight[at]) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
  return vec4f(codes) * halfValue(weight[blockCount * 8u + block / 2u] >> (16u * (block & 1u)));
}
