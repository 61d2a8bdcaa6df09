// Four neighbouring weights of a matrix row, kept as float16; arithmetic stays in float32.
enable f16;
alias Weight4 = vec4<f16>;

fn loadWeight(at: u32) -> vec4f {
  return vec4f(weight[at]);
}
