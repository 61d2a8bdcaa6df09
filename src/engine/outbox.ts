// Events of one run on their way to the page, in order. Steps leave against credit, the rest waits here, so that
// a slow page neither slows the run nor loses anything. Bounded by the run: it holds at most the steps it generates.
// `transferList` says which arrays travel with an event uncopied.

import type { HeadRows } from "../cache/headRows";
import type { EngineEvent } from "./protocol";

export interface Outbox {
  push(event: EngineEvent): void;
  /** Lets this many more steps go. */
  grant(stepCount: number): void;
  /** Drops what is held and everything still to come: the run is over for the page. */
  close(): void;
}

/** Events that may stay behind after they were sent, so that a long queue is not copied at every step. */
const LARGEST_SENT_COUNT = 256;

export function createOutbox(post: (event: EngineEvent) => void): Outbox {
  let held: EngineEvent[] = [];
  let sentCount = 0; // the first of `held`, which have gone
  let credit = 0;
  let isClosed = false;

  /** Each event counts as sent before it is posted: whoever receives it may grant credit at once. */
  function drain(): void {
    while (sentCount < held.length) {
      const event = held[sentCount];
      if (event.type === "step" || event.type === "watched") {
        if (credit === 0) break;
        credit--;
      }
      sentCount++;
      post(event);
    }
    if (sentCount < held.length && sentCount < LARGEST_SENT_COUNT) return;
    held = held.slice(sentCount);
    sentCount = 0;
  }

  return {
    push(event) {
      if (isClosed) return;
      held.push(event);
      drain();
    },
    grant(stepCount) {
      credit += stepCount;
      drain();
    },
    close() {
      isClosed = true;
      held = [];
      sentCount = 0;
    },
  };
}

type View = Float32Array | Int32Array | Uint8Array | Int8Array;

/**
 * The buffers that change hands when an event is posted: those of a step, its comparison and its eviction with its
 * evidence, each once. A view of part of a larger buffer is copied, because the rest is not ours to give; so are the
 * offsets and lengths of rows, which are small, shared between rows, and still in use here.
 */
export function transferList(event: EngineEvent): ArrayBuffer[] {
  if (event.type === "watched") return ownBuffers(watchedViews(event));
  if (event.type !== "step") return [];
  const { record, eviction, logits } = event;
  const views: View[] = [
    record.candidateTokens,
    record.candidateLogProbabilities,
    record.attention.values,
    record.attentionScale,
  ];
  if (logits !== undefined) views.push(logits);
  if (record.headAttention !== undefined) views.push(record.headAttention.values);
  if (record.headAttentionScale !== undefined) views.push(record.headAttentionScale);
  if (record.readSlots !== undefined) views.push(record.readSlots.values);
  if (record.readMeasures !== undefined) views.push(record.readMeasures.recall, record.readMeasures.attention);
  if (record.comparison !== undefined) views.push(record.comparison.lostAttention, record.comparison.regret);
  if (eviction !== null) {
    const { positionsBefore, terms, parts, total, carry, survivors, cutOff, margin } = eviction;
    const rows: HeadRows<View>[] = [positionsBefore, total, carry, survivors];
    rows.push(...Object.values(terms), ...Object.values(parts));
    if (eviction.excusedSlots !== undefined) rows.push(eviction.excusedSlots);
    if (eviction.votingHeads !== undefined) rows.push(eviction.votingHeads);
    if (eviction.queryPoints !== undefined) rows.push(eviction.queryPoints);
    if (eviction.keyPoints !== undefined) rows.push(eviction.keyPoints);
    if (eviction.queryVariance !== undefined) views.push(eviction.queryVariance);
    views.push(cutOff, margin, ...rows.map(({ values }) => values));
  }
  return ownBuffers(views);
}

function watchedViews({ blocks, answers }: Extract<EngineEvent, { type: "watched" }>): View[] {
  const ofBlocks = blocks.flatMap((closed): HeadRows<View>[] => {
    if (closed === null || closed.compression === null) return [];
    const { kept, temporal, valueNorms, questionAttention } = closed.compression;
    return [kept, temporal, valueNorms, ...(questionAttention === undefined ? [] : [questionAttention])];
  });
  return [...ofBlocks, ...answers.map(({ attention }) => attention)].map(({ values }) => values);
}

function ownBuffers(views: readonly View[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const view of views) {
    const isWhole = view.byteLength === view.buffer.byteLength;
    if (isWhole && view.byteLength > 0 && view.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  }
  return [...buffers];
}
