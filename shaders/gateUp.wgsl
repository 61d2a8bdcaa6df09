// The first half of an MLP for one vector, for adapters on which a barrier is costly:
//   output = activate(gate · h) × (up · h), with h = input × norm / rms(input).
//   input  [COLUMN_VECTORS] × 4          norm [COLUMN_VECTORS] × 4
//   weight [gate, up][ROWS][COLUMN_VECTORS] × 4
//   output [ROWS]
// One invocation computes two outputs: two rows of gate, the same two of up; no barrier.
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
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x * 2u;
  if (row >= ROWS) {
    return;
  }
  let nextRow = min(row + 1u, ROWS - 1u);
  let gate0 = row * COLUMN_VECTORS;
  let gate1 = nextRow * COLUMN_VECTORS;
  let up0 = (ROWS + row) * COLUMN_VECTORS;
  let up1 = (ROWS + nextRow) * COLUMN_VECTORS;
  var sums = vec4f(); // gate of both rows, up of both rows
  var squares = 0.0;
  for (var column = 0u; column < COLUMN_VECTORS; column++) {
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
  sums *= inverseSqrt(squares / f32(COLUMN_VECTORS * 4u) + EPSILON);
  let gated = activate(sums).xy * sums.zw;
  output[row] = gated.x;
  if (nextRow > row) {
    output[nextRow] = gated.y;
  }
}
