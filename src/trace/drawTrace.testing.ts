// Traces for tests: drawn by hand, one line per step, or at random from a seed. Their numbers are made up; nothing
// but tests may import this file.

import { headCountOf, newRows, offsetsOf, onlyRows } from "../cache/headRows";
import { hashUniform, randomStream } from "../lib/random";
import {
  CANDIDATES_DRAWN,
  drawEvent,
  drawEvidence,
  drawHeadAttention,
  drawHeader,
  drawComparison,
} from "./drawTraceParts.testing";
import type { StepRecord, Trace } from "./trace";
import { createTraceBuilder } from "./traceBuilder";

export interface DrawnRun {
  /** Words of the prompt. */
  readonly prompt: string;
  readonly layerCount?: number;
  readonly kvHeadCount?: number;
  readonly windowSlots?: number;
  readonly hasTaps?: boolean;
  /** Heads whose attention is recorded. Absent: all. */
  readonly watchedHeads?: readonly number[];
  /** Query heads per KV head; more than one if each of them is recorded separately. */
  readonly groupSize?: number;
  readonly hasHeadTaps?: boolean;
  /** As if the run had been compared with the full cache. */
  readonly isCompared?: boolean;
  /** Its events record what stands behind their terms. */
  readonly hasEvidence?: boolean;
  /** Of a random run: heads evict different numbers of slots. */
  readonly isRagged?: boolean;
}

/**
 * One line per step: the word it generates and, if an event falls on it, the words evicted, KV heads separated by `|`:
 *
 *     on
 *     the    evicts The | cat
 *     mat
 *
 * Every head is written out, layer by layer, with "-" where it evicts nothing. A word means its oldest place in that head.
 */
export function drawTrace(run: DrawnRun, picture: string): Trace {
  const lines = picture.trim().split("\n");
  return growTrace(run, lines.length, (step) => {
    const [word, wanted] = lines[step].trim().split(/\s+evicts\s+/);
    const evicted = wanted?.split("|").map((words) => (words.trim() === "-" ? [] : words.trim().split(/\s+/)));
    return { word, evicted: evicted ?? null };
  });
}

/** A run of random shape whose heads evict random slots at random times. */
export function drawRandomTrace(seed: number, { isRagged = false }: Pick<DrawnRun, "isRagged"> = {}): Trace {
  const random = randomStream(seed);
  const promptCount = random.integer(1, 12);
  const run: DrawnRun = {
    prompt: Array.from({ length: promptCount }, (_, place) => `p${place}`).join(" "),
    layerCount: random.integer(1, 3),
    kvHeadCount: random.integer(1, 2),
    windowSlots: random.integer(1, 3),
    ...drawnTaps(seed, random.integer(0, 3) > 0),
    isCompared: hashUniform(seed, 1) < 0.5,
    hasEvidence: hashUniform(seed, 2) < 0.5,
  };
  const trace = growTrace(run, random.integer(1, 24), (step, held) => {
    const candidateCounts = held.map((words) => words.length - (run.windowSlots ?? 0));
    const leastCount = Math.min(...candidateCounts);
    const evictedCount = random.integer(0, 2) === 0 && leastCount > 1 ? random.integer(1, leastCount - 1) : 0;
    const evicted = held.map((words, head) => {
      const candidateCount = candidateCounts[head];
      const ownCount = isRagged && head > 0 ? random.integer(0, candidateCount - 1) : evictedCount;
      return random.shuffle(words.slice(0, candidateCount)).slice(0, ownCount);
    });
    return { word: `g${step}`, evicted: evictedCount === 0 ? null : evicted };
  });
  const end = random.pick(["stopToken", "length", "stopped", "failed", null] as const);
  return { ...trace, end };
}

function drawnTaps(seed: number, hasTaps: boolean): Pick<DrawnRun, "hasTaps" | "hasHeadTaps" | "groupSize"> {
  return { hasTaps, hasHeadTaps: hasTaps && hashUniform(seed, 3) < 0.4, groupSize: hashUniform(seed, 4) < 0.5 ? 1 : 2 };
}

