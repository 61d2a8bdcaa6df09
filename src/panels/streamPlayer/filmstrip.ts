// The filmstrip of a stream, without pixels: which frames are in sight, how much of each is still held, and where an answer looked. Pure.
import { answerLooks } from "../../trace/stream/streamReplay";
import { frameTokensOf, type StreamTrace } from "../../trace/stream/streamTrace";
import { latestOf } from "../../trace/latest";
import type { PatchRing } from "../stream/FramePicture";
import { patchToken, type PatchAt } from "../stream/patchFacts";

export interface FrameWindow {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
}

/** Frames of `pitch` pixels that a view of `width` shows once it is scrolled, and one on either side. */
export function framesInSight(frameCount: number, pitch: number, scrolled: number, width: number): FrameWindow {
  const first = Math.max(0, Math.floor(scrolled / pitch) - 1);
  return { first: Math.min(first, frameCount), end: Math.min(frameCount, Math.ceil((scrolled + width) / pitch) + 1) };
}

/** Mean share of the heads that hold the patches of each frame; markers do not count. [frame] */
export function frameShares(shares: ArrayLike<number>, frameTokens: number): Float32Array {
  const means = new Float32Array(Math.floor(shares.length / frameTokens));
  for (let frame = 0; frame < means.length; frame++) {
    for (let token = 1; token < frameTokens; token++) means[frame] += shares[frame * frameTokens + token];
    means[frame] /= frameTokens - 1;
  }
  return means;
}

/** Shares of the patches of one frame, its marker left out. [cell] */
export function patchShares(shares: ArrayLike<number>, frameTokens: number, frame: number): number[] {
  return Array.from({ length: frameTokens - 1 }, (_, cell) => shares[patchToken(frameTokens, { frame, cell })] ?? 0);
}

/** Fainter looks are left out. */
const FAINTEST = 0.15;

/** Where an answer looked, relative to the patch that it looked at most. [frame] → rings */
export function lookRings(trace: StreamTrace, answer: number, head: number | null): ReadonlyMap<number, PatchRing[]> {
  return latestOf(trace, ["streamLookRings", answer, head], () => {
    const frameTokens = frameTokensOf(trace);
    const looks = answerLooks(trace, answer, head);
    const isPatch = (token: number): boolean => token % frameTokens !== 0;
    const most = looks.reduce((largest, look, token) => (isPatch(token) ? Math.max(largest, look) : largest), 0);
    const rings = new Map<number, PatchRing[]>();
    looks.forEach((look, token) => {
      if (!isPatch(token) || most === 0 || look < FAINTEST * most) return;
      addRing(rings, Math.floor(token / frameTokens), {
        ...{ cell: (token % frameTokens) - 1, type: "looked", strength: look / most },
      });
    });
    return rings;
  });
}

/** Patches that show what the right answer is. [frame] → rings */
export function showRings(sights: readonly PatchAt[]): ReadonlyMap<number, PatchRing[]> {
  const rings = new Map<number, PatchRing[]>();
  for (const { frame, cell } of sights) addRing(rings, frame, { cell, type: "shows", strength: 1 });
  return rings;
}

/** Both, frame by frame; the same array for the same rings, so that pictures are not drawn again. */
export function joinRings(...all: readonly ReadonlyMap<number, PatchRing[]>[]): ReadonlyMap<number, PatchRing[]> {
  const joined = new Map<number, PatchRing[]>();
  for (const rings of all) for (const [frame, of] of rings) for (const ring of of) addRing(joined, frame, ring);
  return joined;
}

function addRing(rings: Map<number, PatchRing[]>, frame: number, ring: PatchRing): void {
  const of = rings.get(frame);
  if (of === undefined) rings.set(frame, [ring]);
  else of.push(ring);
}
