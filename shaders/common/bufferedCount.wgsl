// How many of the newest queries count: at most `buffer`, and none of the first `sinks` positions where others are left.
fn bufferedCount(newest: u32, buffer: u32, sinks: u32) -> u32 {
  let held = min(buffer, newest + 1u);
  let first = newest + 1u - held;
  return held - min(max(sinks, first) - first, held - 1u);
}
