// ‖xΦ‖₂ of every key and every value in use, with Φ the columns that all heads share, divided by √columns beforehand.
//   keys, values [row][HEAD_VECTORS] × 4
//   columns      [COLUMN_COUNT][HEAD_VECTORS] × 4
//   keyNorms, valueNorms [layer][kvHead][scoreStride]
// One invocation handles one slot (x) of a layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override COLUMN_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read> values: array<KvVector>;
@group(0) @binding(4) var<storage, read> columns: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> keyNorms: array<f32>;
@group(0) @binding(6) var<storage, read_write> valueNorms: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (slot >= slots.length) {
    return;
  }
  let key = keyEntry(slots, slot);
  let value = valueEntry(slots, slot);
  var squares = vec2f();
  for (var column = 0u; column < COLUMN_COUNT; column++) {
    var products = vec2f();
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      let weight = columns[column * HEAD_VECTORS + vector];
      products += vec2f(dot(loadKey(key, vector), weight), dot(loadValue(value, vector), weight));
    }
    squares += products * products;
  }
  let at = id.y * params.scoreStride + slot;
  keyNorms[at] = sqrt(squares.x);
  valueNorms[at] = sqrt(squares.y);
}
