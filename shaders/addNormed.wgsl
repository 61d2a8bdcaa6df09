// Adds the output of attention or MLP to the hidden rows where it has a norm of its own: hidden += branch × norm / rms(branch).
//   branch, hidden [row][COLUMN_VECTORS] × 4
//   norm           [COLUMN_VECTORS] × 4
// One workgroup per row; its invocations take every WORKGROUP_SIZE-th vector, and everyone adds up the sums in the same order.
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override EPSILON: f32;

@group(0) @binding(0) var<storage, read> branch: array<vec4f>;
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> hidden: array<vec4f>;

var<workgroup> partialSquares: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let base = group.x * COLUMN_VECTORS;
  var share = 0.0;
  for (var column = lane; column < COLUMN_VECTORS; column += WORKGROUP_SIZE) {
    let entry = branch[base + column];
    share += dot(entry, entry);
  }
  partialSquares[lane] = share;
  workgroupBarrier();
  var squares = 0.0;
  for (var other = 0u; other < WORKGROUP_SIZE; other++) {
    squares += partialSquares[other];
  }
  let scale = inverseSqrt(squares / f32(COLUMN_VECTORS * 4u) + EPSILON);
  for (var column = lane; column < COLUMN_VECTORS; column += WORKGROUP_SIZE) {
    hidden[base + column] += branch[base + column] * scale * norm[column];
  }
}
