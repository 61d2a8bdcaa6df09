// What lies between the projections and the attention: RMSNorm of each query and key head (if HAS_QK_NORM), rotary
// embedding in the half-split layout, keys and values into their slots, the newest queries into the ring.
//   qkv       [row][HEAD_COUNT queries, KV_HEAD_COUNT keys, KV_HEAD_COUNT values][HEAD_VECTORS] × 4
//   qkNorm    [query, key][HEAD_VECTORS] × 4, read if HAS_QK_NORM
//   ropeTable [position][headDim / 2][cosine, sine]
//   queries   [row][head][HEAD_VECTORS] × 4, rotated
//   keys, values [kvHead][slotCapacity][HEAD_VECTORS] × 4 of one layer
//   queryRing [position % windowSlots][head][HEAD_VECTORS] × 4 of one layer, written if windowSlots > 0
// One invocation turns eight numbers of one head: four from each half. Invocations: heads × HEAD_VECTORS / 2 (x), rows (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override KV_HEAD_COUNT: u32;
override HAS_QK_NORM: bool;
override EPSILON: f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(2) var<storage, read> qkNorm: array<vec4f>;
@group(0) @binding(3) var<storage, read> ropeTable: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> queries: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> keys: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> values: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> queryRing: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let half = HEAD_VECTORS / 2u;
  let headTotal = HEAD_COUNT + 2u * KV_HEAD_COUNT;
  let head = id.x / half; // over queries, keys, values
  let vector = id.x % half;
  let row = id.y;
  if (head >= headTotal) {
    return;
  }
  let base = (row * headTotal + head) * HEAD_VECTORS;
  var low = qkv[base + vector];
  var high = qkv[base + vector + half];
  let slotBase = (params.slot + row) * HEAD_VECTORS;
  if (head >= HEAD_COUNT + KV_HEAD_COUNT) {
    let kvHead = head - HEAD_COUNT - KV_HEAD_COUNT;
    let at = kvHead * params.slotCapacity * HEAD_VECTORS + slotBase + vector;
    values[at] = low;
    values[at + half] = high;
    return;
  }

  let isKey = head >= HEAD_COUNT;
  if (HAS_QK_NORM) {
    var squares = 0.0;
    for (var other = 0u; other < HEAD_VECTORS; other++) {
      squares += dot(qkv[base + other], qkv[base + other]);
    }
    let scale = inverseSqrt(squares / f32(HEAD_VECTORS * 4u) + EPSILON);
    let normBase = select(0u, HEAD_VECTORS, isKey);
    low *= scale * qkNorm[normBase + vector];
    high *= scale * qkNorm[normBase + vector + half];
  }

  let position = params.position + row;
  let angleBase = position * HEAD_VECTORS + vector * 2u;
  let first = ropeTable[angleBase];
  let second = ropeTable[angleBase + 1u];
  let cosine = vec4f(first.xz, second.xz);
  let sine = vec4f(first.yw, second.yw);
  let turnedLow = low * cosine - high * sine;
  let turnedHigh = high * cosine + low * sine;

  if (isKey) {
    let at = (head - HEAD_COUNT) * params.slotCapacity * HEAD_VECTORS + slotBase + vector;
    keys[at] = turnedLow;
    keys[at + half] = turnedHigh;
    return;
  }
  let at = (row * HEAD_COUNT + head) * HEAD_VECTORS + vector;
  queries[at] = turnedLow;
  queries[at + half] = turnedHigh;
  // Older rows of a chunk would race the newer ones for the same place in the ring.
  if (row + params.windowSlots >= params.rowCount && params.windowSlots > 0u) {
    let ringAt =
      (position % params.windowSlots * HEAD_COUNT + head) * HEAD_VECTORS + vector;
    queryRing[ringAt] = turnedLow;
    queryRing[ringAt + half] = turnedHigh;
  }
}
