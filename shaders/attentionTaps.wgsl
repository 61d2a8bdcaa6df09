// Attention of the newest query as 8-bit rows, for the page: maximum over the query heads of a group, as a share of the
// row's largest value. Bound to a buffer of its own with groups of one (GROUP_SIZE 1, KV_HEAD_COUNT query heads,
// RESULT_WORDS 0) it keeps the query heads by themselves.
//   probabilities [layer][head][scoreStride], layers scoreLayerStride apart
//   peaks         [layer][head], the largest probability of each row; layers PEAK_LAYER_STRIDE apart
//   rowPlaces     [layer][kvHead], where the head's row comes among the results; NOT_WATCHED for a head that gets none
//   results       u32 words: RESULT_WORDS of the sampler, then scales [layer][kvHead] as f32 bits, then
//                 rows [place][ceil(longestSlots / 4)], four slots a word, the lowest in the lowest byte,
//                 0 behind the last slot of a shorter head
// One invocation writes one word: four slots (x) of one layer and KV head (y).
const NOT_WATCHED = 0xffffffffu;

override WORKGROUP_SIZE: u32;
override GROUP_SIZE: u32; // query heads per row
override SLOT_GROUP_SIZE: u32; // query heads per KV head
override KV_HEAD_COUNT: u32;
override LAYER_COUNT: u32;
override PEAK_LAYER_STRIDE: u32;
override RESULT_WORDS: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read> peaks: array<f32>;
@group(0) @binding(4) var<storage, read> rowPlaces: array<u32>;
@group(0) @binding(5) var<storage, read_write> results: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let wordCount = (params.longestSlots + 3u) / 4u;
  let word = id.x;
  let tapRow = id.y;
  if (word >= wordCount) {
    return;
  }
  let rowPlace = rowPlaces[tapRow];
  if (rowPlace == NOT_WATCHED && word != 0u) {
    return;
  }
  let layer = tapRow / KV_HEAD_COUNT;
  let firstHead = tapRow % KV_HEAD_COUNT * GROUP_SIZE;
  let lengthSlots = headSlots(layer, firstHead / SLOT_GROUP_SIZE).length;
  var scale = 0.0;
  for (var offset = 0u; offset < GROUP_SIZE; offset++) {
    scale = max(scale, peaks[layer * PEAK_LAYER_STRIDE + firstHead + offset]);
  }
  if (word == 0u) {
    results[RESULT_WORDS + tapRow] = bitcast<u32>(scale);
  }
  if (rowPlace == NOT_WATCHED) {
    return;
  }
  var packed = 0u;
  for (var byte = 0u; byte < 4u; byte++) {
    let slot = word * 4u + byte;
    var largest = 0.0;
    for (var offset = 0u; slot < lengthSlots && offset < GROUP_SIZE; offset++) {
      let row = layer * params.scoreLayerStride + (firstHead + offset) * params.scoreStride;
      largest = max(largest, probabilities[row + slot]);
    }
    packed |= min(255u, u32(255.0 * largest / scale + 0.5)) << (byte * 8u);
  }
  let rowsBase = RESULT_WORDS + LAYER_COUNT * KV_HEAD_COUNT;
  results[rowsBase + rowPlace * wordCount + word] = packed;
}
