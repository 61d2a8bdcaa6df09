// One matrix times every row of a prefill chunk:
//   output[row][out] = weight[out] · input[row] + bias[out], added to what is there if HAS_RESIDUAL.
//   input  [row][COLUMN_VECTORS] × 4
//   weight [ROWS][COLUMN_VECTORS] × 4
//   bias   [OUTPUT_ROWS], read if HAS_BIAS
//   output [row][OUTPUT_ROWS], of which these ROWS begin at FIRST_ROW, as in the bias: a joint matrix may lie in several buffers
// One invocation computes a tile of four rows by four outputs in registers: eight loads for sixteen dot products, no
// barrier. Workgroups are WORKGROUP_SIZE tiles of outputs (x) by WORKGROUP_SIZE tiles of rows (y).
override WORKGROUP_SIZE: u32;
override COLUMN_VECTORS: u32;
override ROWS: u32;
override FIRST_ROW: u32 = 0u;
override OUTPUT_ROWS: u32 = ROWS;
override HAS_BIAS: bool;
override HAS_RESIDUAL: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<Weight4>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

fn store(row: u32, firstOut: u32, sums: vec4f) {
  if (row >= params.rowCount) {
    return;
  }
  for (var offset = 0u; offset < min(4u, ROWS - firstOut); offset++) {
    let out = FIRST_ROW + firstOut + offset;
    var sum = sums[offset];
    if (HAS_BIAS) {
      sum += bias[out];
    }
    if (HAS_RESIDUAL) {
      sum += output[row * OUTPUT_ROWS + out];
    }
    output[row * OUTPUT_ROWS + out] = sum;
  }
}

@compute @workgroup_size(WORKGROUP_SIZE, WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let firstOut = id.x * 4u;
  let firstRow = id.y * 4u;
  if (firstOut >= ROWS || firstRow >= params.rowCount) {
    return;
  }
  // Rows and outputs past the end repeat the last one and are not stored.
  let lastRow = params.rowCount - 1u;
  let input0 = firstRow * COLUMN_VECTORS;
  let input1 = min(firstRow + 1u, lastRow) * COLUMN_VECTORS;
  let input2 = min(firstRow + 2u, lastRow) * COLUMN_VECTORS;
  let input3 = min(firstRow + 3u, lastRow) * COLUMN_VECTORS;
  let weight0 = firstOut * COLUMN_VECTORS;
  let weight1 = min(firstOut + 1u, ROWS - 1u) * COLUMN_VECTORS;
  let weight2 = min(firstOut + 2u, ROWS - 1u) * COLUMN_VECTORS;
  let weight3 = min(firstOut + 3u, ROWS - 1u) * COLUMN_VECTORS;
  var sums0 = vec4f();
  var sums1 = vec4f();
  var sums2 = vec4f();
  var sums3 = vec4f();
  for (var column = 0u; column < COLUMN_VECTORS; column++) {
    let w0 = loadWeight(weight0 + column);
    let w1 = loadWeight(weight1 + column);
    let w2 = loadWeight(weight2 + column);
    let w3 = loadWeight(weight3 + column);
    let x0 = input[input0 + column];
    let x1 = input[input1 + column];
    let x2 = input[input2 + column];
    let x3 = input[input3 + column];
    sums0 += vec4f(dot(w0, x0), dot(w1, x0), dot(w2, x0), dot(w3, x0));
    sums1 += vec4f(dot(w0, x1), dot(w1, x1), dot(w2, x1), dot(w3, x1));
    sums2 += vec4f(dot(w0, x2), dot(w1, x2), dot(w2, x2), dot(w3, x2));
    sums3 += vec4f(dot(w0, x3), dot(w1, x3), dot(w2, x3), dot(w3, x3));
  }
  store(firstRow, firstOut, sums0);
  store(firstRow + 1u, firstOut, sums1);
  store(firstRow + 2u, firstOut, sums2);
  store(firstRow + 3u, firstOut, sums3);
}
