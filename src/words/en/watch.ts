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

export const squeezeWords = {
  forgetBy: "Forget by",
  rules: {
    gkv: {
      label: "Global score (G-KV)",
      short: "G-KV",
      tip: "Keeps words that get, or used to get, attention. Drops near-duplicates.",
    },
    streamingLlm: {
      label: "Last words only",
      short: "Last words",
      tip: "Keeps the first four words and the newest ones, whatever they say (StreamingLLM).",
    },
    random: {
      label: "Dice",
      short: "Dice",
      tip: "Keeps the task if it fits, and draws lots for the rest. A good rule must beat it.",
    },
    fullCache: {
      label: "Nothing",
      short: "Nothing",
      tip: "Forgets nothing: the memory grows with the text (full cache).",
    },
  },
  otherRuleTip: "None of the four: it came with a link or from Explore.",
  memory: "Memory",
  words: (count: number) => `${count} words`,
  wholeText: "every word",
  share: (percent: number) => `${percent} % of the text`,
  shareShort: (percent: number) => `${percent} %`,
  /** Where the run on screen comes from. */
  state: {
    recorded: "recorded",
    loading: "starting…",
    running: "computing…",
    paused: "live, paused",
    ended: "live",
    failed: "failed",
  },
} as const;

export const breakWords = {
  title: "Where it breaks: right or wrong, by rule and memory in words",
  outcomes: { right: "right answer", wrong: "wrong answer", open: "not computed yet", computing: "computing" },
  cell: (rule: string, budgetSlots: number, outcome: string) => `${rule}, ${budgetSlots} words: ${outcome}`,
  wholeTextCell: (rule: string, outcome: string) => `${rule}, every word: ${outcome}`,
  openCell: "Click to watch this run.",
  /** `from`: the least memory from which on every answer is right; null where the most memory does not suffice. */
  rightFrom: (rule: string, from: number) => `${rule}: right from ${from} words on.`,
  alwaysRight: (rule: string) => `${rule}: always right.`,
  neverRight: (rule: string) => `${rule}: never right.`,
  sometimesRight: (rule: string, right: number, count: number) => `${rule}: right in ${right} of ${count} runs.`,
  incomplete: (known: number, count: number) => `${known} of ${count} runs computed so far.`,
  ownText: "No right answer is known for a text of your own, so there is nothing to judge.",
  costly: "This problem takes a while to squeeze.",
  saving: "Your browser asks pages to save data.",
  compute: (seconds: number) => `Compute where it breaks (about ${seconds} s)`,
  failed: (reason: string) => `Where it breaks could not be computed: ${reason}`,
} as const;
