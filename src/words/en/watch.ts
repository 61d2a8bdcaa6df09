// What Watch says, in English. A translation is a folder beside this one with the same names.
import type { BeatName } from "../../trace/decisionBeats";
import type { Unit } from "./captions";

/**
 * These words for a run: a model brought along has tokens that may be parts of words. What is quoted stays.
 * "the newest 16 words look back" → "the newest 16 tokens look back"
 */
export function inUnit<Words extends object>(words: Words, unit: Unit): Words {
  if (unit === "word") return words;
  const known = inTokens.get(words) ?? withTokens(words);
  inTokens.set(words, known);
  return known as Words;
}

/** Lists call inUnit for each of their items. */
const inTokens = new WeakMap<object, unknown>();

function withTokens(said: unknown): unknown {
  if (typeof said === "string") {
    return said.replace(/“[^”]*”|\b([Ww])ord(s?)\b/g, (match, first?: string, plural = "") =>
      first === undefined ? match : `${first === "W" ? "T" : "t"}oken${plural}`,
    );
  }
  if (typeof said === "function")
    return (...given: unknown[]) => withTokens((said as (...all: unknown[]) => unknown)(...given));
  const entries = Object.entries(said as object).map(([name, each]) => [name, withTokens(each)] as const);
  return Object.fromEntries(entries);
}

/** The text, the memory and the decision in one head. */
export const stageWords = {
  told: "What it was told",
  thinks: "What it thinks",
  writes: "What it writes",
  loading: "Loading the recorded run…",
  noRun: "There is no recorded run here. Choose a rule to start one.",
  held: (words: number, whole: number, gone: number) =>
    `${words} words: every head holds ${whole}, some hold ${words - whole - gone}, none holds ${gone} any more.`,
  carried: (carried: number) => `Of those, others carry ${carried} on.`,
  places: "Places in memory",
  placesOf: (used: number, budget: number) => `${used} of ${budget}`,
  placesWithoutLimit: (used: number) => `${used}, no limit`,
  decision: "The decision in one head",
  head: (layer: number, head: number) => `layer ${layer} · head ${head}`,
  headPlaces: (places: number) => ` · ${places} places`,
  chooseHead: "Choose a head",
  layer: (layer: number) => `layer ${layer}`,
  chooseLayer: "Choose a layer",
  headOfLayer: (head: number) => `head ${head}`,
  stay: (count: number) => `${count} ${count === 1 ? "stays" : "stay"}`,
  go: (count: number, isMerging: boolean) => {
    if (count === 1) return isMerging ? "1 merges or goes" : "1 goes";
    return isMerging ? `${count} merge or go` : `${count} go`;
  },
  budget: (count: number) => `${count} places`,
  score: (value: string) => `score ${value}`,
  looksAt: (word: string, share: string) => `“${word}” ${share}`,
  wordPlace: (value: string) => `word ${value}`,
} as const;

/** Tokens that mark a place in the text. */
export const markNames: Readonly<Partial<Record<string, string>>> = {
  "<bos>": "(start)",
  "<think>": "(think)",
  "</think>": "(done)",
  "<eos>": "(end)",
};

interface DecisionFigures {
  readonly windowSlots: number;
  readonly keptCount: number;
  readonly evictedCount: number;
  /** Kept words may carry on those that leave. */
  readonly isMerging: boolean;
}

/** What happens in each beat of a decision. */
export const beatSentences: Readonly<Record<BeatName, (figures: DecisionFigures) => string>> = {
  look: ({ windowSlots }) =>
    windowSlots === 1
      ? "The newest word looks back at each older word."
      : `The newest ${windowSlots} words look back at each older word.`,
  before: () => "Past attention counts too, a little less each time.",
  neighbours: () => "Each word takes the highest score around it.",
  repeats: () => "A word unlike the others gets more.",
  attention: () => "Each older word is scored by the attention it gets.",
  keysValues: () => "Each older word is scored by its own key and value; nobody looks.",
  prediction: () => "Each older word is scored by the attention expected from the words to come.",
  recency: () => "The later in the text, the higher the score.",
  draw: () => "Dice: every word draws a number.",
  score: () => "Every older word has a score.",
  order: () => "The highest first.",
  cut: ({ keptCount, evictedCount, isMerging }) => {
    const room = `There is room for ${keptCount} older ${keptCount === 1 ? "word" : "words"}`;
    if (evictedCount === 1) {
      return `${room}: the lowest one ${isMerging ? "merges into the one most like it, or goes" : "goes"}.`;
    }
    return `${room}: the lowest ${evictedCount} ${isMerging ? "merge into those most like them, or go" : "go"}.`;
  },
  close: () => "The words that stay close up.",
};

