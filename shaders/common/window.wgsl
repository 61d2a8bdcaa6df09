// The first slot that a row sees whose own is slot `end` − 1, for kernels that override WINDOW_SLOTS. A layer with a window holds all
// of its newest slots, so that the window is the last ones.
fn firstInWindow(end: u32) -> u32 {
  return select(0u, end - WINDOW_SLOTS, WINDOW_SLOTS > 0u && end > WINDOW_SLOTS);
}
