// Covariance of the queries of futureQueries.wgsl: divided by their number.
//   deviations [layer][head][row of bufferRows][headDim]
//   covariance [layer][head][headDim][headDim]
// One invocation computes one number: headDim² (x), layer × head (y). headDim = 4 × HEAD_VECTORS.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> foretold: Foretold;
@group(0) @binding(2) var<storage, read> deviations: array<f32>;
@group(0) @binding(3) var<storage, read_write> covariance: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let headDim = HEAD_VECTORS * 4u;
  if (id.x >= headDim * headDim) {
    return;
  }
  let rows = bufferedCount(params.position);
  var at = id.y * foretold.bufferRows * headDim;
  var sum = 0.0;
  for (var row = 0u; row < rows; row++) {
    sum += deviations[at + id.x / headDim] * deviations[at + id.x % headDim];
    at += headDim;
  }
  covariance[id.y * headDim * headDim + id.x] = sum / f32(rows);
}
