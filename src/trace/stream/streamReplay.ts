// The cache of a stream after any number of frames, replayed from what its compressions kept: which patch is where, why it stayed,
// and how many slots are in use beside what a full cache would take. Pure; the same question about the same trace costs once.

import { headCountOf, headRow, joinRows, rowLength, type HeadRows } from "../../cache/headRows";
import { latestOf } from "../latest";
import { frameBudget, temporalChoice } from "../../policy/frameCompression";
import { frameTokensOf, positionAt, type StreamCompression, type StreamTrace } from "./streamTrace";

/** Frames whose arrival is over: those of the last block that is no later than f. */
function arrivedAfter({ blocks }: StreamTrace, frames: number): number {
  return blocks.findLast(({ framesSeen }) => framesSeen <= frames)?.framesSeen ?? 0;
}

/** Stream positions that every head holds after f frames, ascending: its slots in order. [layer][kvHead] of [slot] */
export function heldAfter(trace: StreamTrace, frames: number): HeadRows<Int32Array> {
  const arrived = arrivedAfter(trace, frames);
  return latestOf(trace, ["streamHeldAfter", arrived], () => {
    const last = trace.compressions.findLast(({ framesSeen }) => framesSeen <= arrived);
    return heldSince(trace, last ?? null, arrived);
  });
}

/** Positions of every slot right before a compression. [layer][kvHead] of [slot] */
export function heldBefore(trace: StreamTrace, compression: StreamCompression): HeadRows<Int32Array> {
  const past = trace.compressions.findLast(({ framesSeen }) => framesSeen < compression.framesSeen);
  return heldSince(trace, past ?? null, compression.framesSeen);
}

/** What a compression left, and all that came since. */
function heldSince(trace: StreamTrace, last: StreamCompression | null, frames: number): HeadRows<Int32Array> {
  const { model } = trace.header;
  const first = last === null ? 0 : positionAt(trace, { frame: last.framesSeen, token: 0 });
  const end = positionAt(trace, { frame: frames, token: 0 });
  const since = Int32Array.from({ length: end - first }, (_, at) => first + at);
  const rows = Array.from({ length: headCountOf(model) }, (_, head) =>
    last === null ? since : Int32Array.from([...headRow(last.kept, head), ...since]),
  );
  return joinRows(rows, Int32Array);
}

/** How many heads hold each token of the frames after f of them, as a share of all heads: 0 … 1. [frame × T + token] */
export function heldShares(trace: StreamTrace, frames: number): Float32Array {
  const arrived = arrivedAfter(trace, frames);
  return latestOf(trace, ["streamHeldShares", arrived], () => {
    const held = heldAfter(trace, arrived);
    const systemSlots = trace.header.systemTokens.length;
    const shares = new Float32Array(arrived * frameTokensOf(trace));
    for (const position of held.values) if (position >= systemSlots) shares[position - systemSlots]++;
    return shares.map((count) => count / headCountOf(trace.header.model));
  });
}

/** 1 where a head holds a token of the frames after f of them. [frame × T + token] */
export function heldByHead(trace: StreamTrace, frames: number, head: number): Uint8Array {
  const arrived = arrivedAfter(trace, frames);
  const systemSlots = trace.header.systemTokens.length;
  const isHeld = new Uint8Array(arrived * frameTokensOf(trace));
  for (const position of headRow(heldAfter(trace, arrived), head)) {
    if (position >= systemSlots) isHeld[position - systemSlots] = 1;
  }
  return isHeld;
}

/**
 * Why a slot stayed. "newest": among the newest r frames, which a rule protects; "temporal": TaR's pick; "valueNorm": its value is
 * long; "asked": the known question looked at it; "rule": by a control's own order; "gone": it did not stay.
 */
export type KeptReason = "newest" | "temporal" | "valueNorm" | "asked" | "rule" | "gone";

/** Of one head's frame slots before a compression, as `temporal` and `valueNorms`. [slot − S] */
export function keptReasons(trace: StreamTrace, compression: StreamCompression, head: number): KeptReason[] {
  const { recipe, systemTokens } = trace.header;
  const { choices } = recipe;
  const kept = new Set(headRow(compression.kept, head));
  const positions = headRow(heldBefore(trace, compression), head).subarray(systemTokens.length);
  const temporal = headRow(compression.temporal, head);
  const isProtected = choices.rule === "tarVan" ? temporalChoice({ temporal }, choices) : null;
  const { recentFrames } = frameBudget(choices, positions.length);
  const firstNewest = positions.length - recentFrames * choices.frameTokens;
  return Array.from(positions, (position, slot) => {
    if (!kept.has(position)) return "gone";
    switch (choices.rule) {
      case "tarVan":
        if (isProtected === null || isProtected[slot] === 0) return "valueNorm";
        return slot >= firstNewest ? "newest" : "temporal";
      case "vanRecent":
        return slot >= firstNewest ? "newest" : "valueNorm";
      case "random":
        return slot >= firstNewest ? "newest" : "rule";
      case "questionAttention":
        return slot >= firstNewest ? "newest" : "asked";
      default:
        return "rule";
    }
  });
}

/** One point per block. */
export interface SlotsPoint {
  readonly framesSeen: number;
  /** In use in every head with the block, before a compression. */
  readonly arrivedSlots: number;
  /** After it. */
  readonly lengthSlots: number;
  /** What a cache that keeps all would hold. */
  readonly fullSlots: number;
}

export interface SlotsOverFrames {
  readonly points: readonly SlotsPoint[];
  /** |M|; null where nothing is ever evicted. */
  readonly capSlots: number | null;
  /** The most that were in use so far, questions and answers included. */
  readonly peakSlots: number;
  /** Of K and V over all layers and heads, for one slot. */
  readonly bytesPerSlot: number;
}

export function slotsOverFrames(trace: StreamTrace): SlotsOverFrames {
  const { recipe, slotCapacity, memory } = trace.header;
  const peaks = [...trace.blocks, ...trace.answers].map(({ peakSlots }) => peakSlots);
  return {
    points: trace.blocks.map(({ framesSeen, arrivedSlots, lengthSlots }) => ({
      ...{ framesSeen, arrivedSlots, lengthSlots },
      fullSlots: fullSlotsAfter(trace, framesSeen),
    })),
    capSlots: recipe.choices.capFrames === null ? null : slotCapacity,
    peakSlots: peaks.reduce((most, slots) => Math.max(most, slots), trace.header.systemTokens.length),
    bytesPerSlot: memory.bytesPerSlot,
  };
}

/** Slots of a cache that keeps all, after f frames. */
export function fullSlotsAfter(trace: StreamTrace, frames: number): number {
  return positionAt(trace, { frame: frames, token: 0 });
}

/** Attention of an answer by token of the frames, the mean over all heads; for one head with `head`. [frame × T + token] */
export function answerLooks(trace: StreamTrace, answerIndex: number, head: number | null): Float32Array {
  const { asked, attention } = trace.answers[answerIndex];
  const systemSlots = trace.header.systemTokens.length;
  const looks = new Float32Array(asked.moment * frameTokensOf(trace));
  const held = heldAfter(trace, asked.moment);
  const heads = head === null ? [...Array(headCountOf(trace.header.model)).keys()] : [head];
  for (const one of heads) {
    if (rowLength(attention, one) === 0) continue;
    const paid = headRow(attention, one);
    headRow(held, one).forEach((position, slot) => {
      if (position >= systemSlots) looks[position - systemSlots] += paid[slot] / heads.length;
    });
  }
  return looks;
}
