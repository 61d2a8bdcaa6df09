// Which buffers of an event change hands when it is posted, so that large arrays are not copied.

import type { HeadRows } from "../cache/headRows";
import type { EngineEvent } from "./protocol";

type View = Float32Array | Int32Array | Uint8Array | Int8Array;

/**
 * The buffers of a step, its comparison and its eviction with its evidence, each once. Offsets and lengths of rows are
 * copied: they are small, shared between rows, and the engine goes on using them. So is a view of part of a buffer.
 */
export function transferList(event: EngineEvent): ArrayBuffer[] {
  if (event.type !== "step") return [];
  const { record, eviction } = event;
  const views: View[] = [
    record.candidateTokens,
    record.candidateLogProbabilities,
    record.attention.values,
    record.attentionScale,
  ];
  if (record.headAttention !== undefined) views.push(record.headAttention.values);
  if (record.headAttentionScale !== undefined) views.push(record.headAttentionScale);
  if (record.loyalty !== undefined) views.push(record.loyalty.lostAttention, record.loyalty.regret);
  if (eviction !== null) {
    const { positionsBefore, terms, parts, total, carry, survivors, cutOff, margin } = eviction;
    const rows: HeadRows<View>[] = [positionsBefore, total, carry, survivors];
    rows.push(...Object.values(terms), ...Object.values(parts));
    if (eviction.excusedSlots !== undefined) rows.push(eviction.excusedSlots);
    if (eviction.votingHeads !== undefined) rows.push(eviction.votingHeads);
    views.push(cutOff, margin, ...rows.map(({ values }) => values));
  }
  const buffers = new Set<ArrayBuffer>();
  for (const view of views) {
    const isWhole = view.byteLength === view.buffer.byteLength;
    if (isWhole && view.byteLength > 0 && view.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  }
  return [...buffers];
}
