// What each value adds to the span of the well-placed ones: w·vᵀA⁻¹v, mean over the query heads of a group (Cap).
//   slotTable [layer][kvHead]
//   values    [row][HEAD_VECTORS] × 4
//   weights   [layer][head][slot of scoreStride], from anchorWeights.wgsl: 0 for sinks
//   inverses  [layer][head][headDim][HEAD_VECTORS] × 4, of weightedSquares.wgsl
//   leverage  [layer][kvHead][slot of scoreStride]
// One invocation computes one slot: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> values: array<KvVector>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read> inverses: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> leverage: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (id.x >= slots.length) {
    return;
  }
  let value = valueEntry(slots, id.x);
  var sum = 0.0;
  for (var member = 0u; member < GROUP_SIZE; member++) {
    let head = id.y * GROUP_SIZE + member;
    var form = 0.0;
    for (var row = 0u; row < HEAD_VECTORS * 4u; row++) {
      let inverseRow = (head * HEAD_VECTORS * 4u + row) * HEAD_VECTORS;
      var product = 0.0;
      for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
        product += dot(inverses[inverseRow + vector], loadValue(value, vector));
      }
      form += product * loadValue(value, row / 4u)[row % 4u];
    }
    sum += weights[head * params.scoreStride + id.x] * form;
  }
  leverage[id.y * params.scoreStride + id.x] = sum / f32(GROUP_SIZE);
}
