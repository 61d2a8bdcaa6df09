// How much attention each slot gets, without its bias, for merges to go by: ln of the average over the newest queries that could
// see it of exp(q̄ · k / √d), q̄ the mean of a group's queries; the newest logits of every query head; the length of the value.
//   slotTable [layer][kvHead]
//   queries   [layer][queryRows][head][HEAD_VECTORS] × 4, rotated; row r stands at (queryStart + r) % queryRows
//   keys, values [row][HEAD_VECTORS] × 4
//   figures   [layer][kvHead][slot of scoreStride][2 + GROUP_SIZE]: ln ŝ, length of the value, logits of the newest query
//   products  [layer][head]: q · q̄ / √d of the newest query
// One invocation measures one slot: slots (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override GROUP_SIZE: u32; // query heads per KV head
override DECAY: f32; // weight of a query beside that of the one after it

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> queries: array<vec4f>;
@group(0) @binding(3) var<storage, read> keys: array<KvVector>;
@group(0) @binding(4) var<storage, read> values: array<KvVector>;
@group(0) @binding(5) var<storage, read_write> figures: array<f32>;
@group(0) @binding(6) var<storage, read_write> products: array<f32>;

fn groupStart(layer: u32, kvHead: u32, row: u32) -> u32 {
  let ringRow = (params.queryStart + row) % params.queryRows;
  return layer * params.queryLayerStride + (ringRow * HEAD_COUNT + kvHead * GROUP_SIZE) * HEAD_VECTORS;
}

fn meanQuery(start: u32, vector: u32) -> vec4f {
  var sum = vec4f();
  for (var member = 0u; member < GROUP_SIZE; member++) {
    sum += queries[start + member * HEAD_VECTORS + vector];
  }
  return sum / f32(GROUP_SIZE);
}

fn meanLogit(start: u32, key: KvEntry) -> f32 {
  var product = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    product += dot(meanQuery(start, vector), loadKey(key, vector));
  }
  return product;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let kvHeadCount = HEAD_COUNT / GROUP_SIZE;
  let layer = id.y / kvHeadCount;
  let kvHead = id.y % kvHeadCount;
  let slots = headSlots(layer, kvHead);
  if (id.x >= slots.length) {
    return;
  }
  let scale = inverseSqrt(f32(HEAD_VECTORS * 4u));
  let entry = keyEntry(slots, id.x);
  let out = (id.y * params.scoreStride + id.x) * (2u + GROUP_SIZE);

  // From the newest query back: those before the slot's own could not see it.
  let rowCount = params.rowCount;
  let seenCount = min(rowCount, slots.length - id.x);
  var peak = -3.4e38;
  var weight = 1.0;
  var sum = 0.0;
  var total = 0.0;
  for (var back = 0u; back < seenCount && weight > 0.0; back++) {
    let logit = meanLogit(groupStart(layer, kvHead, rowCount - 1u - back), entry) * scale;
    let highest = max(peak, logit);
    sum = sum * exp(peak - highest) + weight * exp(logit - highest);
    peak = highest;
    total += weight;
    weight *= DECAY;
  }
  figures[out] = peak + log(sum / total);

  let valueAt = valueEntry(slots, id.x);
  var squares = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    let value = loadValue(valueAt, vector);
    squares += dot(value, value);
  }
  figures[out + 1u] = sqrt(squares);

  let newest = groupStart(layer, kvHead, rowCount - 1u);
  for (var member = 0u; member < GROUP_SIZE; member++) {
    var product = 0.0;
    var own = 0.0;
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      let query = queries[newest + member * HEAD_VECTORS + vector];
      product += dot(query, loadKey(entry, vector));
      own += dot(query, meanQuery(newest, vector));
    }
    figures[out + 2u + member] = product * scale;
    if (id.x == 0u) {
      products[id.y * GROUP_SIZE + member] = own * scale;
    }
  }
}
