// What many watched streams come to, and the lines that say so. Questions of one stream are not independent: standard errors of
// whole columns are over streams. Of a type, which a stream asks once or twice, they are over its questions.
import { shareError, shareOf } from "../../src/experiment/results";
import type { JudgedQuestion, WatchedStream } from "./watchStream";

export interface ShareRight {
  readonly count: number;
  readonly right: number;
  readonly rightError: number;
}

export interface StreamSummary extends ShareRight {
  readonly streams: number;
  /** Null where no question is one. */
  readonly goneBeforeCap: ShareRight | null;
  readonly question1: ShareRight | null;
  readonly laterQuestions: ShareRight | null;
  readonly types: Readonly<Record<string, ShareRight>>;
  readonly peakSlots: number;
  readonly slotCapacity: number;
  readonly tokensPerSecond: number;
}

export function summariseStreams(streams: readonly WatchedStream[]): StreamSummary {
  const over = (isIn: (question: JudgedQuestion, at: number) => boolean): ShareRight | null =>
    overStreams(streams.map(({ questions }) => questions.filter(isIn)));
  const all = over(() => true) ?? { count: 0, right: 0, rightError: 0 };
  const questions = streams.flatMap((stream) => stream.questions);
  const types = [...new Set(questions.map(({ type }) => type))].sort();
  return {
    streams: streams.length,
    ...all,
    goneBeforeCap: over(({ isGone }) => isGone),
    question1: over((_, at) => at === 0),
    laterQuestions: over((_, at) => at > 0),
    types: Object.fromEntries(
      types.map((type) => {
        const own = questions.filter((question) => question.type === type);
        const right = shareOf(own.map(({ isRight }) => isRight));
        return [type, { count: own.length, right, rightError: shareError(right, own.length) }];
      }),
    ),
    peakSlots: Math.max(...streams.map(({ peakSlots }) => peakSlots)),
    slotCapacity: Math.max(...streams.map(({ slotCapacity }) => slotCapacity)),
    tokensPerSecond: (1000 * sum(streams.map(({ tokens }) => tokens))) / sum(streams.map(({ watchedMs }) => watchedMs)),
  };
}

/** Share right of all questions; its standard error from how the streams' shares lie about it, each by its questions. */
function overStreams(streams: readonly (readonly JudgedQuestion[])[]): ShareRight | null {
  const asked = streams.filter((questions) => questions.length > 0);
  if (asked.length === 0) return null;
  const count = sum(asked.map((questions) => questions.length));
  const rights = asked.map((questions) => questions.filter(({ isRight }) => isRight).length);
  const right = sum(rights) / count;
  if (asked.length === 1) return { count, right, rightError: shareError(right, count) };
  const squares = sum(asked.map((questions, at) => (rights[at] - right * questions.length) ** 2));
  const variance = (squares * asked.length) / (asked.length - 1);
  return { count, right, rightError: Math.sqrt(variance) / count };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function streamLine({ id, questions, peakSlots, compressions }: WatchedStream, idWidth: number): string {
  const letters = questions.map(({ type, isRight }) => (isRight ? type : `${type}✗`)).join(" ");
  return `${id.padEnd(idWidth)}  ${letters}  peak ${peakSlots} slots, ${compressions} compressions`;
}

export function summaryLines(summary: StreamSummary): string[] {
  const { goneBeforeCap, question1, laterQuestions, types } = summary;
  const line = (name: string, share: ShareRight | null): string[] =>
    share === null
      ? []
      : [`${name.padEnd(20)} ${share.right.toFixed(3)} ± ${share.rightError.toFixed(3)}  of ${share.count}`];
  return [
    ...line("right", summary),
    ...line("gone before the cap", goneBeforeCap),
    ...line("question 1", question1),
    ...line("later questions", laterQuestions),
    ...Object.entries(types).flatMap(([type, share]) => line(`  ${type}`, share)),
    `cache                ${summary.peakSlots} slots at the peak, room for ${summary.slotCapacity}`,
    `speed                ${summary.tokensPerSecond.toFixed(0)} tokens/s, questions included`,
  ];
}
