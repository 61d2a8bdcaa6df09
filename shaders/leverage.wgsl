// x G⁻¹ xᵀ of every sketched key, less the mean, by the factor of G; 0 for the slots left out.
//   sketched  [layer][kvHead][scoreStride][column], from sketchKeys.wgsl
//   means     [layer][kvHead][column], from sketchFactor.wgsl
//   factors   [layer][kvHead][column][column], from sketchFactor.wgsl
//   leverages [layer][kvHead][scoreStride]
// One invocation handles one slot (x) of a layer × KV head (y).
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> sketch: Sketch;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> sketched: array<f32>;
@group(0) @binding(4) var<storage, read> means: array<f32>;
@group(0) @binding(5) var<storage, read> factors: array<f32>;
@group(0) @binding(6) var<storage, read_write> leverages: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x;
  let length = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT).length;
  if (slot >= length) {
    return;
  }
  let at = id.y * params.scoreStride + slot;
  if (slot < sketch.firstSlot || slot + params.rowCount >= length) {
    leverages[at] = 0.0;
    return;
  }
  let size = sketch.columnCount;
  let factor = id.y * size * size;
  var solved: array<f32, 64>; // as many columns as a sketch may have
  var score = 0.0;
  for (var row = 0u; row < size; row++) {
    var rest = sketched[at * size + row] - means[id.y * size + row];
    for (var column = 0u; column < row; column++) {
      rest -= factors[factor + row * size + column] * solved[column];
    }
    solved[row] = rest / factors[factor + row * size + row];
    score += solved[row] * solved[row];
  }
  leverages[at] = score;
}
