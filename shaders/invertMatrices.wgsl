// Inverse of symmetric matrices whose eigenvalues are at least 1, in place, by Gauss and Jordan: no pivot has to be sought.
//   matrices [matrix][WIDTH][WIDTH]
// One workgroup per matrix (x); its invocations take every WORKGROUP_SIZE-th number.
override WORKGROUP_SIZE: u32;
override WIDTH: u32;

@group(0) @binding(0) var<storage, read_write> matrices: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let base = group.x * WIDTH * WIDTH;
  for (var pivot = 0u; pivot < WIDTH; pivot++) {
    let share = 1.0 / matrices[base + pivot * WIDTH + pivot];
    for (var at = lane; at < WIDTH * WIDTH; at += WORKGROUP_SIZE) {
      let row = at / WIDTH;
      let column = at % WIDTH;
      if (row != pivot && column != pivot) {
        matrices[base + at] -=
          matrices[base + row * WIDTH + pivot] * share * matrices[base + pivot * WIDTH + column];
      }
    }
    storageBarrier();
    for (var other = lane; other < WIDTH; other += WORKGROUP_SIZE) {
      if (other == pivot) {
        matrices[base + pivot * WIDTH + pivot] = share;
      } else {
        matrices[base + other * WIDTH + pivot] *= -share;
        matrices[base + pivot * WIDTH + other] *= share;
      }
    }
    storageBarrier();
  }
}
