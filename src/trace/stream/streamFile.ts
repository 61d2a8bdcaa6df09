// The run file of a stream holds one lane: encodeStreamFile and decodeStreamFile are exact inverses. Layout: docs/run-file.md.
//
//   zip │ stream.json │ frames/words │ blocks/… │ compressions/… │ answers/…     one entry per column
//
// Positions are not stored: what a head held before a compression follows from the compressions before it.

import * as v from "valibot";
import {
  headRow,
  headRows,
  joinRows,
  newRows,
  offsetsOf,
  rowCount,
  rowLengths,
  type HeadRows,
} from "../../cache/headRows";
import { InputError } from "../../lib/errors";
import { createColumnReader, createColumnWriter, type ColumnReader } from "../file/columns";
import { columnList, machineEntries, parseHead, STREAM_HEAD } from "../file/runFileHead";
import { packZip, unpackZip } from "../file/zip";
import { streamPolicyIds } from "../../policy/streamChoices";
import { heldAfter, heldBefore } from "./streamReplay";
import {
  createStreamTraceBuilder,
  type StreamAnswer,
  type StreamBlock,
  type StreamCompression,
  type StreamHeader,
  type StreamTrace,
} from "./streamTrace";

const STREAM_FILE_VERSION = 1;
/** Tokens of a stream × heads: what replay keeps a number for. */
const LARGEST_REPLAY_CELLS = 1 << 26;

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1 << 20));
const positive = v.pipe(count, v.minValue(1));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const text = v.pipe(v.string(), v.maxLength(400));
const question = v.object({ type: v.nullable(text), moment: count, question: text, answer: v.nullable(text) });
const ms = v.pipe(v.number(), v.minValue(0));

const headSchema = v.object({
  version: v.literal(STREAM_FILE_VERSION),
  header: v.object({
    version: v.literal(1),
    ...machineEntries,
    recipe: v.object({
      streamId: text,
      policyId: v.picklist(streamPolicyIds),
      choices: v.object({
        rule: v.picklist([
          ...(["tarVan", "vanRecent", "slidingWindow", "uniformTokens", "uniformFrames"] as const),
          ...(["uniformKnownLength", "random", "changedPatches", "rarePatches", "questionAttention"] as const),
        ]),
        ...{ capFrames: v.nullable(positive), keepFrames: positive, blockFrames: positive, frameTokens: positive },
        ...{ temporalShare: share, recentShare: share, isReversed: v.boolean(), isRenumbered: v.boolean() },
        temporalKeys: v.picklist(["beforeRope", "afterRope"]),
        patchOf: v.picklist(["token", "slot"]),
        poolingWidths: v.nullable(v.pipe(v.array(positive), v.maxLength(1000))),
        seed: v.pipe(v.number(), v.integer()),
      }),
      knownQuestion: v.nullable(text),
      questions: v.pipe(v.array(question), v.maxLength(1000)),
    }),
    systemTokens: v.pipe(v.array(count), v.maxLength(1000)),
    slotCapacity: positive,
  }),
  frameCount: count,
  blockCount: count,
  compressionCount: count,
  /** Of "snapkv". */
  hasQuestionAttention: v.boolean(),
  answers: v.pipe(
    v.array(v.object({ asked: question, isRight: v.nullable(v.boolean()), peakSlots: count, askedMs: ms })),
    v.maxLength(10_000),
  ),
  end: v.nullable(v.picklist(["whole", "stopped", "failed"])),
  /** Every word that occurs, once; columns hold places in this list. */
  texts: v.pipe(v.array(v.string()), v.maxLength(1 << 16)),
  columns: columnList,
});
type Head = v.InferOutput<typeof headSchema>;

const blockCounts = ["framesSeen", "arrivedFrames", "arrivedSlots", "lengthSlots", "peakSlots"] as const;
const blockTimes = ["computeMs", "compressMs"] as const;
const scoreNames = ["temporal", "valueNorms", "questionAttention"] as const;

