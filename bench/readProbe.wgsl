// Reads a buffer once, as fast as the adapter allows: each workgroup one piece, neighbouring invocations neighbouring vectors.
// Every loaded word enters a sum, so that no load can be left out.
//   numbers [VECTORS] × 4          sums [invocation]
override WORKGROUP_SIZE: u32;
override VECTORS: u32;

@group(0) @binding(0) var<storage, read> numbers: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let piece = (VECTORS + groups.x - 1u) / groups.x;
  let end = min((group.x + 1u) * piece, VECTORS);
  var sum = vec4u();
  for (var at = group.x * piece + lane; at < end; at += WORKGROUP_SIZE) {
    sum += numbers[at];
  }
  sums[id.x] = sum.x + sum.y + sum.z + sum.w;
}