interface DrawnStep {
  readonly word: string;
  /** Words that each head evicts; null if no event falls on the step. [head][evicted] */
  readonly evicted: readonly (readonly string[])[] | null;
}

/** `next` gets the words that each head holds when the step's forward reads them. */
function growTrace(
  run: DrawnRun,
  stepCount: number,
  next: (step: number, held: readonly (readonly string[])[]) => DrawnStep,
): Trace {
  const { layerCount = 1, kvHeadCount = 2, windowSlots = 1, hasTaps = true, isCompared = false, hasEvidence } = run;
  const { groupSize = 1, hasHeadTaps = false, watchedHeads } = run;
  const words = run.prompt.trim().split(/\s+/);
  const promptCount = words.length;
  const header = drawHeader({ layerCount, kvHeadCount, groupSize, windowSlots, words });
  const headCount = headCountOf({ layerCount, kvHeadCount });
  let positions = Array.from({ length: headCount }, () => words.map((_, position) => position));
  const builder = createTraceBuilder(header);

  for (let step = 0; step < stepCount; step++) {
    if (step > 0) positions = positions.map((row) => [...row, promptCount + step - 1]);
    const held = positions.map((row) => row.map((position) => words[position]));
    const { word, evicted } = next(step, held);
    const whole = drawRecord({ step, word, lengths: positions.map((row) => row.length), hasTaps });
    const drawn = watchedHeads === undefined ? whole : { ...whole, attention: onlyRows(whole.attention, watchedHeads) };
    const record: StepRecord = {
      ...drawn,
      ...(hasHeadTaps && drawHeadAttention(drawn, groupSize)),
      ...(isCompared && { comparison: drawComparison(step, positions) }),
    };
    if (evicted === null) {
      builder.append(record, null);
    } else {
      const survivors = held.map((row, head) => keptSlots(row, evicted[head]));
      const event = builder.trace.events.length;
      const drawnEvent = drawEvent({ event, step, windowSlots, positions, survivors });
      builder.append(record, hasEvidence ? { ...drawnEvent, ...drawEvidence(drawnEvent) } : drawnEvent);
      positions = positions.map((row, head) => survivors[head].map((slot) => row[slot]));
    }
    words.push(word);
  }
  return builder.trace;
}

function keptSlots(held: readonly string[], evicted: readonly string[]): number[] {
  const evictedSlots = new Set<number>();
  for (const word of evicted) {
    const slot = held.findIndex((other, place) => other === word && !evictedSlots.has(place));
    if (slot < 0) throw new Error(`the picture evicts ${word}, which is not held`);
    evictedSlots.add(slot);
  }
  return held.map((_, slot) => slot).filter((slot) => !evictedSlots.has(slot));
}

/** One step, its text the word and a space. */
export function drawRecord(drawn: {
  step: number;
  word: string;
  lengths: readonly number[]; // [head]
  hasTaps: boolean;
}): StepRecord {
  const { step, word, lengths, hasTaps } = drawn;
  const attention = newRows(offsetsOf(hasTaps ? lengths : lengths.map(() => 0)), Uint8Array);
  const noise = (key: number) => hashUniform(step, key);
  return {
    step,
    token: 20 + step,
    text: `${word} `,
    logProbability: Math.log(noise(1)),
    entropy: noise(2),
    candidateTokens: Int32Array.from({ length: CANDIDATES_DRAWN }, (_, rank) => 20 + step + rank),
    candidateTexts: Array.from({ length: CANDIDATES_DRAWN }, (_, rank) => `${word}${rank} `),
    candidateLogProbabilities: Float32Array.from({ length: CANDIDATES_DRAWN }, (_, rank) => Math.log(noise(10 + rank))),
    lengths: Int32Array.from(lengths),
    attention: { ...attention, values: attention.values.map((_, at) => Math.floor(256 * noise(100 + at))) },
    attentionScale: Float32Array.from({ length: hasTaps ? lengths.length : 0 }, (_, head) => noise(50 + head)),
    timings: { computeMs: step === 0 ? 8 : 2, eventMs: 0, readBackMs: 0.5 },
  };
}
