// gateUp.wgsl for real GPUs: neighbouring invocations load neighbouring columns, and the workgroup adds up.
//   input  [COLUMN_VECTORS] × 4          norm [COLUMN_VECTORS] × 4
//   weight [gate, up][ROWS][COLUMN_VECTORS] × 4
//   output [ROWS]
// One workgroup computes two outputs; one invocation every WORKGROUP_SIZE-th column of their four rows.
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override ROWS: u32;
override IS_GELU: bool;
override EPSILON: f32;

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<Weight4>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x * 2u;
  let nextRow = min(row + 1u, ROWS - 1u);
  let gate0 = row * COLUMN_VECTORS;
  let gate1 = nextRow * COLUMN_VECTORS;
  let up0 = (ROWS + row) * COLUMN_VECTORS;
  let up1 = (ROWS + nextRow) * COLUMN_VECTORS;
  var sums = vec4f(); // gate of both rows, up of both rows
  var squares = 0.0;
  for (var column = lane; column < COLUMN_VECTORS; column += WORKGROUP_SIZE) {
    let raw = input[column];
    squares += dot(raw, raw);
    let entry = raw * norm[column];
    sums += vec4f(
      dot(loadWeight(gate0 + column), entry),
      dot(loadWeight(gate1 + column), entry),
      dot(loadWeight(up0 + column), entry),
      dot(loadWeight(up1 + column), entry),
    );
  }
  let added = addUp(lane, sums, squares);
  if (lane > 0u) {
    return;
  }
  let total = added.products * inverseSqrt(added.squares / f32(COLUMN_VECTORS * 4u) + EPSILON);
  let gated = activate(total).xy * total.zw;
  output[row] = gated.x;
  if (nextRow > row) {
    output[nextRow] = gated.y;
  }
}
