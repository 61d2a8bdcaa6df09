// The queries of futureQueries.wgsl in the plane of queryAxes.wgsl: where each stands along its two axes. For the record.
//   mean       [layer][head][HEAD_VECTORS] × 4
//   deviations [layer][head][row of bufferRows][HEAD_VECTORS] × 4
//   axes       [layer][kvHead][axis of 2][HEAD_VECTORS] × 4
//   points     [layer][head][row of bufferedCount()] × 2
// One invocation computes one query: rows (x), layer × head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> foretold: Foretold;
@group(0) @binding(2) var<storage, read> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read> deviations: array<vec4f>;
@group(0) @binding(4) var<storage, read> axes: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> points: array<vec2f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = bufferedCount(params.position);
  if (id.x >= rows) {
    return;
  }
  let at = (id.y * foretold.bufferRows + id.x) * HEAD_VECTORS;
  let axis = id.y / GROUP_SIZE * 2u * HEAD_VECTORS;
  var point = vec2f();
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let query = mean[id.y * HEAD_VECTORS + vector] + deviations[at + vector];
    point += vec2f(dot(query, axes[axis + vector]), dot(query, axes[axis + HEAD_VECTORS + vector]));
  }
  points[id.y * rows + id.x] = point;
}
