// Turns the newest queries back by turnedBack positions, as far as their slots moved down: see turnKeysBack.wgsl.
//   ropeTable [row][headDim / 2][cosine, sine], a row for each position
//   tableRows [layer] → row of ropeTable at which the layer's rotations begin
//   queryRing [layer][position % windowSlots][head][headDim], layers queryLayerStride × 4 apart
// One invocation turns four numbers of one query, two from each half: heads × HEAD_VECTORS (x), rows of the ring (y),
// layers (z).
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override HEAD_COUNT: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> ropeTable: array<vec4f>;
@group(0) @binding(2) var<storage, read> tableRows: array<u32>;
@group(0) @binding(3) var<storage, read_write> queryRing: array<vec2f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let head = id.x / HEAD_VECTORS;
  let pair = id.x % HEAD_VECTORS;
  if (head >= HEAD_COUNT) {
    return;
  }
  let angles = ropeTable[(tableRows[id.z] + params.turnedBack) * HEAD_VECTORS + pair];
  let at = id.z * params.queryLayerStride * 2u + (id.y * HEAD_COUNT + head) * 2u * HEAD_VECTORS + pair;
  let low = queryRing[at];
  let high = queryRing[at + HEAD_VECTORS];
  queryRing[at] = low * angles.xz + high * angles.yw;
  queryRing[at + HEAD_VECTORS] = high * angles.xz - low * angles.yw;
}
