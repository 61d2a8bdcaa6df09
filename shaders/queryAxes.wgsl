// The plane in which the queries to come spread most: the first two principal axes of the mean covariance of a group's query
// heads, by orthogonal iteration, pointed so that the mean query lies on their positive side. For the record.
//   covariance [layer][head][headDim][HEAD_VECTORS] × 4
//   mean       [layer][head][HEAD_VECTORS] × 4
//   axes       [layer][kvHead][axis of 2][HEAD_VECTORS] × 4
//   variance   [layer][kvHead]: of all dimensions together
// One workgroup per layer × KV head (x); its invocations take every WORKGROUP_SIZE-th vector. headDim = 4 × HEAD_VECTORS.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override GROUP_SIZE: u32; // query heads per KV head
override ROUNDS: u32;

@group(0) @binding(0) var<storage, read> covariance: array<vec4f>;
@group(0) @binding(1) var<storage, read> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> axes: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;

var<workgroup> first: array<vec4f, HEAD_VECTORS>;
var<workgroup> second: array<vec4f, HEAD_VECTORS>;
var<workgroup> spreadFirst: array<vec4f, HEAD_VECTORS>;
var<workgroup> spreadSecond: array<vec4f, HEAD_VECTORS>;

// 1 / length; 0 for a vector of none
fn inverseLength(squares: f32) -> f32 {
  return select(0.0, inverseSqrt(squares), squares > 0.0);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let headDim = f32(HEAD_VECTORS * 4u);
  for (var vector = lane; vector < HEAD_VECTORS; vector += WORKGROUP_SIZE) {
    let dims = (f32(vector * 4u) + vec4f(0.0, 1.0, 2.0, 3.0)) / headDim;
    first[vector] = 1.0 + dims;
    second[vector] = vec4f(1.0, -1.0, 1.0, -1.0) + dims;
  }
  workgroupBarrier();
  for (var round = 0u; round < ROUNDS; round++) {
    for (var vector = lane; vector < HEAD_VECTORS; vector += WORKGROUP_SIZE) {
      var sums = array<vec4f, 2>();
      for (var member = 0u; member < GROUP_SIZE; member++) {
        for (var row = 0u; row < 4u; row++) {
          let at = (((group.x * GROUP_SIZE + member) * HEAD_VECTORS + vector) * 4u + row) * HEAD_VECTORS;
          for (var other = 0u; other < HEAD_VECTORS; other++) {
            sums[0][row] += dot(covariance[at + other], first[other]);
            sums[1][row] += dot(covariance[at + other], second[other]);
          }
        }
      }
      spreadFirst[vector] = sums[0];
      spreadSecond[vector] = sums[1];
    }
    workgroupBarrier();
    var squares = 0.0;
    var along = 0.0;
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      squares += dot(spreadFirst[vector], spreadFirst[vector]);
      along += dot(spreadFirst[vector], spreadSecond[vector]);
    }
    let inverse = inverseLength(squares);
    for (var vector = lane; vector < HEAD_VECTORS; vector += WORKGROUP_SIZE) {
      first[vector] = spreadFirst[vector] * inverse;
      second[vector] = spreadSecond[vector] - spreadFirst[vector] * inverse * inverse * along;
    }
    workgroupBarrier();
    var rest = 0.0;
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      rest += dot(second[vector], second[vector]);
    }
    workgroupBarrier();
    for (var vector = lane; vector < HEAD_VECTORS; vector += WORKGROUP_SIZE) {
      second[vector] *= inverseLength(rest);
    }
    workgroupBarrier();
  }
  var sides = vec2f();
  for (var member = 0u; member < GROUP_SIZE; member++) {
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      let own = mean[(group.x * GROUP_SIZE + member) * HEAD_VECTORS + vector];
      sides += vec2f(dot(own, first[vector]), dot(own, second[vector]));
    }
  }
  let signs = select(vec2f(1.0), vec2f(-1.0), sides < vec2f());
  let out = group.x * 2u * HEAD_VECTORS;
  for (var vector = lane; vector < HEAD_VECTORS; vector += WORKGROUP_SIZE) {
    axes[out + vector] = first[vector] * signs.x;
    axes[out + HEAD_VECTORS + vector] = second[vector] * signs.y;
  }
  if (lane > 0u) {
    return;
  }
  var trace = 0.0;
  for (var member = 0u; member < GROUP_SIZE; member++) {
    for (var dim = 0u; dim < HEAD_VECTORS * 4u; dim++) {
      trace += covariance[((group.x * GROUP_SIZE + member) * HEAD_VECTORS * 4u + dim) * HEAD_VECTORS + dim / 4u][dim % 4u];
    }
  }
  variance[group.x] = trace / f32(GROUP_SIZE);
}
