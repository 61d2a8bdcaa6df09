// Numbers that change from dispatch to dispatch; src/engine/gpu/params.ts writes them, a test compares the two.
// Strides count elements of the array they belong to: vec4f for queries, f32 for scores, entries of the slot table.
struct Params {
  position: u32, // of row 0
  addedSlots: u32, // slots added to every head since the last compaction, the rows of this forward included
  longestSlots: u32, // slots in use in the longest head
  slotCapacity: u32, // slots that every head may come to use
  rowCount: u32, // rows of queries; the last belongs to the newest slot, and a row sees its own slot and older ones
  step: u32,
  slotTableStride: u32,
  scoreStride: u32, // between two rows of scores, or of terms
  scoreLayerStride: u32,
  queryStart: u32, // row r of the queries is row (queryStart + r) % queryRows
  queryRows: u32,
  queryLayerStride: u32,
  windowSlots: u32, // rows of the query ring, 0 = none
  paddingSlots: u32, // oldest slots that nobody may see
  promptCount: u32,
  excusedRank: u32, // redundancy excuses the match of this rank, the newest being 1
  seed: u32,
  topK: u32,
  place: u32, // position that row 0 is rotated to
  turnedBack: u32, // positions by which the newest queries are turned back
  waitingRows: u32, // rows of this forward, which are not in their slots yet where entries are packed
  inverseTemperature: f32, // 0 = greedy
  topP: f32,
  isMeanPooling: u32, // how the query heads of a group are joined: 0 maximum, 1 mean
}
