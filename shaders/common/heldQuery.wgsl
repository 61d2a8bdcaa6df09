// Where the query of a position starts in a ring that holds the query of every position.
fn heldQuery(layer: u32, head: u32, position: u32) -> u32 {
  let age = params.position - position;
  let ringRow = (params.queryStart + params.rowCount + params.queryRows - 1u - age) % params.queryRows;
  return layer * params.queryLayerStride + (ringRow * HEAD_COUNT + head) * HEAD_VECTORS;
}
