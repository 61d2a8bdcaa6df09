// Why a run went wrong, and what to do next, in English. Named values in, text out; ways/watch/cause.ts and nextSteps.ts
// find what is the case. A translation is a folder beside this one with the same names.
import { capital } from "../../lib/capital";
import { counted } from "../../lib/counted";
import type { NeedKind } from "../../problems/neededWords";
import type { CaptionTexts, Unit } from "./captions";

/** What a word should have been read from. */
const factNames: Readonly<Record<NeedKind, (owner: string) => string>> = {
  rule: (owner) => `${owner}'s rule`,
  note: (owner) => `${owner}'s note`,
  statement: (owner) => `the fact about ${owner}`,
  planned: (owner) => `${owner}'s place in its plan`,
  solved: (owner) => `${owner}'s number`,
  order: (owner) => `the order “${owner} …”`,
  start: () => "the number to start with",
  result: () => "its own result",
  countBefore: () => "the count of the sentence before",
  roomBefore: () => "where the sentence before leads",
  numberBefore: () => "the number of the sentence before",
  operand: () => "what it calculates with in this sentence",
};

const sortNames: Readonly<Record<NeedKind, string>> = {
  rule: "rules",
  note: "notes",
  statement: "facts",
  planned: "its plan",
  solved: "its results",
  order: "orders",
  start: "such numbers",
  result: "its results",
  countBefore: "such counts",
  roomBefore: "such words",
  numberBefore: "such numbers",
  operand: "such words",
};

interface Holders {
  readonly heldCount: number;
  /** Heads in which another word carried it. */
  readonly carriedCount: number;
  readonly headCount: number;
}

function ofAll({ heldCount, carriedCount, headCount }: Holders): string {
  if (heldCount === headCount) return "Every head held it.";
  if (heldCount === 0 && carriedCount > 0)
    return `No head held it; in ${carriedCount} of ${headCount}, another word carried it.`;
  const carried = carriedCount === 0 ? "" : `, and in ${carriedCount} another word carried it`;
  return heldCount === 0 ? "No head held it any more." : `${heldCount} of ${headCount} heads still held it${carried}.`;
}

interface Read {
  readonly kind: NeedKind;
  /** "" where the kind says it all. */
  readonly owner: string;
  /** "layer 1, head 0" */
  readonly head: string;
  readonly wordsBefore: number;
}

type LostRead = Read & { readonly unit: Unit };

interface LostAt {
  readonly unit: Unit;
  readonly word: number;
  readonly wordsBefore: number;
}

interface MissedLook {
  readonly count: number;
  readonly text: string;
  readonly head: string;
  readonly share: string;
  /** What became of it in that head. */
  readonly verb: string;
}

interface EarlierReads {
  readonly head: string;
  readonly share: string;
  /** Where in the fact; "" for the word itself. */
  readonly at: string;
  readonly times: number;
  readonly unit: Unit;
}

