// What lies between the projections and the attention: RMSNorm of each query and key head (if HAS_QK_NORM), rotary
// embedding in the half-split layout, keys and values into their slots, the newest queries into the ring.
//   qkv       [row][HEAD_COUNT queries, KV_HEAD_COUNT keys, KV_HEAD_COUNT values][headDim]
//   qkNorm    [query, key][headDim], read if HAS_QK_NORM
//   ropeTable [position][headDim / 2][cosine, sine]
//   queries   [row][head][headDim], rotated
//   slotTable [kvHead] of the layer
//   keys, values [row][headDim]
//   queryRing [position % windowSlots][head][headDim] of one layer, written if windowSlots > 0
// Pairs rather than fours, because a half head need not be a multiple of four. headDim = 4 × HEAD_VECTORS.
// One invocation turns four numbers of one head, two from each half. Invocations: heads × HEAD_VECTORS (x), rows (y).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;
override KV_HEAD_COUNT: u32;
override HAS_QK_NORM: bool;
override EPSILON: f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec2f>;
@group(0) @binding(2) var<storage, read> qkNorm: array<vec2f>;
@group(0) @binding(3) var<storage, read> ropeTable: array<vec4f>;
@group(0) @binding(4) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(5) var<storage, read_write> queries: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> keys: array<KvPair>;
@group(0) @binding(7) var<storage, read_write> values: array<KvPair>;
@group(0) @binding(8) var<storage, read_write> queryRing: array<vec2f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let half = HEAD_VECTORS; // pairs in half a head
  let headTotal = HEAD_COUNT + 2u * KV_HEAD_COUNT;
  let head = id.x / half; // over queries, keys, values
  let pair = id.x % half;
  let row = id.y;
  if (head >= headTotal) {
    return;
  }
  let base = (row * headTotal + head) * 2u * half;
  var low = qkv[base + pair];
  var high = qkv[base + pair + half];
  if (head >= HEAD_COUNT + KV_HEAD_COUNT) {
    let slots = headSlots(0u, head - HEAD_COUNT - KV_HEAD_COUNT);
    storeValue(slots, row, pair, low);
    storeValue(slots, row, pair + half, high);
    return;
  }

  let isKey = head >= HEAD_COUNT;
  if (HAS_QK_NORM) {
    var squares = 0.0;
    for (var other = 0u; other < 2u * half; other++) {
      squares += dot(qkv[base + other], qkv[base + other]);
    }
    let scale = inverseSqrt(squares / f32(HEAD_VECTORS * 4u) + EPSILON);
    let normBase = select(0u, 2u * half, isKey);
    low *= scale * qkNorm[normBase + pair];
    high *= scale * qkNorm[normBase + pair + half];
  }

  let position = params.position + row;
  let angles = ropeTable[(params.place + row) * half + pair];
  let turnedLow = low * angles.xz - high * angles.yw;
  let turnedHigh = high * angles.xz + low * angles.yw;

  if (isKey) {
    let slots = headSlots(0u, head - HEAD_COUNT);
    storeKey(slots, row, pair, turnedLow);
    storeKey(slots, row, pair + half, turnedHigh);
    return;
  }
  let at = (row * HEAD_COUNT + head) * 2u * half + pair;
  queries[at] = turnedLow;
  queries[at + half] = turnedHigh;
  // Older rows of a chunk would race the newer ones for the same place in the ring.
  if (row + params.windowSlots >= params.rowCount && params.windowSlots > 0u) {
    let ringAt = (position % params.windowSlots * HEAD_COUNT + head) * 2u * half + pair;
    queryRing[ringAt] = turnedLow;
    queryRing[ringAt + half] = turnedHigh;
  }
}
