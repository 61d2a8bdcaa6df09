// What the captions of a run say, in English: one entry for each thing that can be said, in three lengths. Named values in,
// text out; ways/watch/captions.ts chooses what to say. A translation is a folder beside this one with the same names.
import { capital } from "../../lib/capital";
import { counted } from "../../lib/counted";

/** A text model's tokens may be parts of words. */
export type Unit = "word" | "token";

/** The same in three lengths. */
export interface CaptionTexts {
  /** For a lecture hall, and for a phone: one short line. */
  readonly projector: string;
  readonly normal: string;
  /** For a screen reader: whole without the picture. */
  readonly spoken: string;
}

/** How many of each head; where heads differ, a mean, which says so. */
export interface HeadCount {
  readonly count: number;
  readonly isMean: boolean;
}

/** What decides who stays. */
export type RuleSort = "score" | "recency" | "draw";

/** `apart`: between their scores; null for a tie. */
export interface ClosestCall {
  readonly kept: string;
  readonly evicted: string;
  readonly apart: string | null;
  /** Who took the evicted one in; null: nobody. */
  readonly carrier: string | null;
}

export interface AfterDecision {
  readonly unit: Unit;
  readonly sort: RuleSort;
  readonly spared: Spared;
  readonly gone: HeadCount;
  /** Of those, how many others carry on; null in a run that merges nothing. */
  readonly merged: number | null;
  /** What most heads evicted; null where they agree. */
  readonly wentMost: { readonly text: string; readonly headCount: number; readonly ofHeads: number } | null;
  readonly call: ClosestCall | null;
}

/** What a rule by age spares: so many of the first, or the whole prompt. */
export interface Spared {
  readonly sinks: number;
  readonly isPromptSpared: boolean;
}

function ofHeads({ count, isMean }: HeadCount): string {
  return isMean ? `about ${Math.round(count)}` : String(count);
}

/** Of those that left a head's places: "about 9 merged, 7 dropped". */
function mergedWords(merged: number, { count }: HeadCount): string {
  const [taken, all] = [Math.round(merged), Math.round(count)];
  if (taken === 0) return "all dropped";
  if (taken >= all) return "all merged into others";
  return `${taken === merged ? "" : "about "}${taken} merged, ${all - taken} dropped`;
}

function sparedWords({ sinks, isPromptSpared }: Spared): string {
  if (isPromptSpared) return " but the task";
  return sinks === 0 ? "" : ` but the first ${sinks}`;
}

function placesTaken({ unit, used, budget }: { unit: Unit; used: HeadCount; budget: number }): string {
  const lead = used.isMean ? `On average ${Math.round(used.count)}` : String(used.count);
  if (used.count <= budget) return `${lead} of ${budget} places are taken.`;
  const over = Math.round(used.count) - budget;
  const places = used.isMean ? `${budget} places` : `its ${budget} places`;
  return `${lead} ${unit}s now${over > 0 ? `, ${over} over ${places}` : ` for ${budget} places`}.`;
}

interface FullMemory {
  readonly unit: Unit;
  readonly used: HeadCount;
  readonly budget: number;
  readonly gone: HeadCount;
  readonly isMerging: boolean;
}

function same(text: string): CaptionTexts {
  return { projector: text, normal: text, spoken: text };
}

