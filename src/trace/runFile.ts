// A run file holds one trace: encodeRunFile and decodeRunFile are exact inverses. Layout: docs/run-file.md.
//
//   "WINNOWRUN" version | HEAD: JSON | STEP: columns | EVNT: columns | LOYL | EVID | QHED: columns
//   each section deflated, with its own checksum; LOYL only for a run that was compared with the full cache, EVID only
//   for one whose events tell what stands behind their terms, QHED only for one that recorded each query head

import { InputError } from "../lib/errors";
import { createColumnReader, createColumnWriter } from "./byteColumns";
import { isCompared, letGoCount } from "./loyalty";
import { cacheSeenByStep } from "./replay";
import { readEvent, writeEvent } from "./runFileEvents";
import { hasEvidence, readEvidence, writeEvidence } from "./runFileEvidence";
import { hasHeadRows, readHeadRows, writeHeadRows } from "./runFileHeadRows";
import { readLoyalty, writeLoyalty } from "./runFileLoyalty";
import type { RunFileHead } from "./runFileHead";
import { parseRunFileHead, runFileHead, toTraceHeader } from "./runFileHead";
import { packSections, unpackSections } from "./runFileSections";
import { distinctTexts, readSteps, writeSteps } from "./runFileSteps";
import type { EvictionEvent, StepRecord, Trace } from "./trace";
import { createTraceBuilder } from "./traceBuilder";

/** Positions × heads of a run: what replay keeps a number for. */
const LARGEST_REPLAY_CELLS = 1 << 26;

/** The bytes of a run file. Throws InputError for a run too long to be stored. */
export function encodeRunFile(trace: Trace): Promise<Uint8Array> {
  const texts = distinctTexts(trace);
  const { model, promptTokens } = trace.header;
  const shape = {
    headCount: model.layerCount * model.kvHeadCount,
    promptCount: promptTokens.length,
  };
  const steps = createColumnWriter();
  writeSteps(steps, trace, texts);
  const events = createColumnWriter();
  for (const event of trace.events) writeEvent(events, event, shape);
  const head = new TextEncoder().encode(JSON.stringify(runFileHead(trace, texts)));
  const loyalty = createColumnWriter();
  if (isCompared(trace)) writeLoyalty(loyalty, trace.steps, shape.headCount);
  const evidence = createColumnWriter();
  if (hasEvidence(trace)) writeEvidence(evidence, trace.events, shape.headCount);
  const headRows = createColumnWriter();
  if (hasHeadRows(trace)) writeHeadRows(headRows, trace.steps, model);
  return packSections({
    head,
    steps: steps.bytes(),
    events: events.bytes(),
    loyalty: isCompared(trace) ? loyalty.bytes() : null,
    evidence: hasEvidence(trace) ? evidence.bytes() : null,
    headRows: hasHeadRows(trace) ? headRows.bytes() : null,
  });
}

/** The trace in a run file; anything that is not exactly one gets an InputError that names the file. */
export async function decodeRunFile(bytes: Uint8Array, fileName: string): Promise<Trace> {
  const sections = await unpackSections(bytes, fileName);
  const head = parseRunFileHead(sections.head, `${fileName}, head`);
  const { promptCount, stepCount, texts } = head;
  const { layerCount, kvHeadCount, vocabularySize } = head.header.model;
  const headCount = layerCount * kvHeadCount;
  if (headCount * (promptCount + stepCount) > LARGEST_REPLAY_CELLS) {
    throw new InputError(
      `${fileName} declares ${promptCount + stepCount} positions in ${headCount} heads, more than this page can replay.`,
    );
  }

  const inSteps = `${fileName}, steps`;
  const stepReader = createColumnReader(sections.steps, inSteps);
  const {
    promptTokens,
    promptTexts,
    steps: plainSteps,
  } = readSteps(stepReader, {
    promptCount,
    stepCount,
    headCount,
    vocabularySize,
    texts,
    what: inSteps,
  });
  stepReader.finish();

  const inEvents = `${fileName}, events`;
  const eventReader = createColumnReader(sections.events, inEvents);
  const plainEvents = head.events.map((entry) => readEvent(eventReader, entry, { headCount, promptCount }, inEvents));
  eventReader.finish();

  const comparedSteps =
    sections.loyalty === null ? plainSteps : withLoyalty(plainSteps, sections.loyalty, head, fileName);
  const steps =
    sections.headRows === null ? comparedSteps : withHeadRows(comparedSteps, sections.headRows, head, fileName);
  const events =
    sections.evidence === null ? plainEvents : withEvidence(plainEvents, sections.evidence, head, fileName);
  const header = toTraceHeader(head, promptTokens, promptTexts);
  return rebuild({ header, steps, events, end: head.end }, fileName);
}

function withLoyalty(
  steps: readonly StepRecord[],
  section: Uint8Array,
  { header: { model } }: RunFileHead,
  fileName: string,
): StepRecord[] {
  const what = `${fileName}, loyalty`;
  const reader = createColumnReader(section, what);
  const headCount = model.layerCount * model.kvHeadCount;
  const { vocabularySize } = model;
  const records = readLoyalty(reader, { stepCount: steps.length, headCount, vocabularySize, what });
  reader.finish();
  return steps.map((step, place) => ({ ...step, loyalty: records[place] }));
}

function withHeadRows(
  steps: readonly StepRecord[],
  section: Uint8Array,
  { header: { model } }: RunFileHead,
  fileName: string,
): StepRecord[] {
  const what = `${fileName}, query heads`;
  const reader = createColumnReader(section, what);
  const rows = readHeadRows(reader, steps, model, what);
  reader.finish();
  return steps.map((step, place) => ({ ...step, ...rows[place] }));
}

function withEvidence(
  events: readonly EvictionEvent[],
  section: Uint8Array,
  { header: { model } }: RunFileHead,
  fileName: string,
): EvictionEvent[] {
  const what = `${fileName}, evidence`;
  const reader = createColumnReader(section, what);
  const evidence = readEvidence(reader, events, model, what);
  reader.finish();
  return events.map((event, place) => ({ ...event, ...evidence[place] }));
}

/** Puts the trace together as a live run does, which refuses what could not have happened. */
function rebuild(found: Trace, fileName: string): Trace {
  const builder = createTraceBuilder(found.header);
  const refuse = (reason: string) => new InputError(`${fileName} contradicts itself: ${reason}`);
  let eventIndex = 0;
  for (const step of found.steps) {
    const event = found.events[eventIndex]?.step === step.step ? found.events[eventIndex++] : null;
    const objection = builder.objectionTo(step, event);
    if (objection !== null) throw refuse(objection);
    builder.append(step, event);
    const regretCount = step.loyalty?.regret.length ?? 0;
    if (step.loyalty !== undefined && regretCount !== letGoCount(builder.trace, step.step)) {
      throw refuse(`step ${step.step} has a regret for ${regretCount} positions, others were let go`);
    }
    if (event !== null && !isReplayed(builder.trace, event)) {
      throw refuse(`event ${event.event} starts from positions that are not in the cache`);
    }
  }
  if (eventIndex < found.events.length) {
    throw refuse(`event ${found.events[eventIndex].event} falls on no step or out of order`);
  }
  if (found.end !== null) builder.finish(found.end);
  return builder.trace;
}

function isReplayed(trace: Trace, event: EvictionEvent): boolean {
  const { positions } = cacheSeenByStep(trace, event.step);
  return positions.every((position, place) => position === event.positionsBefore[place]);
}