/** The bytes of a run file. Throws InputError for a stream too long to be stored. */
export function encodeStreamFile(trace: StreamTrace): Promise<Uint8Array> {
  const { header, blocks, compressions, answers, end } = trace;
  const { frames, systemTokens, ...rest } = header;
  const words = [...frames.flat(), ...answers.flatMap((answer) => answer.words)];
  const texts = [...new Set(words)];
  const placeOf = new Map(texts.map((word, place) => [word, place]));
  const places = (of: readonly string[]): number[] => of.map((word) => placeOf.get(word) ?? 0);
  const columns = createColumnWriter();
  columns.put("frames/words", "int32", [places(frames.flat())]);
  for (const name of blockCounts) columns.put(`blocks/${name}`, "int32", [blocks.map((block) => block[name])]);
  for (const name of blockTimes) columns.put(`blocks/${name}`, "float64", [blocks.map((block) => block[name])]);
  columns.put("compressions/framesSeen", "int32", [compressions.map(({ framesSeen }) => framesSeen)]);
  columns.put(
    "compressions/isKept",
    "uint8",
    compressions.map((compression) => keptMarks(trace, compression)),
  );
  for (const name of scoreNames) {
    const rows = compressions.flatMap((compression) => compression[name] ?? []);
    if (name !== "questionAttention" || rows.length > 0) {
      columns.put(
        `compressions/${name}`,
        "float32",
        rows.map(({ values }) => values),
      );
    }
  }
  columns.put("answers/tokenCounts", "int32", [answers.map(({ tokens }) => tokens.length)]);
  columns.put(
    "answers/tokens",
    "int32",
    answers.map(({ tokens }) => tokens),
  );
  columns.put(
    "answers/words",
    "int32",
    answers.map((answer) => places(answer.words)),
  );
  columns.put(
    "answers/logProbabilities",
    "float32",
    answers.map(({ logProbabilities }) => logProbabilities),
  );
  columns.put("answers/hasAttention", "uint8", [answers.map(({ attention }) => (attention.values.length > 0 ? 1 : 0))]);
  columns.put(
    "answers/attention",
    "float32",
    answers.map(({ attention }) => attention.values),
  );
  const head: Head = {
    version: STREAM_FILE_VERSION,
    header: { ...(rest as unknown as Head["header"]), systemTokens: [...systemTokens] },
    frameCount: frames.length,
    ...{ blockCount: blocks.length, compressionCount: compressions.length },
    hasQuestionAttention: compressions.some(({ questionAttention }) => questionAttention !== undefined),
    answers: answers.map(({ asked, isRight, peakSlots, askedMs }) => ({ asked, isRight, peakSlots, askedMs })),
    ...{ end, texts, columns: [...columns.facts] },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(head));
  return packZip([{ name: STREAM_HEAD, bytes }, ...columns.entries]);
}

/** 1 for each slot before a compression that stays, head by head. */
function keptMarks(trace: StreamTrace, compression: StreamCompression): Uint8Array {
  const before = heldBefore(trace, compression);
  const marks = newRows(before.offsets, Uint8Array);
  for (let head = 0; head < rowCount(before); head++) {
    const kept = new Set(headRow(compression.kept, head));
    headRow(before, head).forEach((position, slot) => (headRow(marks, head)[slot] = kept.has(position) ? 1 : 0));
  }
  return marks.values;
}

/** The trace in a run file; anything that is not exactly one gets an InputError that names the file. */
export async function decodeStreamFile(bytes: Uint8Array, fileName: string): Promise<StreamTrace> {
  const contents = new Map(await unpackZip(bytes, fileName));
  const headBytes = contents.get(STREAM_HEAD);
  if (headBytes === undefined) throw new InputError(`${fileName} holds no stream; choose a file that Winnow saved.`);
  contents.delete(STREAM_HEAD);
  const what = `${fileName}, ${STREAM_HEAD}`;
  const head = parseHead(headBytes, { schema: headSchema, version: STREAM_FILE_VERSION, what });
  const columns = createColumnReader(head.columns, contents, fileName);
  const wordOf = wordReader(head.texts, fileName);
  const { frameTokens } = head.header.recipe.choices;
  const { layerCount, kvHeadCount } = head.header.model;
  if (head.frameCount * frameTokens * layerCount * kvHeadCount > LARGEST_REPLAY_CELLS) {
    throw new InputError(`${fileName} declares a stream that is longer than this page can replay.`);
  }
  const words = Array.from(columns.take("frames/words", "int32", head.frameCount * frameTokens), wordOf);
  const frames = Array.from({ length: head.frameCount }, (_, at) =>
    words.slice(at * frameTokens, (at + 1) * frameTokens),
  );
  const header: StreamHeader = {
    ...(head.header as unknown as StreamHeader),
    ...{ systemTokens: Int32Array.from(head.header.systemTokens), frames },
  };
  const builder = createStreamTraceBuilder(header);
  const compressions = readCompressions(columns, { head, trace: builder.trace, fileName });
  for (const block of readBlocks(columns, head, fileName)) {
    const compression = compressions.next(block.framesSeen);
    builder.appendBlock(block, compression);
  }
  compressions.finish();
  for (const answer of readAnswers(columns, { head, trace: builder.trace, fileName }, wordOf))
    builder.appendAnswer(answer);
  columns.finish();
  if (head.end !== null) builder.finish(head.end);
  return builder.trace;
}

function wordReader(texts: readonly string[], fileName: string): (place: number) => string {
  return (place) => {
    const word = texts.at(place);
    if (word === undefined || place < 0) throw new InputError(`${fileName}: there is no text ${place}`);
    return word;
  };
}

