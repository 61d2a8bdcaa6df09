// Which slots of a frame stream stay when the cache reaches its cap (InfiniPot-V, arXiv:2506.15745, algorithm 2; aiha-lab/InfiniPot-V
// 81a4dbe), and what it is compared with. One KV head at a time, frame slots alone: what stands before the first frame always
// stays. Each rule gives a row for `chooseSurvivors`, so nothing else decides who stays.
import { assert } from "../lib/errors";
import { hashUniform } from "../lib/random";
import { chooseSurvivors, type AdmissionRow } from "./admission";
import { roundHalfToEven } from "./shareBudgets";

export const frameRules = [
  "tarVan",
  "vanRecent",
  "slidingWindow",
  "uniformTokens",
  "uniformFrames",
  "uniformKnownLength",
  "random",
  "changedPatches",
  "rarePatches",
] as const;
export type FrameRule = (typeof frameRules)[number];

export interface FrameChoices {
  /** Frames that stay: |C| without what stands before the first frame. */
  readonly keepFrames: number;
  readonly frameTokens: number;
  /** α: the share of |C| that the newest frames and TaR's picks take. 0 is VaN alone, which does not protect the newest frames. */
  readonly temporalShare: number;
  /** r as a share of the frames in the cache. */
  readonly recentShare: number;
  /** TaR picks what has changed least: a control. */
  readonly isReversed: boolean;
}

export interface FrameBudget {
  /** r ≥ 1: the code fails where the share comes to 0. */
  readonly recentFrames: number;
  readonly keepSlots: number;
  readonly temporalSlots: number;
  /** What TaR may pick besides the newest frames; 0 where they fill its budget alone, at which the code fails. */
  readonly pickedSlots: number;
}

export function frameBudget(choices: FrameChoices, cacheSlots: number): FrameBudget {
  const { keepFrames, frameTokens, temporalShare, recentShare } = choices;
  const recentFrames = Math.max(1, Math.floor((cacheSlots / frameTokens) * recentShare));
  const keepSlots = keepFrames * frameTokens;
  // The code rounds the share of the value norms, half to even, in this order of factors.
  const temporalSlots = keepSlots - roundHalfToEven((1 - temporalShare) * keepFrames * frameTokens);
  return {
    ...{ recentFrames, keepSlots, temporalSlots },
    pickedSlots: Math.max(0, temporalSlots - recentFrames * frameTokens),
  };
}

/** The frame slots of one head, oldest first; the newest frames are whole. */
export interface FrameSlots {
  /** Frame that each slot comes from. [slot] */
  readonly frames: Int32Array;
  /** Place in its frame. [slot] */
  readonly patches: Int32Array;
  /** Vocabulary id. [slot] */
  readonly tokens: Int32Array;
  /** The token at the same patch of the frame before was another, or there was none. [slot] */
  readonly isChanged: Uint8Array;
  /** TaR, see engine/terms/temporalRedundancy.ts. [slot] */
  readonly temporal: Float32Array;
  /** VaN after pooling. [slot] */
  readonly valueNorms: Float32Array;
}

/** What a rule may know of the stream besides the slots. */
export interface FrameContext {
  /** Frames of the whole stream, which only "uniformKnownLength" may know. */
  readonly streamFrames: number;
  /** How often each token has been seen so far, evicted ones included. [token] */
  readonly tokenCounts: ArrayLike<number>;
  /** Random draws of their own for each head. */
  readonly seed: number;
  readonly layer: number;
  readonly kvHead: number;
}

/** Slots that stay, ascending. */
export function keptFrameSlots(
  rule: FrameRule,
  slots: FrameSlots,
  choices: FrameChoices,
  context: FrameContext,
): Int32Array {
  const lengthSlots = slots.frames.length;
  const { keepSlots } = frameBudget(choices, lengthSlots);
  return chooseSurvivors({ ...frameRow(rule, slots, choices, context), lengthSlots, keepSlots }).slots;
}

