// The newest queries as the coming positions will turn them: turned back by their own rotation and on by R̄, the average of
// the next T_f rotations. Their mean, and how far each lies from it.
//   queries    [layer][queryRows][head][headDim], rotated; the row of the newest position is queryStart + rowCount − 1
//   ropeTable  [row][headDim / 2][cosine, sine], a row for each position
//   tableRows  [layer] → row of ropeTable at which the layer's rotations begin
//   mean       [layer][head][headDim]
//   deviations [layer][head][row of bufferRows][headDim]; bufferedCount() of them count. Empty where only the mean does
// Queries of the first positions, the sinks, are left out where others are left.
// One invocation turns one pair of dimensions of all rows: pairs (x), layer × head (y). headDim = 4 × HEAD_VECTORS.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> foretold: Foretold;
@group(0) @binding(2) var<storage, read> queries: array<f32>;
@group(0) @binding(3) var<storage, read> ropeTable: array<vec2f>;
@group(0) @binding(4) var<storage, read> tableRows: array<u32>;
@group(0) @binding(5) var<storage, read_write> mean: array<f32>;
@group(0) @binding(6) var<storage, read_write> deviations: array<f32>;

// (a + ib)(c + id)
fn turned(number: vec2f, rotation: vec2f) -> vec2f {
  return vec2f(
    number.x * rotation.x - number.y * rotation.y,
    number.y * rotation.x + number.x * rotation.y,
  );
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let half = HEAD_VECTORS * 2u;
  let pair = id.x;
  if (pair >= half) {
    return;
  }
  let layer = id.y / HEAD_COUNT;
  let head = id.y % HEAD_COUNT;
  let newest = params.position;
  let newestRow = tableRows[layer] + newest;
  let hasDeviations = foretold.hasCovariance == 1u;

  var average = vec2f();
  for (var ahead = 1u; ahead <= foretold.futureSteps; ahead++) {
    average += ropeTable[(newestRow + ahead) * half + pair];
  }
  average /= f32(foretold.futureSteps);

  let rows = bufferedCount(newest);
  let ringBase = layer * params.queryLayerStride * 4u;
  let out = id.y * foretold.bufferRows * 2u * half;
  var sum = vec2f();
  for (var row = 0u; row < rows; row++) {
    let age = rows - 1u - row;
    let ringRow = (params.queryStart + params.rowCount + params.queryRows - 1u - age) % params.queryRows;
    let at = ringBase + (ringRow * HEAD_COUNT + head) * 2u * half + pair;
    let own = ropeTable[(newestRow - age) * half + pair];
    let query = turned(
      vec2f(queries[at], queries[at + half]),
      turned(average, vec2f(own.x, -own.y)),
    );
    sum += query;
    if (hasDeviations) {
      deviations[out + row * 2u * half + pair] = query.x;
      deviations[out + row * 2u * half + pair + half] = query.y;
    }
  }
  let middle = sum / f32(rows);
  mean[id.y * 2u * half + pair] = middle.x;
  mean[id.y * 2u * half + pair + half] = middle.y;
  if (!hasDeviations) {
    return;
  }
  for (var row = 0u; row < rows; row++) {
    deviations[out + row * 2u * half + pair] -= middle.x;
    deviations[out + row * 2u * half + pair + half] -= middle.y;
  }
}
