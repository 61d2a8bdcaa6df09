// A run file holds one trace: encodeRunFile and decodeRunFile are exact inverses. Layout: docs/run-file.md.
//
//   zip │ head.json │ prompt/… │ steps/… │ loyalty/… │ events/…     one entry per column

import { headCountOf } from "../../cache/headRows";
import { InputError } from "../../lib/errors";
import type { Trace } from "../trace";
import { createTraceBuilder } from "../traceBuilder";
import { createColumnReader, createColumnWriter } from "./columns";
import { readEvents, replaySteps, writeEvents } from "./runFileEvents";
import { parseRunFileHead, runFileHead, STREAM_HEAD, toTraceHeader } from "./runFileHead";
import { distinctTexts, readSteps, writeSteps } from "./runFileSteps";
import { packZip, unpackZip } from "./zip";

const HEAD = "head.json";
/** How files of versions 1 to 16 begin. */
const EARLIER = "WINNOWRUN";
/** Positions × heads of a run: what replay keeps a number for. */
const LARGEST_REPLAY_CELLS = 1 << 26;

/** The bytes of a run file. Throws InputError for a run too long to be stored. */
export function encodeRunFile(trace: Trace): Promise<Uint8Array> {
  const texts = distinctTexts(trace);
  const columns = createColumnWriter();
  writeSteps(columns, trace, texts);
  writeEvents(columns, trace);
  const head = new TextEncoder().encode(JSON.stringify(runFileHead(trace, texts, columns.facts)));
  return packZip([{ name: HEAD, bytes: head }, ...columns.entries]);
}

/** The trace in a run file; anything that is not exactly one gets an InputError that names the file. */
export async function decodeRunFile(bytes: Uint8Array, fileName: string): Promise<Trace> {
  checkBeginning(bytes, fileName);
  const contents = new Map(await unpackZip(bytes, fileName));
  if (contents.has(STREAM_HEAD)) {
    throw new InputError(`${fileName} holds a stream of frames, not a run of text; open it on Winnow’s own page.`);
  }
  const headBytes = contents.get(HEAD);
  if (headBytes === undefined)
    throw new InputError(`${fileName} is a zip without ${HEAD}; choose a file that Winnow saved.`);
  contents.delete(HEAD);
  const head = parseRunFileHead(headBytes, `${fileName}, ${HEAD}`);
  const { promptCount, stepCount, texts } = head;
  const { model } = head.header;
  const headCount = headCountOf(model);
  if (headCount * (promptCount + stepCount) > LARGEST_REPLAY_CELLS) {
    throw new InputError(
      `${fileName} declares ${promptCount + stepCount} positions in ${headCount} heads, more than this page can replay.`,
    );
  }
  const columns = createColumnReader(head.columns, contents, fileName);
  const bare = toTraceHeader(head, new Int32Array(promptCount), []);
  const events = readEvents(columns, head, bare, fileName);
  const { promptTokens, promptTexts, steps } = readSteps(columns, {
    promptCount,
    stepCount,
    model,
    texts,
    replay: () => replaySteps(events, bare, stepCount),
    fileName,
  });
  columns.finish();
  return rebuild({ header: { ...bare, promptTokens, promptTexts }, steps, events, end: head.end }, fileName);
}

function checkBeginning(bytes: Uint8Array, fileName: string): void {
  const beginning = new TextDecoder("latin1").decode(bytes.subarray(0, EARLIER.length));
  if (beginning === EARLIER) {
    throw new InputError(
      `${fileName} is a run file of an earlier layout, which is no longer read; record the run again, or open its link and save it again.`,
    );
  }
  if (!beginning.startsWith("PK"))
    throw new InputError(`${fileName} is not a run of Winnow; choose a file that Winnow saved.`);
}

/** Puts the trace together as a live run does, which refuses what could not have happened. */
function rebuild(found: Trace, fileName: string): Trace {
  const builder = createTraceBuilder(found.header);
  let eventIndex = 0;
  for (const step of found.steps) {
    const event = found.events[eventIndex]?.step === step.step ? found.events[eventIndex++] : null;
    const objection = builder.objectionTo(step, event);
    if (objection !== null) throw new InputError(`${fileName} contradicts itself: ${objection}`);
    builder.append(step, event);
  }
  if (found.end !== null) builder.finish(found.end);
  return builder.trace;
}
