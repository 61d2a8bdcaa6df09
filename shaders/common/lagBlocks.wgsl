// How LagKV cuts slots into blocks; src/engine/gpu/keyValueTerms.ts writes it.
struct LagBlocks {
  sinkSlots: u32, // before the first block
  lagSlots: u32, // of a block
  blockStride: u32, // blocks that a head has room for
}
