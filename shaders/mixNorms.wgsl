// Lengths of weighted sums of the values of a head, for how much a merge moves the newest query's output.
//   slotTable [layer][kvHead]
//   weights   [layer][kvHead][rowCount][slot of scoreStride]
//   values    [row][HEAD_VECTORS] × 4
//   norms     [layer][kvHead][rowCount]
// One invocation adds up one sum: mixes (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<KvVector>;
@group(0) @binding(4) var<storage, read_write> norms: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.rowCount) {
    return;
  }
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  let mix = id.y * params.rowCount + id.x;
  var squares = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    var sum = vec4f();
    for (var slot = 0u; slot < slots.length; slot++) {
      sum += weights[mix * params.scoreStride + slot] * loadValue(valueEntry(slots, slot), vector);
    }
    squares += dot(sum, sum);
  }
  norms[mix] = sqrt(squares);
}
