// Row sums of the matrix of cosines between keys (diagonal 0), and for each row the match that will be excused: the
// excusedRank-th newest slot whose cosine exceeds 0.5. The matrix is symmetric, so a row stands for the column as well.
//   keys           [row][HEAD_VECTORS] × 4
//   norms          [layer][kvHead][scoreStride], from keyNorm.wgsl
//   cosineSums     [layer][kvHead][scoreStride]
//   excusedSlots   [layer][kvHead][scoreStride], −1 = none; slot 0 instead of none if IS_RAW
//   excusedCosines [layer][kvHead][scoreStride]
// One invocation handles four rows and walks the columns from the newest down, four at a time: x tiles of rows,
// y layer × KV head. Left padding takes no part.
override WORKGROUP_SIZE: u32;
override HEAD_VECTORS: u32;
override KV_HEAD_COUNT: u32;
override IS_RAW: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slotTable: array<vec2u>;
@group(0) @binding(2) var<storage, read> keys: array<KvVector>;
@group(0) @binding(3) var<storage, read> norms: array<f32>;
@group(0) @binding(4) var<storage, read_write> cosineSums: array<f32>;
@group(0) @binding(5) var<storage, read_write> excusedSlots: array<i32>;
@group(0) @binding(6) var<storage, read_write> excusedCosines: array<f32>;

struct Row {
  sum: f32,
  matchCount: u32,
  excusedSlot: i32,
  excusedCosine: f32,
}

fn inverseNorm(at: u32) -> f32 {
  return 1.0 / (norms[at] + select(1e-6, 1e-8, IS_RAW));
}

// Adds four columns to a row, the newest first.
fn addColumns(row: ptr<function, Row>, lengthSlots: u32, slot: u32, firstColumn: u32, cosines: vec4f) {
  let isInside = firstColumn + 3u < lengthSlots;
  let isOffDiagonal = slot < firstColumn || slot > firstColumn + 3u;
  // Most tiles: every column counts, and the excused match is known already or is not among them.
  let mayExcuse = (*row).excusedSlot < 0 && (any(cosines > vec4f(0.5)) || (IS_RAW && firstColumn == 0u));
  if (isInside && isOffDiagonal && !mayExcuse) {
    (*row).sum += dot(cosines, vec4f(1.0));
    return;
  }
  for (var offset = 4u; offset > 0u; offset--) {
    let column = firstColumn + offset - 1u;
    if (column >= lengthSlots || column == slot) {
      continue;
    }
    let cosine = cosines[offset - 1u];
    (*row).sum += cosine;
    if (cosine > 0.5) {
      (*row).matchCount++;
      if ((*row).matchCount == params.excusedRank) {
        (*row).excusedSlot = i32(column);
        (*row).excusedCosine = cosine;
      }
    }
    // Slot 0 comes last: it is the entry that a row without a match loses.
    if (IS_RAW && column == 0u && (*row).excusedSlot < 0) {
      (*row).excusedSlot = 0;
      (*row).excusedCosine = cosine;
    }
  }
}

fn store(base: u32, lengthSlots: u32, slot: u32, row: Row) {
  if (slot >= lengthSlots) {
    return;
  }
  cosineSums[base + slot] = row.sum;
  excusedSlots[base + slot] = row.excusedSlot;
  excusedCosines[base + slot] = row.excusedCosine;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slots = headSlots(id.y / KV_HEAD_COUNT, id.y % KV_HEAD_COUNT);
  let lengthSlots = slots.length;
  let slot0 = params.paddingSlots + id.x * 4u;
  if (slot0 >= lengthSlots) {
    return;
  }
  let base = id.y * params.scoreStride;
  let last = lengthSlots - 1u;
  let slot1 = min(slot0 + 1u, last);
  let slot2 = min(slot0 + 2u, last);
  let slot3 = min(slot0 + 3u, last);
  let rowNorms = vec4f(
    inverseNorm(base + slot0),
    inverseNorm(base + slot1),
    inverseNorm(base + slot2),
    inverseNorm(base + slot3),
  );
  let row0Key = keyEntry(slots, slot0);
  let row1Key = keyEntry(slots, slot1);
  let row2Key = keyEntry(slots, slot2);
  let row3Key = keyEntry(slots, slot3);
  var row0 = Row(0.0, 0u, -1, 0.0);
  var row1 = Row(0.0, 0u, -1, 0.0);
  var row2 = Row(0.0, 0u, -1, 0.0);
  var row3 = Row(0.0, 0u, -1, 0.0);

  for (var tile = (lengthSlots - params.paddingSlots + 3u) / 4u; tile > 0u; tile--) {
    let column0 = params.paddingSlots + (tile - 1u) * 4u;
    let column1 = min(column0 + 1u, last);
    let column2 = min(column0 + 2u, last);
    let column3 = min(column0 + 3u, last);
    var products0 = vec4f();
    var products1 = vec4f();
    var products2 = vec4f();
    var products3 = vec4f();
    let column0Key = keyEntry(slots, column0);
    let column1Key = keyEntry(slots, column1);
    let column2Key = keyEntry(slots, column2);
    let column3Key = keyEntry(slots, column3);
    for (var vector = 0u; vector < HEAD_VECTORS; vector++) {
      let r0 = loadKey(row0Key, vector);
      let r1 = loadKey(row1Key, vector);
      let r2 = loadKey(row2Key, vector);
      let r3 = loadKey(row3Key, vector);
      let c0 = loadKey(column0Key, vector);
      let c1 = loadKey(column1Key, vector);
      let c2 = loadKey(column2Key, vector);
      let c3 = loadKey(column3Key, vector);
      products0 += vec4f(dot(r0, c0), dot(r0, c1), dot(r0, c2), dot(r0, c3));
      products1 += vec4f(dot(r1, c0), dot(r1, c1), dot(r1, c2), dot(r1, c3));
      products2 += vec4f(dot(r2, c0), dot(r2, c1), dot(r2, c2), dot(r2, c3));
      products3 += vec4f(dot(r3, c0), dot(r3, c1), dot(r3, c2), dot(r3, c3));
    }
    let columnNorms = vec4f(
      inverseNorm(base + column0),
      inverseNorm(base + column1),
      inverseNorm(base + column2),
      inverseNorm(base + column3),
    );
    addColumns(&row0, lengthSlots, slot0, column0, products0 * columnNorms * rowNorms.x);
    addColumns(&row1, lengthSlots, slot0 + 1u, column0, products1 * columnNorms * rowNorms.y);
    addColumns(&row2, lengthSlots, slot0 + 2u, column0, products2 * columnNorms * rowNorms.z);
    addColumns(&row3, lengthSlots, slot0 + 3u, column0, products3 * columnNorms * rowNorms.w);
  }
  store(base, lengthSlots, slot0, row0);
  store(base, lengthSlots, slot0 + 1u, row1);
  store(base, lengthSlots, slot0 + 2u, row2);
  store(base, lengthSlots, slot0 + 3u, row3);
}
