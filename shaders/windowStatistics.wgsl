// Mean and unbiased standard deviation over the window's queries of what a candidate slot received.
//   attention       [layer][kvHead][rowCount][lengthSlots], from windowAttention.wgsl
//   mean, deviation [layer][kvHead][candidate], candidates are the first lengthSlots − rowCount slots;
//                   the deviation of a single row is 0
// One invocation handles one candidate: candidates (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> attention: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> deviation: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let candidate = id.x;
  let candidateCount = params.lengthSlots - params.rowCount;
  if (candidate >= candidateCount) {
    return;
  }
  let base = id.y * params.rowCount * params.lengthSlots + candidate;
  var sum = 0.0;
  for (var row = 0u; row < params.rowCount; row++) {
    sum += attention[base + row * params.lengthSlots];
  }
  let average = sum / f32(params.rowCount);
  var squares = 0.0;
  for (var row = 0u; row < params.rowCount; row++) {
    let difference = attention[base + row * params.lengthSlots] - average;
    squares += difference * difference;
  }
  let at = id.y * candidateCount + candidate;
  mean[at] = average;
  deviation[at] = sqrt(squares / f32(max(params.rowCount, 2u) - 1u));
}
