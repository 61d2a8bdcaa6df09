// The middle of an MLP for a prefill chunk: output = activate(gate) × up.
//   gateUp [row][gate, up][COLUMN_VECTORS] × 4
//   output [row][COLUMN_VECTORS] × 4
// One invocation computes four numbers; workgroups span columns (x) and rows (y).
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override IS_GELU: bool;

@group(0) @binding(0) var<storage, read> gateUp: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y;
  if (column >= COLUMN_VECTORS) {
    return;
  }
  let gate = gateUp[row * 2u * COLUMN_VECTORS + column];
  let up = gateUp[(row * 2u + 1u) * COLUMN_VECTORS + column];
  output[row * COLUMN_VECTORS + column] = activate(gate) * up;
}
