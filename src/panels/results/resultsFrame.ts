// What stands over the results, whether they are there yet or not.
export const resultsFrame = {
  name: "results",
  title: "Results",
  subtitle: "what is still solved under each policy, by budget",
  provenance: ["stored"],
} as const;