function readBlocks(columns: ColumnReader, { blockCount, frameCount }: Head, fileName: string): StreamBlock[] {
  const counts = blockCounts.map((name) => columns.take(`blocks/${name}`, "int32", blockCount));
  const times = blockTimes.map((name) => columns.take(`blocks/${name}`, "float64", blockCount));
  let seen = 0;
  return Array.from({ length: blockCount }, (_, at): StreamBlock => {
    const read = [...blockCounts, ...blockTimes].map((name, place) => [
      name,
      place < counts.length ? counts[place][at] : times[place - counts.length][at],
    ]);
    const block = Object.fromEntries(read) as unknown as StreamBlock;
    seen += block.arrivedFrames;
    if (block.arrivedFrames < 1 || block.framesSeen !== seen || seen > frameCount) {
      throw new InputError(`${fileName} contradicts itself: block ${at} ends with frame ${block.framesSeen}`);
    }
    return block;
  });
}

interface ReadParts {
  readonly head: Head;
  /** As far as it has been read. */
  readonly trace: StreamTrace;
  readonly fileName: string;
}

/** Compressions one by one: how long their rows are follows from those before. */
function readCompressions(columns: ColumnReader, { head, trace, fileName }: ReadParts) {
  const { compressionCount } = head;
  const systemSlots = head.header.systemTokens.length;
  const framesSeen = columns.take("compressions/framesSeen", "int32", compressionCount);
  const countOf = (name: string): number => head.columns.find((column) => column.name === name)?.count ?? 0;
  const isKept = columns.take("compressions/isKept", "uint8", countOf("compressions/isKept"));
  const names = scoreNames.filter((name) => name !== "questionAttention" || head.hasQuestionAttention);
  const scores = names.map((name) => columns.take(`compressions/${name}`, "float32", countOf(`compressions/${name}`)));
  let [at, slotAt, scoreAt] = [0, 0, 0];
  const wrong = (why: string): InputError => new InputError(`${fileName} contradicts itself: ${why}`);
  return {
    /** That of a block, if it has one. */
    next(seen: number): StreamCompression | null {
      if (framesSeen[at] !== seen) return null;
      at++;
      const bare = { framesSeen: seen } as StreamCompression;
      const before = heldBefore(trace, bare);
      const kept = Array.from({ length: rowCount(before) }, (_, kvHead) => {
        const positions = headRow(before, kvHead);
        const marks = isKept.subarray(slotAt, slotAt + positions.length);
        slotAt += positions.length;
        return positions.filter((_position, slot) => marks[slot] === 1);
      });
      const lengths = rowLengths(before).map((length) => length - systemSlots);
      const offsets = offsetsOf(lengths);
      const end = scoreAt + offsets[offsets.length - 1];
      if (slotAt > isKept.length || scores.some((values) => end > values.length))
        throw wrong("a compression breaks off");
      const rows = (values: Float32Array): HeadRows<Float32Array> => headRows(values.slice(scoreAt, end), offsets);
      const [temporal, valueNorms, questionAttention] = scores.map(rows);
      scoreAt = end;
      const read = { framesSeen: seen, kept: joinRows(kept, Int32Array), temporal, valueNorms };
      return questionAttention === undefined ? read : { ...read, questionAttention };
    },
    finish(): void {
      const isWhole = at === compressionCount && slotAt === isKept.length;
      if (!isWhole || scores.some((values) => values.length !== scoreAt)) throw wrong("a compression has no block");
    },
  };
}

function readAnswers(
  columns: ColumnReader,
  { head, trace, fileName }: ReadParts,
  wordOf: (place: number) => string,
): StreamAnswer[] {
  const unseen = head.answers.find(({ asked }) => asked.moment > head.frameCount);
  if (unseen !== undefined) {
    throw new InputError(`${fileName} contradicts itself: a question is asked after frame ${unseen.asked.moment}`);
  }
  const tokenCounts = [...columns.take("answers/tokenCounts", "int32", head.answers.length)];
  if (tokenCounts.some((own) => own < 0)) throw new InputError(`${fileName}: an answer has fewer tokens than none`);
  const tokens = columns.takeParts("answers/tokens", "int32", tokenCounts);
  const words = columns.takeParts("answers/words", "int32", tokenCounts);
  const logProbabilities = columns.takeParts("answers/logProbabilities", "float32", tokenCounts);
  const hasAttention = columns.take("answers/hasAttention", "uint8", head.answers.length);
  const held = head.answers.map(({ asked }) => heldAfter(trace, asked.moment));
  const lengths = held.map(({ values }, at) => (hasAttention[at] === 1 ? values.length : 0));
  const attention = columns.takeParts("answers/attention", "float32", lengths);
  return head.answers.map((answer, at) => {
    const { offsets } = held[at];
    return {
      ...answer,
      ...{ tokens: tokens[at], words: Array.from(words[at], wordOf), logProbabilities: logProbabilities[at] },
      attention: headRows(attention[at], hasAttention[at] === 1 ? offsets : new Int32Array(offsets.length)),
    };
  });
}

/** For a file of this lane: winnow-stream-128x3-1-tar-van-M8. */
export function streamFileStem({ header }: Pick<StreamTrace, "header">): string {
  const { streamId, policyId, choices } = header.recipe;
  const cap = choices.capFrames === null ? "" : `-M${choices.capFrames}`;
  return `winnow-${streamId}-${policyId.replaceAll("+", "-")}${cap}`;
}
