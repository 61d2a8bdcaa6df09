// Which buffers of an event change hands when it is posted, so that large arrays are not copied.

import type { EngineEvent } from "./protocol";

type View = Float32Array | Int32Array | Uint8Array | Int8Array;

/** The buffers of a step, its comparison and its eviction with its evidence, each once. A view of part of a larger buffer is left to be copied: the rest is not ours to give. */
export function transferList(event: EngineEvent): ArrayBuffer[] {
  if (event.type !== "step") return [];
  const { record, eviction } = event;
  const views: View[] = [
    record.candidateTokens,
    record.candidateLogProbabilities,
    record.attention,
    record.attentionScale,
  ];
  if (record.headAttention !== undefined) views.push(record.headAttention);
  if (record.headAttentionScale !== undefined) views.push(record.headAttentionScale);
  if (record.loyalty !== undefined) views.push(record.loyalty.lostAttention, record.loyalty.regret);
  if (eviction !== null) {
    const { positionsBefore, terms, parts, total, carry, survivors, cutOff, margin } = eviction;
    views.push(positionsBefore, total, carry, survivors, cutOff, margin);
    views.push(...Object.values(terms), ...Object.values(parts));
    if (eviction.excusedSlots !== undefined) views.push(eviction.excusedSlots);
    if (eviction.votingHeads !== undefined) views.push(eviction.votingHeads);
  }
  const buffers = new Set<ArrayBuffer>();
  for (const view of views) {
    const isWhole = view.byteLength === view.buffer.byteLength;
    if (isWhole && view.byteLength > 0 && view.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  }
  return [...buffers];
}
