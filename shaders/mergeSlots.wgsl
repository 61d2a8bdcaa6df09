// Carries out a merge plan, before the survivors close ranks: every survivor that takes slots in gets the weighted sum of their
// keys and of their values. A source is the target itself or an evicted slot, so no sum reads what another wrote.
//   targets      layer × KV head, slot, first pair, end of its pairs
//   pairs        source slot (0xffffffff: the mean of the group's newest queries), weight of its key and of its value as bits
//   slotTable    [layer][kvHead]
//   queries      [layer][queryRows][head][HEAD_VECTORS] × 4, rotated; the newest stands at queryStart % queryRows
//   keys, values [row][HEAD_VECTORS] × 4
// One invocation adds up one vector of one target: vectors (x), targets (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> targets: array<vec4u>;
@group(0) @binding(3) var<storage, read> pairs: array<vec4u>;
@group(0) @binding(4) var<storage, read> queries: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> keys: array<KvVector>;
@group(0) @binding(6) var<storage, read_write> values: array<KvVector>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  if (vector >= HEAD_VECTORS) {
    return;
  }
  let kvHeadCount = HEAD_COUNT / GROUP_SIZE;
  let goal = targets[id.y];
  let layer = goal.x / kvHeadCount;
  let kvHead = goal.x % kvHeadCount;
  let slots = headSlots(layer, kvHead);
  let ringRow = params.queryStart % params.queryRows;
  let query = layer * params.queryLayerStride + (ringRow * HEAD_COUNT + kvHead * GROUP_SIZE) * HEAD_VECTORS;
  var key = vec4f();
  var value = vec4f();
  for (var at = goal.z; at < goal.w; at++) {
    let pair = pairs[at];
    let keyWeight = bitcast<f32>(pair.y);
    if (pair.x == 0xffffffffu) {
      for (var member = 0u; member < GROUP_SIZE; member++) {
        key += keyWeight / f32(GROUP_SIZE) * queries[query + member * HEAD_VECTORS + vector];
      }
    } else {
      key += keyWeight * loadKey(keyEntry(slots, pair.x), vector);
      value += bitcast<f32>(pair.z) * loadValue(valueEntry(slots, pair.x), vector);
    }
  }
  replaceKv(slots, goal.y, id.y, vector, key, value);
}
