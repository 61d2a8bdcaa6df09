// What a link can say, whatever its form, and under which keys: settings, lanes, the model's revision, proofs of runs, a
// moment, a deck, and the view of the page.
import { noLaneComparison, type LaneComparison } from "./lanes";
import { type Choices, settingIds, settingRow, type SettingId } from "./settings";
import { assert } from "../lib/errors";

export interface LinkContent {
  readonly choices: Choices;
  readonly comparison: LaneComparison;
  /** The weights of its models, as linkRevision.ts writes them; null if the link does not say. */
  readonly revision: string | null;
  /** What each lane's run left behind, as trace/proof/proofText.ts writes it; "" for a lane without a proof. [lane] */
  readonly proofs: readonly string[];
  /** What was on screen, as state/moment.ts writes it; empty if the link does not say. */
  readonly moment: MomentTexts;
  /** A deck of moments, as state/deck.ts writes it; "" for none. */
  readonly deck: string;
  /** A stream of frames; null for none. */
  readonly stream: StreamTexts | null;
  /** Null if the link does not say: the page stays in the view it is in. */
  readonly way: Way | null;
  /** The lesson that Learn opens; null if the link does not say. */
  readonly lesson: LessonPlace | null;
}

/** What a link says of a stream, as streamLink.ts writes and reads it. */
export interface StreamTexts {
  /** What its lanes share. */
  readonly stream: string;
  readonly lanes: readonly string[];
  /** [lane] */
  readonly proofs: readonly string[];
  /** The moment on screen; "" for none. */
  readonly at: string;
}

/** Of the stream that the view begins with. */
export const firstStreamTexts: StreamTexts = { stream: "", lanes: [], proofs: [], at: "" };

/** A place in a lesson. As text: "why-a-cache:2", or "1:2" with the lesson's number; parts are counted from 1. */
export interface LessonPlace {
  /** The lesson's id, or its number in the list of lessons, from 1. */
  readonly lesson: string;
  /** From 0; null for where the reader left it. */
  readonly part: number | null;
}

/** The views of the page. Four show the same store, clock and run; Streams has its own. */
export const ways = ["watch", "explore", "learn", "present", "streams"] as const;
export type Way = (typeof ways)[number];

export type MomentTexts = Readonly<Partial<Record<MomentKey, string>>>;

export interface DecodedLink extends LinkContent {
  /** What could not be used, in plain words; empty for a link that was. */
  readonly complaints: readonly string[];
}

export const emptyLink: LinkContent = {
  choices: {},
  comparison: noLaneComparison,
  revision: null,
  proofs: [],
  moment: {},
  deck: "",
  stream: null,
  way: null,
  lesson: null,
};

/** What an unreadable link means. */
export function refusedLink(reason: string): DecodedLink {
  return { ...emptyLink, complaints: [`${reason} The defaults are used.`] };
}

export const idOfKey: ReadonlyMap<string, SettingId> = new Map(settingIds.map((id) => [settingRow(id).key, id]));

/** Once for every lane but the first. */
export const LANE_KEY = "lane";
/** Which tokens the lanes are fed. */
export const TOKENS_KEY = "tokens";
export const FORCED_TOKENS = "forced";
/** The weights of its models. */
export const REVISION_KEY = "rev";
/** Once for every lane, the first included: the proof of its run. */
export const PROOF_KEY = "proof";
/** A deck of moments; the first of them says what the page shows. */
export const DECK_KEY = "deck";
/** The view of the page. */
export const VIEW_KEY = "view";
/** The lesson that Learn opens, and the part of it. */
export const LESSON_KEY = "lesson";
/** Of a stream: what its lanes share, each lane, the proof of each, and the moment. */
export const streamKeys = { stream: "stream", lane: "streamLane", proof: "streamProof", at: "streamAt" } as const;
/** What is on screen; state/moment.ts says what they hold. */
export const momentKeys = ["at", "panels", "views"] as const;
export type MomentKey = (typeof momentKeys)[number];

/** Keys that are not settings, and how long their values may be. */
export const longestValues: Readonly<Record<string, number>> = {
  [LANE_KEY]: 1500,
  [TOKENS_KEY]: 40,
  [REVISION_KEY]: 35,
  [PROOF_KEY]: 60_000,
  [VIEW_KEY]: 40,
  [LESSON_KEY]: 64,
  [DECK_KEY]: 60_000,
  [streamKeys.stream]: 4000,
  [streamKeys.lane]: 1500,
  [streamKeys.proof]: 8000,
  [streamKeys.at]: 60,
  at: 400,
  panels: 2000,
  views: 4000,
};

export function lessonText({ lesson, part }: LessonPlace): string {
  return part === null ? lesson : `${lesson}:${part + 1}`;
}

/** Null for a text that names no lesson. */
export function parseLessonPlace(text: string): LessonPlace | null {
  const match = /^([a-z0-9][a-z0-9-]{0,39})(?::([1-9]\d?))?$/.exec(text);
  if (match === null) return null;
  const [, lesson, part] = match as unknown as readonly [string, string, string | undefined];
  return { lesson, part: part === undefined ? null : Number(part) - 1 };
}

assert(
  Object.keys(longestValues).every((key) => !idOfKey.has(key)),
  "no setting has a key that means something else in a link",
);
