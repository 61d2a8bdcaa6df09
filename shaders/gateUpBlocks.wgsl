// gateUpShared.wgsl for weights in blocks of 32 (Q8_0, Q4_0, Q4_1): an invocation loads 16 bytes of codes at a time, and their
// scale once.
//   input  [COLUMN_VECTORS] × 4          norm [COLUMN_VECTORS] × 4
//   weight planes of BLOCKS blocks: [gate, up][ROWS][COLUMN_VECTORS / 8]
//   output [ROWS]
// One workgroup computes two outputs; one invocation every WORKGROUP_SIZE-th unit of their four rows (common/unitQ*.wgsl).
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override ROWS: u32;
override IS_GELU: bool;
override EPSILON: f32;
override BLOCKS: u32;

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

// The input that meets a unit, times the norm.
var<private> columns: array<vec4f, 8>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x * 2u;
  let nextRow = min(row + 1u, ROWS - 1u);
  let rowUnits = COLUMN_VECTORS / UNIT_VECTORS;
  let gate0 = row * rowUnits;
  let gate1 = nextRow * rowUnits;
  let up0 = (ROWS + row) * rowUnits;
  let up1 = (ROWS + nextRow) * rowUnits;
  var sums = vec4f(); // gate of both rows, up of both rows
  var squares = 0.0;
  for (var unit = lane; unit < rowUnits; unit += WORKGROUP_SIZE) {
    for (var part = 0u; part < UNIT_VECTORS; part++) {
      let column = unit * UNIT_VECTORS + part;
      let entry = input[column];
      squares += dot(entry, entry);
      columns[part] = entry * norm[column];
    }
    sums += vec4f(unitDot(gate0 + unit), unitDot(gate1 + unit), unitDot(up0 + unit), unitDot(up1 + unit));
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
