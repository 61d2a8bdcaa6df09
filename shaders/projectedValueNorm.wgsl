// Mean over a group's query heads of ‖W_o v‖₁: how much a value can move the residual stream. Bound to one layer at a time.
//   values       [row][HEAD_VECTORS] × 4
//   weight [HIDDEN_SIZE][KV_HEAD_COUNT × GROUP_SIZE × HEAD_VECTORS] × 4
//   norms        [kvHead][scoreStride]
// One invocation handles one value: slots (x), KV head (y). Four rows of the weight share a load of the value.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override GROUP_SIZE: u32;
override HIDDEN_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> values: array<KvVector>;
@group(0) @binding(3) var<storage, read> weight: array<Weight4>;
@group(0) @binding(4) var<storage, read_write> norms: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(0u, id.y);
  if (slot >= slots.length) {
    return;
  }
  let entry = valueEntry(slots, slot);
  let rowVectors = KV_HEAD_COUNT * GROUP_SIZE * HEAD_VECTORS;
  var sum = 0.0;
  for (var member = 0u; member < GROUP_SIZE; member++) {
    let column = (id.y * GROUP_SIZE + member) * HEAD_VECTORS;
    for (var row = 0u; row < HIDDEN_SIZE; row += 4u) {
      var products = vec4f();
      for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
        let value = loadValue(entry, vector);
        let at = row * rowVectors + column + vector;
        products += vec4f(
          dot(loadWeight(at), value),
          dot(loadWeight(at + rowVectors), value),
          dot(loadWeight(at + 2u * rowVectors), value),
          dot(loadWeight(at + 3u * rowVectors), value),
        );
      }
      sum += dot(abs(products), vec4f(1.0));
    }
  }
  norms[id.y * params.scoreStride + slot] = sum / f32(GROUP_SIZE);
}
