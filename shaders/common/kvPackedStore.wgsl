// Two neighbouring numbers of the key or value of row `row` of a forward, as computed, where it waits to be stored. Written for
// "Side".
fn storeSide(slots: HeadSlots, row: u32, pair: u32, numbers: vec2f) {
  let at = sideComputed(slots, slots.settled + row) + 2u * pair;
  entries[at] = bitcast<u32>(numbers.x);
  entries[at + 1u] = bitcast<u32>(numbers.y);
}
