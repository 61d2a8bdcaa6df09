// Looks up the embedding of each token of a chunk, times SCALE.
//   tokens    [row]
//   weight    [vocabulary][COLUMN_VECTORS] × 4 weights, the embedding
//   hidden    [row][COLUMN_VECTORS] × 4
// The embedding may lie in several buffers: this one has the ROWS tokens from FIRST_TOKEN on, others are left to theirs.
// One invocation copies four numbers; workgroups span columns (x) and rows (y).
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override FIRST_TOKEN: u32;
override ROWS: u32;
override SCALE: f32;

@group(0) @binding(0) var<storage, read> tokens: array<u32>;
@group(0) @binding(1) var<storage, read> weight: array<Weight4>;
@group(0) @binding(2) var<storage, read_write> hidden: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y;
  if (column >= COLUMN_VECTORS) {
    return;
  }
  // Below the first token the difference wraps around and is large.
  let part = tokens[row] - FIRST_TOKEN;
  if (part >= ROWS) {
    return;
  }
  hidden[row * COLUMN_VECTORS + column] = loadWeight(part * COLUMN_VECTORS + column) * SCALE;
}
