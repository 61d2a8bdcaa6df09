// The traces of a live stream while they grow, one per lane, and the view brought up to them frame by frame.
import type { EngineEvent, StreamRequest } from "../../engine/protocol";
import { patchesOf } from "../../problems/stream/streamProblem";
import { judgeAnswer } from "../../problems/stream/watch";
import type { StreamPlace } from "../../settings/streamLink";
import { checkStreamProof, parseStreamProof, type StreamVerdict } from "../../trace/stream/streamProof";
import {
  createStreamTraceBuilder,
  type StreamAnswer,
  type StreamEnd,
  type StreamHeader,
  type StreamTrace,
  type StreamTraceBuilder,
} from "../../trace/stream/streamTrace";
import type { MemorySummary } from "../../trace/trace";
import { expectedAnswer } from "./streamRecipe";
import type { StreamsState } from "./streamState";

export interface LiveStreamTraces {
  /** Replaces the stream before. `promisedProofs`: of the link that it came from. [lane] */
  readonly start: (request: StreamRequest, promisedProofs: readonly string[]) => void;
  /** What is watched; null before the first stream, and after `leave`. */
  readonly request: () => StreamRequest | null;
  /** Frames that the camera has shown; the page may be a frame behind. */
  readonly arrived: () => number;
  /** True once every lane has begun. */
  readonly begin: (lane: number, header: StreamHeader) => boolean;
  readonly append: (event: Extract<EngineEvent, { type: "watched" }>) => void;
  readonly changeMemory: (lane: number, memory: MemorySummary) => void;
  readonly finish: (end: StreamEnd) => void;
  /** Whether each lane agrees with what the link promised of it; nothing where another link has been opened since. */
  readonly checkPromised: () => void;
  /** The moment of a link, until the stream has come that far. */
  readonly waitFor: (place: StreamPlace | null) => void;
  /** Brings the page up to the traces as they have grown. */
  readonly show: () => void;
  /** The same before the next frame: frames may come faster than the screen draws. */
  readonly showSoon: () => void;
  /** Something else is shown instead. */
  readonly leave: () => void;
}

interface LiveStreamSurroundings {
  readonly set: (change: Partial<StreamsState>) => void;
  readonly get: () => StreamsState;
  readonly beforeNextFrame: (show: () => void) => void;
}

export function createLiveStreamTraces({ set, get, beforeNextFrame }: LiveStreamSurroundings): LiveStreamTraces {
  let builders: StreamTraceBuilder[] = []; // [lane]
  let request: StreamRequest | null = null;
  let promised: readonly string[] = [];
  let arrived = 0;
  let isFrameDue = false;
  let wantedPlace: StreamPlace | null = null;

  /** Once every lane has begun. */
  const traces = (): readonly StreamTrace[] | null =>
    request !== null && builders.length === request.lanes.length ? builders.map(({ trace }) => trace) : null;

  const show = (): void => {
    isFrameDue = false;
    const lanes = traces();
    if (lanes === null) return;
    const isFirst = get().lanes[0] !== lanes[0];
    const { view } = get();
    const isFollowing = isFirst || view.isFollowing;
    const stageLane = Math.min(view.stageLane, lanes.length - 1);
    set({
      ...{ lanes, version: get().version + 1, origin: "live", arrived },
      view: {
        ...{ ...view, isFollowing, stageLane },
        ...(isFirst && { isPlaying: false, frame: null, look: null, head: headWithin(view.head, lanes[0]) }),
        ...(isFollowing && { seen: arrived }),
      },
    });
    goToWanted(lanes);
  };

  const goToWanted = (lanes: readonly StreamTrace[]): void => {
    if (wantedPlace === null || (arrived <= wantedPlace.seen && lanes[0].end === null)) return;
    const { seen, lane, head } = wantedPlace;
    wantedPlace = null;
    set({
      view: {
        ...{ ...get().view, isFollowing: false, seen: Math.min(seen, arrived) },
        ...{ stageLane: Math.min(lane, lanes.length - 1), head: headWithin(head, lanes[0]) },
      },
    });
  };

  /** What a visitor typed is judged by the frames seen. */
  const judged = (answer: StreamAnswer): StreamAnswer => {
    const { asked, words } = answer;
    if (asked.type !== null || asked.answer !== null || request === null) return answer;
    const expected = expectedAnswer(request.frames.map(patchesOf), asked.moment, asked.question);
    if (expected === null) return answer;
    const { isRight } = judgeAnswer(expected, words);
    return { ...answer, asked: { ...asked, answer: expected }, isRight };
  };

  return {
    start(asked, promisedProofs) {
      request = asked;
      promised = promisedProofs;
      builders = [];
      arrived = 0;
    },
    request: () => request,
    arrived: () => arrived,
    begin(lane, header) {
      builders[lane] = createStreamTraceBuilder(header);
      return traces() !== null;
    },
    append({ blocks, answers, framesShown }) {
      blocks.forEach((closed, lane) => {
        if (closed !== null) builders[lane].appendBlock(closed.block, closed.compression);
      });
      answers.forEach((answer, lane) => builders[lane].appendAnswer(judged(answer)));
      arrived = framesShown;
    },
    changeMemory: (lane, memory) => builders.at(lane)?.changeMemory(memory),
    finish(end) {
      for (const builder of builders) builder.finish(end);
    },
    checkPromised() {
      const { promisedProofs } = get();
      if (promisedProofs.join() !== promised.join()) return;
      const verdicts = (traces() ?? []).map((trace, lane) => verdictOn(promisedProofs.at(lane) ?? "", trace));
      if (verdicts.some((verdict) => verdict !== null)) set({ verdicts });
    },
    waitFor(place) {
      wantedPlace = place;
    },
    show,
    showSoon() {
      if (isFrameDue) return;
      isFrameDue = true;
      beforeNextFrame(show);
    },
    leave() {
      request = null;
      builders = [];
    },
  };
}

/** Null where nothing was promised. */
function verdictOn(promised: string, trace: StreamTrace): StreamVerdict | null {
  const proof = parseStreamProof(promised);
  if (proof !== null) return checkStreamProof(proof, trace);
  return promised === "" ? null : { type: "incomplete", reason: "damagedProof" };
}

function headWithin(head: number | null, { header }: StreamTrace): number | null {
  const { layerCount, kvHeadCount } = header.model;
  return head !== null && head < layerCount * kvHeadCount ? head : null;
}
