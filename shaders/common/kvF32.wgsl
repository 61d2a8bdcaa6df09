// A key or a value as computed: four float32 to a vector, HEAD_VECTORS vectors to a row.
alias KvVector = vec4f;
alias KvPair = vec2f;

// Where the entry of a row is found: computed once, before the loop over its vectors.
fn kvEntry(row: u32) -> u32 {
  return row * HEAD_VECTORS;
}
