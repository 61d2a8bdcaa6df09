// RMSNorm of every row of a prefill chunk: output = input × norm / rms(input).
//   input, output [row][COLUMN_VECTORS] × 4
//   norm          [COLUMN_VECTORS] × 4
// One invocation handles one row; decode has the norm inside its products instead (matVec.wgsl, gateUp.wgsl).
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override EPSILON: f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;
@group(0) @binding(2) var<storage, read> norm: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rowCount) {
    return;
  }
  let base = row * COLUMN_VECTORS;
  var squares = 0.0;
  for (var column = 0u; column < COLUMN_VECTORS; column++) {
    let entry = input[base + column];
    squares += dot(entry, entry);
  }
  let scale = inverseSqrt(squares / f32(COLUMN_VECTORS * 4u) + EPSILON);
  for (var column = 0u; column < COLUMN_VECTORS; column++) {
    output[base + column] = input[base + column] * scale * norm[column];
  }
}
