// Questions about a frame stream by what they ask of memory: the suites of streams on the score card.

export interface StreamKind {
  readonly id: string;
  /** Types of question (docs/stream.md). */
  readonly types: readonly string[];
}

export const streamKinds: readonly StreamKind[] = [
  { id: "what, who", types: ["A1", "A2"] },
  { id: "where", types: ["B1", "B2"] },
  { id: "parcel", types: ["C1", "C2", "C3"] },
  { id: "two hops", types: ["D1", "D2"] },
  { id: "how often", types: ["N1", "N2"] },
  { id: "first, last", types: ["O1", "O2"] },
  { id: "still", types: ["S1", "S2"] },
];
