// Writes run files as versions 1 to 8 had them, whose reading has to last: events one by one, as they are. For tests only.

import { headCountOf } from "../../cache/headRows";
import { createColumnWriter, type ColumnWriter } from "./byteColumns";
import { isCompared } from "../loyalty";
import { hasEvidence, recordedBits } from "./runFileEvidence";
import { runFileHead } from "./runFileHead";
import { hasHeadRows, writeHeadRows } from "./runFileHeadRows";
import { writeLoyalty } from "./runFileLoyalty";
import { packSections } from "./runFileSections";
import { distinctTexts, writeSteps } from "./runFileSteps";
import { toFlat, type EvictionEvent } from "./flatTrace";
import type { Trace } from "../trace";

export function encodePlainRunFile(run: Trace): Promise<Uint8Array> {
  const trace = toFlat(run);
  const texts = distinctTexts(trace);
  const { model } = trace.header;
  const [steps, events, loyalty, evidence, headRows] = Array.from({ length: 5 }, createColumnWriter);
  writeSteps(steps, trace, texts);
  for (const event of trace.events) writeEvent(events, event);
  if (isCompared(run)) writeLoyalty(loyalty, trace.steps, headCountOf(model));
  evidence.uint8(Uint8Array.from(trace.events, recordedBits));
  for (const event of trace.events) writeEvidence(evidence, event);
  if (hasHeadRows(trace)) writeHeadRows(headRows, trace.steps, model);
  return packSections({
    head: new TextEncoder().encode(JSON.stringify(runFileHead(trace, texts, null))),
    steps: steps.bytes(),
    events: events.bytes(),
    loyalty: isCompared(run) ? loyalty.bytes() : null,
    evidence: hasEvidence(trace) ? evidence.bytes() : null,
    headRows: hasHeadRows(trace) ? headRows.bytes() : null,
    hasForecasts: false,
  });
}

function writeEvent(writer: ColumnWriter, event: EvictionEvent): void {
  const { positionsBefore, survivors, terms, parts, total, carry, cutOff, margin } = event;
  writer.int32(positionsBefore);
  writer.int32(survivors);
  for (const column of [...Object.values(terms), ...Object.values(parts), total, carry, cutOff, margin]) {
    writer.float32(column);
  }
}

function writeEvidence(writer: ColumnWriter, { excusedSlots, votingHeads }: EvictionEvent): void {
  if (excusedSlots !== undefined) writer.uint32(Uint32Array.from(excusedSlots, (slot) => slot + 1));
  if (votingHeads !== undefined) writer.uint8(Uint8Array.from(votingHeads));
}
