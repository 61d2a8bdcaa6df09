// How the query heads of a group are joined, after the softmax: maximum or mean. For kernels that have `probabilities`,
// GROUP_SIZE and params; members of a group are `memberStride` apart.
fn joinGroup(firstAt: u32, memberStride: u32) -> f32 {
  var largest = probabilities[firstAt];
  var total = largest;
  for (var member = 1u; member < GROUP_SIZE; member++) {
    let probability = probabilities[firstAt + member * memberStride];
    largest = max(largest, probability);
    total += probability;
  }
  return select(largest, total / f32(GROUP_SIZE), params.isMeanPooling == 1u);
}