export const decisionWords = {
  waiting: (word: string) => `What it looks at to write “${word}”`,
  decidedAt: (word: number) => `Decided at word ${word}`,
  nothingGoes: "This rule never lets a word go: memory grows with the text.",
  roomLeft: (budget: number) => `No word has to go yet: memory has room for ${budget}.`,
  leftOut: "A decision so far back: its scores were left out to save memory. Who stayed is known.",
  closest: "Closest call:",
  closeCall: (stays: string, goes: string, difference: string) =>
    `“${stays}” stays, “${goes}” goes; their scores are ${difference} apart.`,
  tie: (stays: string, goes: string) => `“${stays}” and “${goes}” tie; the earlier word stays.`,
  allStay: "No older word has to go in this head.",
  noneStays: "Only the newest words fit.",
  byRule: "Words that the rule protects stay whatever their score.",
  legend: {
    now: "attention now",
    before: "before",
    neighbours: "from a neighbour",
    fresh: "unlike the others",
    recency: "how late in the text",
    draw: "the number drawn",
    score: "score",
    attention: "attention",
    keysValues: "score of key and value",
    prediction: "attention expected",
    byRule: "stays by rule",
    newest: (count: number) => (count === 1 ? "the newest stays" : `the newest ${count} stay`),
    since: "written since",
  },
  /** In the text. */
  underline: "score in text",
  shifted: (by: string) =>
    `Explore subtracts what repeats. It shows the same scores, each ${by} lower: same order, same distances.`,
  summary: ({ keptCount, evictedCount, windowSlots, isMerging }: DecisionFigures) =>
    `Scores of the older words in this head, highest first: ${stageWords.stay(keptCount)}, ${stageWords.go(evictedCount, isMerging)}. ${
      windowSlots === 1
        ? "The newest word stays and is not scored"
        : `The newest ${windowSlots} words stay and are not scored`
    }.`,
  waitingSummary: (count: number) => `What this head looks at among its ${count} words to write the next.`,
} as const;

/** The small card at a word under the pointer. */
export const tipWords = {
  heldBy: (held: number, all: number) =>
    held === all
      ? "Every head holds it."
      : held === 0
        ? "No head holds it any more."
        : `${held} of ${all} heads hold it.`,
  /** Added where no head or not every head holds it. */
  carriedBy: (count: number, by: string) => `Carried on in ${count}, most often by “${by}”.`,
  readBy: (read: number, held: number) =>
    read === 0 ? "Held, but unread at this word." : `Read by ${read} of the ${held} at this word.`,
  newest: "Just written: it enters memory with the next word.",
  scored: (score: string, rank: number, count: number) => `Score here ${score}: number ${rank} of ${count}.`,
  goes: "This head lets it go.",
  merges: (into: string) => `This head merged it into “${into}”.`,
} as const;

/** Play, the time line and the answer. */
export const clockWords = {
  play: "Play",
  pause: "Pause",
  line: "Word on show",
  word: (word: number, of: number) => `word ${word} of ${of}`,
  slow: "slow at decisions",
  waitsForPointer: "waits while you point",
  decisionAt: (word: number) => `Decision at word ${word}: play it`,
  firstMistake: "first mistake",
  answer: (given: string) => `answer ${given}`,
  noAnswer: "no answer",
  right: "right",
  wrong: "wrong",
} as const;

/** The choice of a problem in the head of the page. */
export const problemWords = {
  choose: "Problem",
  more: "More in Explore…",
  stream: "Frames: a camera under a cap",
  moreStreams: "More in Streams…",
} as const;

/** Of a model that was trained further. */
export const modelWords = {
  label: "Model:",
  named: (stage: string) => `Checkpoint of the model: ${stage}`,
  choose: "Checkpoint: the same model, before and after it learned to live with a small memory",
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
  axis: "words kept",
  outcomes: { right: "right answer", wrong: "wrong answer", open: "not computed yet", computing: "computing" },
  cell: (rule: string, budgetSlots: number, outcome: string) => `${rule}, ${budgetSlots} words: ${outcome}`,
  wholeTextCell: (rule: string, outcome: string) => `${rule}, every word: ${outcome}`,
  openCell: "Click to watch this run.",
  /** `from`: the least memory from which on every answer is right. */
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
