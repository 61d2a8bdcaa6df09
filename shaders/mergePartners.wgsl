// The kept key that lies closest to each evicted one, by cosine; of equals the first.
//   slotTable          [layer][kvHead]
//   survivors, evicted where each head's slots begin, [layer × kvHead + 1], counted from the end of this list; then the slots
//   keys               [row][HEAD_VECTORS] × 4
//   partners           place among the survivors and cosine, in the order of `evicted`
// One invocation finds one partner: evicted slots of a head (x), layer × KV head (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override HEAD_TOTAL: u32; // KV heads of all layers

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> survivors: array<u32>;
@group(0) @binding(3) var<storage, read> evicted: array<u32>;
@group(0) @binding(4) var<storage, read> keys: array<KvVector>;
@group(0) @binding(5) var<storage, read_write> partners: array<vec2f>;

fn keyProduct(left: KvEntry, right: KvEntry) -> f32 {
  var sum = 0.0;
  for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
    sum += dot(loadKey(left, vector), loadKey(right, vector));
  }
  return sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let head = id.y;
  let place = evicted[head] + id.x;
  if (place >= evicted[head + 1u]) {
    return;
  }
  let slots = headSlots(head / KV_HEAD_COUNT, head % KV_HEAD_COUNT);
  let own = keyEntry(slots, evicted[HEAD_TOTAL + 1u + place]);
  let ownLength = max(sqrt(keyProduct(own, own)), 1e-12);
  let begin = HEAD_TOTAL + 1u + survivors[head];
  let keptCount = survivors[head + 1u] - survivors[head];
  var best = 0u;
  var closest = -2.0;
  for (var kept = 0u; kept < keptCount; kept++) {
    let other = keyEntry(slots, survivors[begin + kept]);
    let cosine = keyProduct(own, other) / (ownLength * max(sqrt(keyProduct(other, other)), 1e-12));
    if (cosine > closest) {
      best = kept;
      closest = cosine;
    }
  }
  partners[place] = vec2f(f32(best), closest);
}
