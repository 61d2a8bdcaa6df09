// One matrix times one vector, for adapters on which a barrier is costly:
//   output[row] = Σ weight[row] · (input × norm / rms(input)) + bias[row], added to what is there if HAS_RESIDUAL.
//   input  [COLUMN_VECTORS] × 4          norm [COLUMN_VECTORS] × 4, read if HAS_NORM
//   weight [ROWS][COLUMN_VECTORS] × 4    bias [ROWS], read if HAS_BIAS
//   output [ROWS], from FIRST_ROW on, as the bias: a joint matrix may lie in several buffers
// One invocation computes four rows, so that each input vector is loaded once for four dot products; no barrier.
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
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  // Large vocabularies take more workgroups than fit along x.
  let firstRow = (id.x + id.y * groups.x * WORKGROUP_SIZE) * 4u;
  if (firstRow >= ROWS) {
    return;
  }
  // Rows past the end repeat the last one and are not stored.
  let base0 = firstRow * COLUMN_VECTORS;
  let base1 = min(firstRow + 1u, ROWS - 1u) * COLUMN_VECTORS;
  let base2 = min(firstRow + 2u, ROWS - 1u) * COLUMN_VECTORS;
  let base3 = min(firstRow + 3u, ROWS - 1u) * COLUMN_VECTORS;
  var sums = vec4f();
  var squares = 0.0;
  for (var column = 0u; column < COLUMN_VECTORS; column++) {
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
  if (HAS_NORM) {
    sums *= inverseSqrt(squares / f32(COLUMN_VECTORS * 4u) + EPSILON);
  }
  for (var offset = 0u; offset < min(4u, ROWS - firstRow); offset++) {
    let row = firstRow + offset;
    var sum = sums[offset];
    if (HAS_BIAS) {
      sum += bias[FIRST_ROW + row];
    }
    if (HAS_RESIDUAL) {
      sum += output[FIRST_ROW + row];
    }
    output[FIRST_ROW + row] = sum;
  }
}
