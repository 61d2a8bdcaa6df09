// Added to the logit of a slot, by its row of keys: the logarithm of its votes, and what a merge left. Bound as `slotBiases`
// behind the bindings of the kernel.
fn slotBias(row: u32) -> f32 {
  return slotBiases[row];
}
