// What the queries to come are expected to make of each key, as a logit: μ·k/√d + kᵀΣk/(2d), or its first half alone.
//   slotTable  [layer][kvHead]
//   keys       [row][HEAD_VECTORS] × 4
//   mean       [layer][head][HEAD_VECTORS] × 4
//   covariance [layer][head][headDim][HEAD_VECTORS] × 4; empty where it does not count
//   logits     [layer][head][slot of scoreStride]
// One invocation computes one slot: slots (x), layer × head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> foretold: Foretold;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> mean: array<vec4f>;
@group(0) @binding(5) var<storage, read> covariance: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> logits: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slots = headSlots(id.y / HEAD_COUNT, id.y % HEAD_COUNT / GROUP_SIZE);
  if (id.x >= slots.length) {
    return;
  }
  let key = keyEntry(slots, id.x);
  var product = 0.0;
  var form = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let own = loadKey(key, vector);
    product += dot(own, mean[id.y * HEAD_VECTORS + vector]);
    if (foretold.hasCovariance == 1u) {
      let row = (id.y * HEAD_VECTORS + vector) * 4u * HEAD_VECTORS; // of the vector's first dimension
      var rows = vec4f();
      for (var other = 0u; other < HEAD_VECTORS; other++) {
        let column = loadKey(key, other);
        rows += vec4f(
          dot(covariance[row + other], column),
          dot(covariance[row + HEAD_VECTORS + other], column),
          dot(covariance[row + 2u * HEAD_VECTORS + other], column),
          dot(covariance[row + 3u * HEAD_VECTORS + other], column),
        );
      }
      form += dot(own, rows);
    }
  }
  let headDim = f32(HEAD_VECTORS * 4u);
  logits[id.y * params.scoreStride + id.x] =
    product * inverseSqrt(headDim) + form / (2.0 * headDim) + slotBias(slots.first + id.x);
}
