// Four neighbouring weights of a matrix row, kept as float32.
alias Weight4 = vec4<f32>;

fn unpackWeight(weight: Weight4) -> vec4f {
  return weight;
}
