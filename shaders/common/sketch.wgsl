// The sketch of the keys' leverage; src/engine/gpu/keyValueTerms.ts writes it.
struct Sketch {
  columnCount: u32, // at most 64
  firstSlot: u32, // slots before it are left out, as are those of the window
}
