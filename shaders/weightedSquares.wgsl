// What the well-placed values span: I + Σ (w + ε)·v·vᵀ over the slots without sinks (Cap).
//   slotTable [layer][kvHead]
//   values    [row][HEAD_VECTORS] × 4
//   weights   [layer][head][slot of scoreStride], from anchorWeights.wgsl
//   squares   [layer][head][headDim][HEAD_VECTORS] × 4
// One invocation computes four numbers of a row: headDim × HEAD_VECTORS (x), layer × head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head
override EPSILON: f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> foretold: Foretold;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> values: array<KvVector>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> squares: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x / HEAD_VECTORS;
  let vector = id.x % HEAD_VECTORS;
  if (row >= HEAD_VECTORS * 4u) {
    return;
  }
  let slots = headSlots(id.y / HEAD_COUNT, id.y % HEAD_COUNT / GROUP_SIZE);
  var sum = vec4f(vec4u(row) == vec4u(0u, 1u, 2u, 3u) + 4u * vector);
  for (var slot = foretold.sinkSlots; slot < slots.length; slot++) {
    let value = valueEntry(slots, slot);
    let weight = weights[id.y * params.scoreStride + slot] + EPSILON;
    sum += weight * loadValue(value, row / 4u)[row % 4u] * loadValue(value, vector);
  }
  squares[id.y * HEAD_VECTORS * HEAD_VECTORS * 4u + id.x] = sum;
}
