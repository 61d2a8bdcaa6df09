// Evidence in run files of versions 1 to 8, which are read and no longer written: event by event, slots as they are.

import type { ColumnReader } from "./byteColumns";
import { checkBits, checkEvidence } from "./runFileEvidence";
import type { EventEvidence, EvictionEvent, ModelSummary } from "./flatTrace";

/** [event], of events whose sizes have been checked. `what` starts the message of every error. */
export function readEvidenceByEvent(
  reader: ColumnReader,
  events: readonly EvictionEvent[],
  model: ModelSummary,
  what: string,
): EventEvidence[] {
  const headCount = model.layerCount * model.kvHeadCount;
  const bits = [...reader.uint8(events.length)];
  return events.map((event, place) => {
    checkBits(bits[place], `${what}: event ${event.event}`);
    const evidence = {
      ...(bits[place] & 1 && { excusedSlots: slotsOf(reader.uint32(headCount * event.lengthBefore)) }),
      ...(bits[place] & 2 && { votingHeads: new Int8Array(reader.uint8(headCount * event.candidateCount).buffer) }),
    };
    checkEvidence(evidence, event, model, what);
    return evidence;
  });
}

/** In the file 0 stands for none and 1 for slot 0. */
function slotsOf(column: Uint32Array): Int32Array {
  return Int32Array.from(column, (next) => next - 1);
}
