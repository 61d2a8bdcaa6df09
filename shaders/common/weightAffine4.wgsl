// Four neighbouring weights of a matrix row, in blocks of 32 codes of 4 bits as MLX's become: number = scale · code + low. The
// blocks are split into two planes, one behind the other: codes as in Q4_0; scale and low f32, two words a block.
alias Weight4 = u32;

fn loadWeight(at: u32) -> vec4f {
  let block = at / 8u;
  let place = at % 8u;
  let both = arrayLength(&weight) / 6u * 4u + block * 2u;
  let word = weight[block * 4u + place % 4u] >> (4u * (place / 4u));
  let codes = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  return vec4f(codes) * bitcast<f32>(weight[both]) + bitcast<f32>(weight[both + 1u]);
}
