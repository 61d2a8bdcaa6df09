// What a lesson can check of a stream on its stage: figures of a lane, and of what the reader looks at. Null where the stream does not say.
import { questionRows } from "../../panels/streamQuestions/questionRows";
import type { StreamFacts } from "../../state/streams/streamsDoor";
import { slotsOverFrames } from "../../trace/stream/streamReplay";
import type { StreamTrace } from "../../trace/stream/streamTrace";

type StreamFigureValue = number | string | null;

export interface StreamFigurePlace {
  readonly lane?: number | undefined;
  /** Of `streamAnswer`: the question's number, "1" for the first. */
  readonly name?: string | undefined;
}

interface Place {
  readonly facts: StreamFacts;
  readonly trace: StreamTrace;
  readonly lane: number;
  readonly name: string;
}

type StreamFigure = (place: Place) => StreamFigureValue;

export const streamFigures = {
  /** Frames seen: the clock. */
  streamSeen: ({ facts }) => facts.view.seen,
  /** Frame in the picture, from 1; the newest seen if none was chosen. */
  streamFrame: ({ facts }) => (facts.view.seen === 0 ? null : (facts.view.frame ?? facts.view.seen - 1) + 1),
  /** Slots in use in every head after the frames seen. */
  streamSlots: ({ facts, trace }) =>
    slotsOverFrames(trace).points.findLast(({ framesSeen }) => framesSeen <= facts.view.seen)?.lengthSlots ?? null,
  /** The most slots in use at any time of a stream that was watched to its end. */
  streamPeak: ({ trace }) => (trace.end === "whole" ? slotsOverFrames(trace).peakSlots : null),
  /** |M| in slots. */
  streamCap: ({ trace }) => slotsOverFrames(trace).capSlots,
  /** Whether the lane's answer to a question is right; null until the stream has ended. */
  streamAnswer: ({ facts, lane, name }) => {
    const answer = answersOf(facts).find(({ number }) => String(number) === name)?.answers[lane] ?? null;
    return answer === null || answer.isRight === null ? null : answer.isRight ? "right" : "wrong";
  },
  /** How many of the lane's answers are right, once the stream has ended. */
  streamRight: ({ facts, lane, trace }) =>
    trace.end === "whole" ? answersOf(facts).filter(({ answers }) => answers[lane]?.isRight === true).length : null,
} as const satisfies Readonly<Record<string, StreamFigure>>;

export type StreamFigureName = keyof typeof streamFigures;

export function isStreamFigure(name: string): name is StreamFigureName {
  return Object.hasOwn(streamFigures, name);
}

export function streamFigureValue(
  figure: StreamFigureName,
  wanted: StreamFigurePlace,
  facts: StreamFacts | null,
): StreamFigureValue {
  // Until it starts, what was on screen before is still there.
  if (facts === null || facts.status === "loading") return null;
  const lane = wanted.lane ?? facts.view.stageLane;
  const trace = facts.lanes.at(lane);
  return trace === undefined ? null : streamFigures[figure]({ facts, trace, lane, name: wanted.name ?? "" });
}

function answersOf({ lanes }: StreamFacts) {
  return lanes.every(({ end }) => end === "whole") ? questionRows(lanes, lanes[0].header.frames.length) : [];
}
