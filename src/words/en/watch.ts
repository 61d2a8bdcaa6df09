// What Watch says, in English. A translation is a folder beside this one with the same names.

/** The text, the memory, the decision in one head, and the clock. */
export const watchWords = {
  told: "What it was told",
  thinks: "What it thinks",
  loading: "Loading the recorded run…",
  noRun: "There is no run to show yet.",
  places: "Places in memory",
  placesOf: (used: number, budget: number) => `${used} of ${budget}`,
  decision: "The decision in one head",
} as const;