function frameRow(rule: FrameRule, slots: FrameSlots, choices: FrameChoices, context: FrameContext): AdmissionRow {
  const { frames, patches, tokens, isChanged } = slots;
  const lengthSlots = frames.length;
  const budget = frameBudget(choices, lengthSlots);
  const { keepFrames, frameTokens } = choices;
  const recent = lengthSlots - budget.recentFrames * frameTokens;
  const isRecent = Uint8Array.from(frames, (_, slot) => (slot >= recent ? 1 : 0));
  const row = (total: (slot: number) => number, isProtected: Uint8Array | null = null): AdmissionRow => ({
    total: Float32Array.from({ length: lengthSlots }, (_, slot) => total(slot)),
    isProtected,
  });
  // Between equals the newer stays: 0 … 1, never 1.
  const newness = (slot: number): number => slot / lengthSlots;
  switch (rule) {
    case "tarVan":
      return { total: slots.valueNorms, isProtected: temporalChoice(slots, choices) };
    case "vanRecent":
      return { total: slots.valueNorms, isProtected: isRecent };
    case "slidingWindow":
      return row((slot) => slot);
    case "uniformTokens": {
      const chosen = spread(lengthSlots, budget.keepSlots);
      return row((slot) => (chosen.has(slot) ? 1 : newness(slot)));
    }
    case "uniformFrames": {
      const present = [...new Set(frames)];
      const chosen = new Set([...spread(present.length, keepFrames)].map((at) => present[at]));
      return row((slot) => (chosen.has(frames[slot]) ? 1 : newness(slot)));
    }
    case "uniformKnownLength": {
      const chosen = spread(context.streamFrames, keepFrames);
      return row((slot) => (chosen.has(frames[slot]) ? 1 : newness(slot)));
    }
    case "random":
      return row(
        (slot) =>
          hashUniform(
            context.seed,
            context.layer,
            context.kvHead,
            frames[slot],
            patches[slot],
            frames[lengthSlots - 1],
          ),
        isRecent,
      );
    case "changedPatches":
      return row((slot) => isChanged[slot] + newness(slot));
    case "rarePatches":
      return row((slot) => -context.tokenCounts[tokens[slot]] + newness(slot));
  }
}

/** The newest frames and TaR's picks, which enter before any value norm; null where α leaves it no budget. [slot] */
export function temporalChoice({ temporal }: Pick<FrameSlots, "temporal">, choices: FrameChoices): Uint8Array | null {
  const { recentFrames, temporalSlots, pickedSlots } = frameBudget(choices, temporal.length);
  if (temporalSlots === 0) return null;
  const pastSlots = temporal.length - recentFrames * choices.frameTokens;
  assert(pastSlots >= 0, `${recentFrames} frames are more than the cache holds`);
  const isChosen = new Uint8Array(temporal.length).fill(1, pastSlots);
  const past = temporal.subarray(0, pastSlots);
  const total = choices.isReversed ? past.map((score) => -score) : past;
  const picks = chooseSurvivors({ total, isProtected: null, lengthSlots: pastSlots, keepSlots: pickedSlots });
  for (const slot of picks.slots) isChosen[slot] = 1;
  return isChosen;
}

/** `count` of `length` indices, evenly spread from the first, as the published code takes tokens. */
function spread(length: number, count: number): Set<number> {
  if (count >= length) return new Set(Array.from({ length }, (_, at) => at));
  return new Set(Array.from({ length: count }, (_, at) => Math.floor((at * length) / count)));
}

export interface ScheduleChoices {
  readonly streamFrames: number;
  /** |M| in frames. */
  readonly capFrames: number;
  /** |C| in frames. */
  readonly keepFrames: number;
  /** Frames that arrive at once, at most |M| − |C|. */
  readonly blockFrames: number;
  /**
   * "paper": compressed whenever the next block would not fit, after the last block too. "code": the first block fills the cap; the
   * last is never compressed, and near the end more stays if fewer frames are left than were made room for.
   */
  readonly schedule: "paper" | "code";
}

/** One arrival of frames. */
export interface ArrivalRound {
  readonly framesSeen: number;
  /** Frames that the compression right after it leaves; null where nothing is compressed. */
  readonly keepFrames: number | null;
}

export function arrivalRounds(choices: ScheduleChoices): ArrivalRound[] {
  const { streamFrames, capFrames, keepFrames, blockFrames, schedule } = choices;
  assert(keepFrames >= 1 && keepFrames < capFrames, "a compression leaves fewer frames than the cap");
  assert(blockFrames >= 1 && blockFrames <= capFrames - keepFrames, "a block fits beside what a compression leaves");
  const rounds: ArrivalRound[] = [];
  let held = 0;
  for (let framesSeen = 0; framesSeen < streamFrames;) {
    const room = schedule === "code" ? capFrames - held : blockFrames;
    const arriving = Math.min(room, streamFrames - framesSeen);
    framesSeen += arriving;
    held += arriving;
    const framesLeft = streamFrames - framesSeen;
    const isFull = schedule === "code" ? framesLeft > 0 : held + blockFrames > capFrames;
    const kept = schedule === "code" ? Math.max(keepFrames, capFrames - framesLeft) : keepFrames;
    rounds.push({ framesSeen, keepFrames: isFull ? kept : null });
    if (isFull) held = kept;
  }
  return rounds;
}