export const captionWords = {
  /** The prompt has been read. Says what a word, a place and a head are. */
  start({ unit, readCount, headCount }: { unit: Unit; readCount: number; headCount: number }): CaptionTexts {
    const stops = unit === "word" ? ", full stops included" : "";
    return {
      ...same(
        `A language model has read ${counted(readCount, unit)}${stops}. Each takes one place in the memory of each of its ${headCount} heads.`,
      ),
      projector: `Each ${unit} that a language model reads takes a place in every head’s memory.`,
    };
  },
  /** Before anything has to go. */
  room({ unit, places }: { unit: Unit; places: HeadCount }): CaptionTexts {
    const each = places.isMean
      ? `A head has ${places.count} places on average.`
      : `Each head has ${places.count} places.`;
    return same(`It writes ${unit} by ${unit}. ${each}`);
  },
  /** Between two decisions that are far apart. */
  writing({ unit }: { unit: Unit }): CaptionTexts {
    return same(`It writes on. Each new ${unit} takes another place in every head.`);
  },
  /** A policy that evicts nothing. */
  keepsAll: ({ unit }: { unit: Unit }): CaptionTexts => ({
    ...same(`It keeps everything: every ${unit} has a place in every head.`),
    projector: "It keeps everything.",
  }),
  /** One word, while the clock stands still. */
  wrote(of: {
    unit: Unit;
    text: string;
    looked: { text: string; share: string } | null;
    used: HeadCount;
    budget: number | null;
    /** Of the places that the head shown holds, how many it read; null where it reads all. */
    read: { count: number; of: number } | null;
  }): CaptionTexts {
    const { unit, text, looked, used, budget, read } = of;
    const look =
      looked === null ? "" : ` The head shown looked most at “${looked.text}” (${looked.share} of its attention).`;
    const reading = read === null ? "" : ` It read ${read.count} of its ${read.of} ${unit}s; the rest is held, unread.`;
    return {
      ...same(
        `It wrote “${text}”.${look}${reading}${budget === null ? "" : ` ${placesTaken({ unit, used, budget })}`}`,
      ),
      projector: looked === null ? `It wrote “${text}”.` : `It wrote “${text}”, looking at “${looked.text}”.`,
    };
  },
  nearlyFull({ places }: { places: HeadCount }): CaptionTexts {
    const each = places.isMean ? `${places.count} places in a head on average` : `${places.count} places in each head`;
    return {
      ...same(`Its memory is nearly full: ${each}. Soon every head must choose what stays.`),
      projector: "Its memory is nearly full.",
    };
  },
  /** The decision begins. */
  full({ unit, used, budget, gone, isMerging }: FullMemory): CaptionTexts {
    const words = used.isMean ? `${ofHeads(used)} ${unit}s in a head` : counted(used.count, unit);
    const verb = isMerging ? ["merge or drop", "merges or drops", ""] : ["let", "lets", " go"];
    const leave = gone.isMean
      ? `Heads now ${verb[0]} ${Math.round(gone.count)}${verb[2]} on average.`
      : `Every head now ${verb[1]} ${gone.count}${verb[2]}.`;
    const about = used.isMean || gone.isMean ? "about " : "";
    return same(`Its memory is full: ${words} for ${about}${budget} places. ${leave}`);
  },
  /** The decision is over: who went. `call`: the last that stayed and the first that went, in the head shown. */
  after({ unit, sort, spared, gone, merged, wentMost, call }: AfterDecision): CaptionTexts {
    const isOne = Math.round(gone.count) === 1;
    const all = `${capital(ofHeads(gone))} ${unit}${isOne ? "" : "s"}`;
    const leave = isOne ? "leaves" : "leave";
    const left = merged === null ? `${all} left each head` : `${all} ${leave} each head: ${mergedWords(merged, gone)}`;
    const most =
      wentMost === null || merged !== null
        ? ""
        : `, most often “${wentMost.text}” (${wentMost.headCount} of ${wentMost.ofHeads} heads)`;
    if (sort === "draw") {
      return {
        ...same(`The dice chose. ${left}${most}.`),
        projector: `The dice chose. ${left}.`,
        spoken: "The dice chose.",
      };
    }
    if (sort === "recency") {
      const oldest = `the oldest${sparedWords(spared)}.`;
      return { ...same(`${left}: ${oldest}`), spoken: `It is ${oldest}` };
    }
    if (call === null) return { ...same(`${left}${most}.`), projector: `${left}.`, spoken: "" };
    const { kept, evicted, apart, carrier } = call;
    const went = carrier !== null ? `was merged into “${carrier}”` : merged === null ? "went" : "was dropped";
    const closest = `The closest call in the head shown: “${kept}” stayed, “${evicted}” ${went}, ${apart === null ? "in a tie" : `${apart} apart`}.`;
    return {
      projector: `${left}. Closest call: “${evicted}”.`,
      normal: `${left}${most}. ${closest}`,
      spoken: closest,
    };
  },
  /** The decision of a step at which the clock stands still. */
  decided: ({ unit, word, full, after }: { unit: Unit; word: number; full: string; after: string }): CaptionTexts => ({
    projector: full,
    normal: `${full} ${after}`.trim(),
    spoken: `${capital(unit)} ${word}. ${full} ${after}`.trim(),
  }),
  /** The first mistake. `why`: one clause of `causes`. */
  mistake({ given, expected, why }: { given: string; expected: string | null; why: CaptionTexts }): CaptionTexts {
    const wrong =
      expected === null
        ? `It goes on with “${given}”, where the text should end.`
        : `It wrote “${given}”; “${expected}” was right.`;
    return {
      projector: `${wrong} ${why.projector}`.trim(),
      normal: `${wrong} ${why.normal}`.trim(),
      spoken: `First mistake. ${wrong} ${why.spoken}`.trim(),
    };
  },
  end: {
    right: ({
      answer,
      unit,
      most,
      written,
    }: {
      answer: string;
      unit: Unit;
      most: number | null;
      written: number;
    }): CaptionTexts => {
      const held = most === null ? "" : ` No head ever held more than ${most} of its ${written} ${unit}s.`;
      return { ...same(`It answers ${answer}, which is right.${held}`), projector: `It answers ${answer}: right.` };
    },
    wrong: ({
      answer,
      expected,
      unit,
      word,
    }: {
      answer: string | null;
      expected: string;
      unit: Unit;
      word: number | null;
    }): CaptionTexts => {
      const said =
        answer === null ? `It gives no answer; ${expected} is right.` : `It answers ${answer}; ${expected} is right.`;
      const first = word === null ? "" : ` It first went wrong at ${unit} ${word}.`;
      return { ...same(`${said}${first}`), projector: said };
    },
    unknown: (): CaptionTexts => same("Its text ends here."),
    stopped: (): CaptionTexts => same("The run was stopped here."),
  },
} as const;
