// matVecShared.wgsl for weights in blocks of 32 (Q8_0, Q4_0, Q4_1): an invocation loads 16 bytes of codes at a time, and their
// scale once.
//   input  [COLUMN_VECTORS] × 4          norm [COLUMN_VECTORS] × 4, read if HAS_NORM
//   weight planes of BLOCKS blocks, of which the first are [ROWS][COLUMN_VECTORS / 8]      bias [ROWS], read if HAS_BIAS
//   output [ROWS], from FIRST_ROW on, as the bias: a joint matrix may lie in several buffers
// One workgroup computes four rows; one invocation every WORKGROUP_SIZE-th unit of them (common/unitQ*.wgsl).
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override ROWS: u32;
override FIRST_ROW: u32 = 0u;
override HAS_NORM: bool;
override HAS_BIAS: bool;
override HAS_RESIDUAL: bool;
override EPSILON: f32;
override BLOCKS: u32;

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4u>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

// The input that meets a unit, times the norm.
var<private> columns: array<vec4f, 8>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  // Large vocabularies take more workgroups than fit along x.
  let firstRow = (group.x + group.y * groups.x) * 4u;
  let rowUnits = COLUMN_VECTORS / UNIT_VECTORS;
  // Rows past the end repeat the last one and are not stored.
  let base0 = firstRow * rowUnits;
  let base1 = min(firstRow + 1u, ROWS - 1u) * rowUnits;
  let base2 = min(firstRow + 2u, ROWS - 1u) * rowUnits;
  let base3 = min(firstRow + 3u, ROWS - 1u) * rowUnits;
  var sums = vec4f();
  var squares = 0.0;
  for (var unit = lane; unit < rowUnits; unit += WORKGROUP_SIZE) {
    for (var part = 0u; part < UNIT_VECTORS; part++) {
      let column = unit * UNIT_VECTORS + part;
      var entry = input[column];
      if (HAS_NORM) {
        squares += dot(entry, entry);
        entry *= norm[column];
      }
      columns[part] = entry;
    }
    sums += vec4f(unitDot(base0 + unit), unitDot(base1 + unit), unitDot(base2 + unit), unitDot(base3 + unit));
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
