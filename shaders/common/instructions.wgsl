// The two instructions of a prompt of which nothing has been evicted, so that slots are positions.

// src/engine/gpu/instructionTerms.ts writes it.
struct Instructions {
  earlierStart: u32,
  boundary: u32, // end of the earlier one, start of the later
  laterEnd: u32,
  earlierVoters: u32, // tokens before the boundary whose queries vote
  laterVoters: u32, // the same of the prompt's newest
}