export const causeWords = {
  headName: (layer: number, head: number) => `layer ${layer}, head ${head}`,
  /** The cause in one clause, for the caption of the first mistake. */
  clauses: {
    evicted: ({ kind, owner, head, wordsBefore, unit, isMerging }: LostRead & { isMerging: boolean }): CaptionTexts => {
      const when = `${counted(wordsBefore, unit)} before`;
      const verb = isMerging ? "dropped" : "evicted";
      const text = `The head that reads ${sortNames[kind]} (${head}) had ${verb} ${factNames[kind](owner)} ${when}.`;
      return { projector: `Its head for ${sortNames[kind]} had ${verb} it ${when}.`, normal: text, spoken: text };
    },
    merged: ({ kind, owner, head, wordsBefore, unit, into }: LostRead & { into: string }): CaptionTexts => {
      const when = `${counted(wordsBefore, unit)} before`;
      const text = `The head that reads ${sortNames[kind]} (${head}) had merged ${factNames[kind](owner)} into “${into}” ${when}.`;
      return { projector: `Its head for ${sortNames[kind]} had merged it into “${into}”.`, normal: text, spoken: text };
    },
    held: ({ kind, owner }: Pick<Read, "kind" | "owner">): CaptionTexts => {
      const text = `The head that reads ${sortNames[kind]} still held ${factNames[kind](owner)}; the cause lies elsewhere.`;
      return { projector: "Its fact was still there.", normal: text, spoken: text };
    },
    unread: ({ kind, owner }: Pick<Read, "kind" | "owner">): CaptionTexts => {
      const text = `The head that reads ${sortNames[kind]} held ${factNames[kind](owner)}, but left it unread.`;
      return { projector: "Its fact was held, but unread.", normal: text, spoken: text };
    },
    unknown: (of: Pick<Read, "kind" | "owner"> & Holders): CaptionTexts => {
      const text = `It needed ${factNames[of.kind](of.owner)}. ${ofAll(of)}`;
      return { projector: ofAll(of), normal: text, spoken: text };
    },
    none: (): CaptionTexts => ({ projector: "", normal: "", spoken: "" }),
  },
  /** The sentences of the card. */
  card: {
    title: "Why it went wrong",
    wrote: ({ unit, word, given, expected }: { unit: Unit; word: number; given: string; expected: string | null }) =>
      expected === null
        ? `At ${unit} ${word} it went on with “${given}”, where the text should end.`
        : `At ${unit} ${word} it wrote “${given}”; “${expected}” was right.`,
    unfinished: ({ unit, word }: { unit: Unit; word: number }) =>
      `It stopped too early, at ${unit} ${word}. Up to there it is right.`,
    form: "This word is the same in every sentence: it is read from no fact.",
    /** `place`: where the fact stands. */
    needed: ({ kind, owner, said, place }: { kind: NeedKind; owner: string; said: string; place: string }) =>
      `It needed ${factNames[kind](owner)}${said.startsWith(owner) && owner !== "" ? "" : `: “${said}”`}, ${place}.`,
    inPrompt: "in the task",
    atWord: ({ unit, word }: { unit: Unit; word: number }) => `written at ${unit} ${word}`,
    /** Which heads read it, and how that is known. */
    readers: {
      fullCache: ({ head, share, at }: { head: string; share: string; at: string }) =>
        `With nothing evicted, ${head} looks at it here${at} (${share} of its attention).`,
      comparison: ({ head, share, at }: { head: string; share: string; at: string }) =>
        `With nothing evicted, ${head} would still look at it here${at} (${share} of its attention).`,
      earlier: ({ head, share, at, times, unit }: EarlierReads) => {
        const when = times === 1 ? `at one earlier ${unit}` : `on average at ${times} earlier ${unit}s`;
        return `${capital(head)} reads such facts${at}: it gave them ${share} of its attention, ${when}.`;
      },
    },
    /** A model may gather a whole fact at the mark that ends it. */
    atFullStop: " at their full stop",
    atItsFullStop: ", at its full stop",
    noReaders: "Which head reads such facts, this run does not show.",
    evicted: ({ unit, word, wordsBefore, isMerging }: LostAt & { isMerging: boolean }) =>
      `It ${isMerging ? "dropped" : "evicted"} it at ${unit} ${word}, ${counted(wordsBefore, unit)} before.`,
    /** `carrier`: who carried it when the word was due; null: it had been dropped with its carrier. */
    merged: ({ unit, word, wordsBefore, into, carrier }: LostAt & { into: string; carrier: string | null }) => {
      const end =
        carrier === null ? "; it was dropped with that" : carrier === into ? "" : `; “${carrier}” carried it then`;
      return `It merged it into “${into}” at ${unit} ${word}, ${counted(wordsBefore, unit)} before${end}.`;
    },
    missedBy: (apart: string) => `It missed the cut by ${apart}.`,
    tied: "It tied with the last that stayed.",
    held: ({ count }: { count: number }) =>
      `${count === 1 ? "That head" : `All ${count} such heads`} still held it, so the fact itself was not missing.`,
    unread: ({ count }: { count: number }) =>
      `${count === 1 ? "That head" : "The first of these heads"} held it, but left it unread for this word.`,
    others: (of: Holders) => ofAll(of),
    missed: ({ count, text, head, share, verb }: MissedLook) =>
      count === 1
        ? `But one head had ${verb} what it looks at here with nothing evicted: “${text}” (${head}, ${share}).`
        : `But ${count} heads had ${verb} what it looks at here with nothing evicted, such as “${text}” (${head}, ${share}).`,
    cannotTell: "What else led it astray, this run does not show.",
    saved: ({ ways }: { ways: readonly string[] }) =>
      `At that decision it would have stayed with ${ways.join(", or ")}.`,
    budget: ({ least, inForce }: { least: number; inForce: number }) => `${least} places instead of ${inForce}`,
    decay: (range: string) => `more weight on the past (${range})`,
    weight: (range: string) => `another weight of attention against repeats (${range})`,
    goToMistake: "Go to that word",
    watchDecision: "Watch the decision",
    explore: "Open in Explore",
    close: "Close",
  },
} as const;

/** When a run has ended: what became of it, and where to go from there. */
export const endWords = {
  label: "What became of it",
  /** What a person takes home. */
  outcomes: {
    right: (budget: number, unit: Unit) => `Memory for ${counted(budget, unit)} was enough here.`,
    rightWithAll: "With nothing evicted, it is right.",
    slip: (word: number, unit: Unit) => `Right in the end, after a mistake at ${unit} ${word}.`,
    lost: (kind: NeedKind, owner: string, verb: "evicted" | "merged" | "dropped") =>
      `It ${verb} ${factNames[kind](owner)} too soon.`,
    unread: (kind: NeedKind, owner: string) => `It held ${factNames[kind](owner)}, but left it unread.`,
    wrong: (word: number, unit: Unit) => `Its first mistake was at ${unit} ${word}.`,
    wrongSomewhere: "It is wrong here.",
    over: "The text ends here.",
  },
  steps: {
    why: "See where it went wrong",
    policy: (name: string) => `The same under ${name}`,
    dice: "The same by dice",
    keepAll: "The same with nothing evicted",
    lessMemory: (budget: number, unit: Unit) => `Less memory: ${counted(budget, unit)}`,
    moreMemory: (budget: number, unit: Unit) => `More memory: ${counted(budget, unit)}`,
    distilled: "The distilled model",
    harder: "A harder one",
  },
  explore: "Explore this moment",
} as const;
