// Four neighbouring weights of a matrix row, kept as float32.
alias Weight4 = vec4<f32>;

fn loadWeight(at: u32) -> vec4f {
  return weight[at];
}
