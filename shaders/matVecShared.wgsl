// matVec.wgsl for real GPUs: neighbouring invocations load neighbouring columns, and the workgroup adds up.
//   input  [COLUMN_VECTORS] × 4          norm [COLUMN_VECTORS] × 4, read if HAS_NORM
//   weight [ROWS][COLUMN_VECTORS] × 4    bias [ROWS], read if HAS_BIAS
//   output [ROWS], from FIRST_ROW on, as the bias: a joint matrix may lie in several buffers
// One workgroup computes four rows; one invocation every WORKGROUP_SIZE-th column of them.
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override ROWS: u32;
override FIRST_ROW: u32 = 0u;
override HAS_NORM: bool;
override HAS_BIAS: bool;
override HAS_RESIDUAL: bool;
override EPSILON: f32;

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<Weight4>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  // Large vocabularies take more workgroups than fit along x.
  let firstRow = (group.x + group.y * groups.x) * 4u;
  // Rows past the end repeat the last one and are not stored.
  let base0 = firstRow * COLUMN_VECTORS;
  let base1 = min(firstRow + 1u, ROWS - 1u) * COLUMN_VECTORS;
  let base2 = min(firstRow + 2u, ROWS - 1u) * COLUMN_VECTORS;
  let base3 = min(firstRow + 3u, ROWS - 1u) * COLUMN_VECTORS;
  var sums = vec4f();
  var squares = 0.0;
  for (var column = lane; column < COLUMN_VECTORS; column += WORKGROUP_SIZE) {
    var entry = input[column];
    if (HAS_NORM) {
      squares += dot(entry, entry);
      entry *= norm[column];
    }
    sums += vec4f(
      dot(loadWeight(base0 + column), entry),
      dot(loadWeight(base1 + column), entry),
      dot(loadWeight(base2 + column), entry),
      dot(loadWeight(base3 + column), entry),
    );
  }
  let added = addUp(lane, sums, squares);
  let row = firstRow + lane;
  if (lane >= 4u || row >= ROWS) {
    return;
  }
  var sum = added.products[lane];
  if (HAS_NORM) {
    sum *= inverseSqrt(added.squares / f32(COLUMN_VECTORS * 4u) + EPSILON);
  }
  if (HAS_BIAS) {
    sum += bias[FIRST_ROW + row];
  }
  if (HAS_RESIDUAL) {
    sum += output[FIRST_ROW + row];
  }
  output[FIRST_ROW + row] = sum;
}
