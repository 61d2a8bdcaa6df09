// Every key in use, turned back by its position's angles and multiplied by its head's sketch, which is divided by √columns beforehand.
//   keys      [row][HEAD_VECTORS] × 4
//   positions [layer][kvHead][slotCapacity]
//   ropeTable [row][headDim / 2] → cosine, sine, a row for each position
//   tableRows [layer] → row of ropeTable at which the layer's rotations begin
//   columns   [layer][kvHead][column][headDim]
//   sketched  [layer][kvHead][scoreStride][column]
// One invocation handles one column (z) of one key (x) of a layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> sketch: Sketch;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> positions: array<u32>;
@group(0) @binding(5) var<storage, read> ropeTable: array<vec2f>;
@group(0) @binding(6) var<storage, read> tableRows: array<u32>;
@group(0) @binding(7) var<storage, read> columns: array<f32>;
@group(0) @binding(8) var<storage, read_write> sketched: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let layer = id.y / KV_HEAD_COUNT;
  let slots = headSlots(layer, id.y % KV_HEAD_COUNT);
  if (slot >= slots.length) {
    return;
  }
  let entry = keyEntry(slots, slot);
  let half = HEAD_VECTORS * 2u;
  let angles = (tableRows[layer] + positions[id.y * params.slotCapacity + slot]) * half;
  let column = (id.y * sketch.columnCount + id.z) * half * 2u;
  var product = 0.0;
  for (var pair = 0u; pair < half; pair++) {
    let low = loadKey(entry, pair / 4u)[pair % 4u];
    let high = loadKey(entry, (half + pair) / 4u)[(half + pair) % 4u];
    let angle = ropeTable[angles + pair];
    product += (low * angle.x + high * angle.y) * columns[column + pair];
    product += (high * angle.x - low * angle.y) * columns[column + half + pair];
  }
  sketched[(id.y * params.scoreStride + slot) * sketch.columnCount + id.z] = product;
}
