// Where the slots of a KV head lie, and how many of them are in use: heads may differ in both. For kernels that bind
// `slotTable` and params.
//   slotTable [layer][kvHead] → first row of keys and values, slots in use after the last compaction; layers
//             slotTableStride apart. A kernel that is bound to one layer's part of the table calls that layer 0.
struct HeadSlots {
  first: u32,
  length: u32, // slots in use now, the rows of this forward included
  settled: u32, // the same without rows that wait to be stored
  layer: u32,
  kvHead: u32,
}

fn headSlots(layer: u32, kvHead: u32) -> HeadSlots {
  let entry = slotTable[layer * params.slotTableStride + kvHead];
  let length = entry.y + params.addedSlots;
  return HeadSlots(entry.x, length, length - params.waitingRows, layer, kvHead);
}

// How many slots row `row` may see of a head of this length: its own is the last.
fn visibleSlots(length: u32, row: u32) -> u32 {
  return min(length, max(length + row + 1u, params.rowCount) - params.rowCount);
}
