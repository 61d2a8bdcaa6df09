// What becomes of a gate, for kernels that override IS_GELU: silu, or gelu by its approximation with a tanh, written with exp.
fn activate(gate: vec4f) -> vec4f {
  if (IS_GELU) {
    let twice = 1.5957691216 * (gate + 0.044715 * gate * gate * gate);
    return gate / (1.0 + exp(-max(twice, vec4f(-80.0))));
  }
  return gate / (1.0 + exp(-gate));
}
