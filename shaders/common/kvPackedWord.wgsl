// A word of a buffer that is only read, or stored to by whole words. Written for "Side".
fn sideWord(at: u32) -> u32 {
  return entries[at];
}
