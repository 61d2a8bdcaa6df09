// Least and largest entry of each channel over a block of slots, of keys and of values: the scale for the block before it.
//   keys, values [row][HEAD_VECTORS] × 4
//   ranges       [layer][kvHead][block of blockStride][HEAD_VECTORS][least key, largest key, least value, largest value] × 4
// One invocation handles one vector of a block (x) of a layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> blocks: LagBlocks;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> values: array<KvVector>;
@group(0) @binding(5) var<storage, read_write> ranges: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = id.x / HEAD_VECTORS;
  let vector = id.x % HEAD_VECTORS;
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  let start = blocks.sinkSlots + block * blocks.lagSlots;
  if (block >= blocks.blockStride || start + blocks.lagSlots > slots.length) {
    return;
  }
  var leastKey = loadKey(keyEntry(slots, start), vector);
  var leastValue = loadValue(valueEntry(slots, start), vector);
  var mostKey = leastKey;
  var mostValue = leastValue;
  for (var slot = start + 1u; slot < start + blocks.lagSlots; slot++) {
    let key = loadKey(keyEntry(slots, slot), vector);
    let value = loadValue(valueEntry(slots, slot), vector);
    leastKey = min(leastKey, key);
    mostKey = max(mostKey, key);
    leastValue = min(leastValue, value);
    mostValue = max(mostValue, value);
  }
  let at = ((id.y * blocks.blockStride + block) * HEAD_VECTORS + vector) * 4u;
  ranges[at] = leastKey;
  ranges[at + 1u] = mostKey;
  ranges[at + 2u] = leastValue;
  ranges[at + 3u] = mostValue;
}
