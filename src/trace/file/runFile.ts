// A run file holds one trace: encodeRunFile and decodeRunFile are exact inverses. Layout: docs/run-file.md.
//
//   "WINNOWRUN" version | HEAD: JSON | STEP: columns | EVNT: columns | LOYL | EVID | QHED: columns
//   each section deflated, with its own checksum; LOYL only for a run that was compared with the full cache, EVID only
//   for one whose events tell what stands behind their terms, QHED only for one that recorded each query head; events as
//   what differs from the forecasts that HEAD lists

import { InputError } from "../../lib/errors";
import { createColumnReader, createColumnWriter, type ColumnWriter } from "./byteColumns";
import { findForecasts } from "./findForecasts";
import type { Forecasts } from "./forecast";
import { isCompared, letGoCount } from "../loyalty";
import { cacheSeenByStep } from "../replay";
import { readEvent } from "./runFileEvents";
import { hasEvidence, readEvidence, writeEvidence } from "./runFileEvidence";
import { readEvidenceByEvent } from "./runFileEvidenceByEvent";
import { checkForecasts } from "./runFileForecasts";
import { hasHeadRows, readHeadRows, writeHeadRows } from "./runFileHeadRows";
import { readLoyalty, writeLoyalty } from "./runFileLoyalty";
import type { RunFileHead } from "./runFileHead";
import { parseRunFileHead, runFileHead, toTraceHeader } from "./runFileHead";
import { checkEventLengths, readScores, writeScores } from "./runFileScores";
import { packSections, unpackSections, type RunFileSections } from "./runFileSections";
import { distinctTexts, readSteps, writeSteps } from "./runFileSteps";
import type { EvictionEvent, Trace } from "../trace";
import * as flat from "./flatTrace";
import { createTraceBuilder } from "../traceBuilder";

/** Positions × heads of a run: what replay keeps a number for. */
const LARGEST_REPLAY_CELLS = 1 << 26;

/** The bytes of a run file. Throws InputError for a run too long to be stored. */
export function encodeRunFile(run: Trace): Promise<Uint8Array> {
  const trace = flat.toFlat(run);
  const texts = distinctTexts(trace);
  const { model, promptTokens } = trace.header;
  const headCount = model.layerCount * model.kvHeadCount;
  const shape = { headCount, promptCount: promptTokens.length, stepCount: trace.steps.length };
  trace.events.forEach((event) => checkEventLengths(event, shape));
  const forecasts = trace.events.length === 0 ? null : findForecasts(trace);
  const byColumn = new Map(forecasts?.map((forecast) => [forecast.column, forecast]));
  return packSections({
    head: new TextEncoder().encode(JSON.stringify(runFileHead(trace, texts, forecasts))),
    steps: written((writer) => writeSteps(writer, trace, texts)),
    events: written((writer) => forecasts && writeScores(writer, trace.events, { shape, forecasts: byColumn })),
    loyalty: isCompared(run) ? written((writer) => writeLoyalty(writer, trace.steps, headCount)) : null,
    evidence: hasEvidence(trace) ? written((writer) => writeEvidence(writer, trace.events, headCount)) : null,
    headRows: hasHeadRows(trace) ? written((writer) => writeHeadRows(writer, trace.steps, model)) : null,
    hasForecasts: forecasts !== null,
  });
}

function written(write: (writer: ColumnWriter) => void): Uint8Array {
  const writer = createColumnWriter();
  write(writer);
  return writer.bytes();
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

  const plainEvents = readEvents(sections, head, fileName);
  const comparedSteps =
    sections.loyalty === null ? plainSteps : withLoyalty(plainSteps, sections.loyalty, head, fileName);
  const steps =
    sections.headRows === null ? comparedSteps : withHeadRows(comparedSteps, sections.headRows, head, fileName);
  const events = withEvidence(plainEvents, sections, head, fileName);
  const header = toTraceHeader(head, promptTokens, promptTexts);
  return rebuild(flat.fromFlat({ header, steps, events, end: head.end }), fileName);
}

function readEvents(sections: RunFileSections, head: RunFileHead, fileName: string): flat.EvictionEvent[] {
  const what = `${fileName}, events`;
  const reader = createColumnReader(sections.events, what);
  const { layerCount, kvHeadCount } = head.header.model;
  const { promptCount, stepCount } = head;
  const shape = { headCount: layerCount * kvHeadCount, promptCount, stepCount };
  const events = sections.hasForecasts
    ? readScores(reader, head.events, { shape, forecasts: parseForecasts(head, fileName) }, what)
    : head.events.map((entry) => readEvent(reader, entry, shape, what));
  reader.finish();
  return events;
}

function parseForecasts({ forecasts, events }: RunFileHead, fileName: string): Forecasts {
  if (forecasts === undefined) throw new InputError(`${fileName}, head: forecasts should be a list, found undefined`);
  return checkForecasts(forecasts, events, `${fileName}, head`);
}

function withLoyalty(
  steps: readonly flat.StepRecord[],
  section: Uint8Array,
  { header: { model } }: RunFileHead,
  fileName: string,
): flat.StepRecord[] {
  const what = `${fileName}, loyalty`;
  const reader = createColumnReader(section, what);
  const headCount = model.layerCount * model.kvHeadCount;
  const { vocabularySize } = model;
  const records = readLoyalty(reader, { stepCount: steps.length, headCount, vocabularySize, what });
  reader.finish();
  return steps.map((step, place) => ({ ...step, loyalty: records[place] }));
}

function withHeadRows(
  steps: readonly flat.StepRecord[],
  section: Uint8Array,
  { header: { model } }: RunFileHead,
  fileName: string,
): flat.StepRecord[] {
  const what = `${fileName}, query heads`;
  const reader = createColumnReader(section, what);
  const rows = readHeadRows(reader, steps, model, what);
  reader.finish();
  return steps.map((step, place) => ({ ...step, ...rows[place] }));
}

function withEvidence(
  events: readonly flat.EvictionEvent[],
  { evidence: section, hasForecasts }: RunFileSections,
  { header: { model } }: RunFileHead,
  fileName: string,
): flat.EvictionEvent[] {
  if (section === null) return [...events];
  const what = `${fileName}, evidence`;
  const reader = createColumnReader(section, what);
  const evidence = hasForecasts
    ? readEvidence(reader, events, model, what)
    : readEvidenceByEvent(reader, events, model, what);
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
  const { values } = cacheSeenByStep(trace, event.step);
  return values.every((position, place) => position === event.positionsBefore.values[place]);
}
