// Mean of the sketched keys, and the Cholesky factor of their Gram matrix around it. Where a matrix isn't positive, ten times
// more is added to its diagonal, up to five times.
//   sketched [layer][kvHead][scoreStride][column], from sketchKeys.wgsl
//   means    [layer][kvHead][column]
//   grams    [layer][kvHead][column][column]
//   factors  [layer][kvHead][column][column], lower half
// One workgroup per layer × KV head (x); its invocations take every WORKGROUP_SIZE-th entry, the first one factors.
override WORKGROUP_SIZE: u32;
override KV_HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> sketch: Sketch;
@group(0) @binding(2) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(3) var<storage, read> sketched: array<f32>;
@group(0) @binding(4) var<storage, read_write> means: array<f32>;
@group(0) @binding(5) var<storage, read_write> grams: array<f32>;
@group(0) @binding(6) var<storage, read_write> factors: array<f32>;

fn fillFactor(base: u32, jitter: f32) -> bool {
  let size = sketch.columnCount;
  for (var row = 0u; row < size; row++) {
    for (var column = 0u; column <= row; column++) {
      var rest = grams[base + row * size + column] + select(0.0, jitter, row == column);
      for (var at = 0u; at < column; at++) {
        rest -= factors[base + row * size + at] * factors[base + column * size + at];
      }
      if (row == column && rest <= 0.0) {
        return false;
      }
      let divisor = factors[base + column * size + column];
      factors[base + row * size + column] = select(rest / divisor, sqrt(rest), row == column);
    }
  }
  return true;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let size = sketch.columnCount;
  let length = headSlots(group.x / KV_HEAD_COUNT, group.x % KV_HEAD_COUNT).length;
  let end = max(length, params.rowCount) - params.rowCount;
  let rows = group.x * params.scoreStride;
  let count = max(1.0, f32(max(end, sketch.firstSlot) - sketch.firstSlot));
  for (var column = lane; column < size; column += WORKGROUP_SIZE) {
    var sum = 0.0;
    for (var slot = sketch.firstSlot; slot < end; slot++) {
      sum += sketched[(rows + slot) * size + column];
    }
    means[group.x * size + column] = sum / count;
  }
  storageBarrier();
  for (var entry = lane; entry < size * size; entry += WORKGROUP_SIZE) {
    let left = entry / size;
    let right = entry % size;
    let leftMean = means[group.x * size + left];
    let rightMean = means[group.x * size + right];
    var sum = 0.0;
    for (var slot = sketch.firstSlot; slot < end; slot++) {
      let at = (rows + slot) * size;
      sum += (sketched[at + left] - leftMean) * (sketched[at + right] - rightMean);
    }
    grams[group.x * size * size + entry] = sum;
  }
  storageBarrier();
  if (lane > 0u) {
    return;
  }
  var jitter = 0.01;
  for (var attempt = 0u; attempt < 5u; attempt++) {
    if (fillFactor(group.x * size * size, jitter)) {
      return;
    }
    jitter *= 10.0;
  }
}
