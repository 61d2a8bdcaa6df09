// Deviation over its channels of every key and value whose block is followed by a full one, on the scale of that next block.
//   keys, values [row][HEAD_VECTORS] × 4
//   ranges       from lagRanges.wgsl
//   deviations   [layer][kvHead][scoreStride] → of the key, of the value
// One invocation handles one slot (x) of a layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> blocks: LagBlocks;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> values: array<KvVector>;
@group(0) @binding(5) var<storage, read> ranges: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> deviations: array<vec2f>;

// A channel that never changes in the next block counts as 0.
fn scaled(entry: vec4f, least: vec4f, most: vec4f) -> vec4f {
  let range = most - least;
  let isConstant = range <= vec4f();
  return select((entry - least) / select(range, vec4f(1.0), isConstant), vec4f(), isConstant);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  if (slot < blocks.sinkSlots) {
    return;
  }
  let block = (slot - blocks.sinkSlots) / blocks.lagSlots;
  if (blocks.sinkSlots + (block + 2u) * blocks.lagSlots > slots.length) {
    return;
  }
  let keyAt = keyEntry(slots, slot);
  let valueAt = valueEntry(slots, slot);
  let scale = (id.y * blocks.blockStride + block + 1u) * HEAD_VECTORS * 4u;
  let count = f32(HEAD_VECTORS * 4u);
  var sums = vec2f();
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let at = scale + vector * 4u;
    let key = scaled(loadKey(keyAt, vector), ranges[at], ranges[at + 1u]);
    let value = scaled(loadValue(valueAt, vector), ranges[at + 2u], ranges[at + 3u]);
    sums += vec2f(dot(key, vec4f(1.0)), dot(value, vec4f(1.0)));
  }
  let means = sums / count;
  var squares = vec2f();
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let at = scale + vector * 4u;
    let key = scaled(loadKey(keyAt, vector), ranges[at], ranges[at + 1u]) - means.x;
    let value = scaled(loadValue(valueAt, vector), ranges[at + 2u], ranges[at + 3u]) - means.y;
    squares += vec2f(dot(key, key), dot(value, value));
  }
  deviations[id.y * params.scoreStride + slot] = sqrt(squares / (count - 1.0));
}
