// How the queries to come are foretold from the newest ones, for kernels that bind `foretold`; src/engine/gpu/queryTerms.ts
// writes it.
struct Foretold {
  sinkSlots: u32, // oldest positions and slots, which are left out
  futureSteps: u32, // T_f: positions to come
  bufferRows: u32, // queries buffered at most
  hasCovariance: u32, // whether more than their mean counts: 0 or 1
  sharpness: f32, // τ of Cap
}

// How many of the newest queries count: as many as are buffered, and none of the sinks where others are left.
fn bufferedCount(newest: u32) -> u32 {
  let held = min(foretold.bufferRows, newest + 1u);
  let first = newest + 1u - held;
  return held - min(max(foretold.sinkSlots, first) - first, held - 1u);
}
