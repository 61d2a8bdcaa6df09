// Where a head's sums of the attention received begin: [layer][kvHead][slotCapacity], layers a multiple of 64 numbers apart, so
// that one can be bound alone. Heads keep these places however the pool of keys is handed out.
fn receivedRow(layer: u32, kvHead: u32) -> u32 {
  let layerStride = (KV_HEAD_COUNT * params.slotCapacity + 63u) / 64u * 64u;
  return layer * layerStride + kvHead * params.slotCapacity;
}
