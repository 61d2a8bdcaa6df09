// The sum of what the invocations of a workgroup computed, for kernels in which they share the columns of up to four rows: their
// products, and the squares of the input. WORKGROUP_SIZE must be a power of two; all invocations call it once, and all get the sums.
struct RowSums {
  products: vec4f,
  squares: f32,
}

var<workgroup> partialSums: array<vec4f, WORKGROUP_SIZE>;
var<workgroup> partialSquares: array<f32, WORKGROUP_SIZE>;

fn addUp(lane: u32, products: vec4f, squares: f32) -> RowSums {
  partialSums[lane] = products;
  partialSquares[lane] = squares;
  for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partialSums[lane] += partialSums[lane + half];
      partialSquares[lane] += partialSquares[lane + half];
    }
  }
  workgroupBarrier();
  return RowSums(partialSums[0], partialSquares[0]);
}
