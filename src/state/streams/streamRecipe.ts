// From the choices about streams to what the engine watches, and back: the choices that give the streams on screen again.
import type { StreamRequest } from "../../engine/protocol";
import { InputError } from "../../lib/errors";
import { shortened } from "../../lib/shortened";
import { keptFrames, streamPolicies } from "../../policy/streamChoices";
import { markedQuestion, questionWords } from "../../problems/stream/questionForms";
import { drawQuestions } from "../../problems/stream/questions";
import {
  frameTokens,
  frameWords,
  streamById,
  systemWords,
  type FrameStream,
} from "../../problems/stream/streamProblem";
import { answerFromFrames } from "../../problems/stream/watch";
import {
  laneInForce,
  readAsked,
  sharedInForce,
  streamChoicesOf,
  streamLaneTable,
  streamTable,
  withValue,
  writeAsked,
  type StreamChosen,
  type StreamLaneSettings,
  type StreamSettings,
} from "../../settings/streamSettings";
import type { AskedQuestion, StreamHeader, StreamRecipe, StreamTrace } from "../../trace/stream/streamTrace";

/** What the frames say up to a moment. */
export function expectedAnswer(frames: FrameStream["frames"], moment: number, question: string): string | null {
  return answerFromFrames(frames.slice(0, moment), question);
}

/** Throws InputError if there is nothing to watch. */
export function streamRequest({ shared, lanes }: StreamChosen): StreamRequest {
  const settings = sharedInForce(shared);
  const stream = streamById(settings.stream);
  if (stream === null)
    throw new InputError(`There is no stream “${settings.stream}”; choose one such as stream-32x3-1.`);
  const { drawn, own } = plannedQuestions(stream, settings);
  const questions = [...drawn, ...own].sort((left, right) => left.moment - right.moment);
  // The first that was planned: one asked by hand changes nothing, even at an earlier moment.
  const first = [...drawn, ...own].at(0);
  return {
    lanes: lanes.map((lane) => {
      const inForce = laneInForce(lane);
      const choices = streamChoicesOf(inForce, frameTokens);
      if (choices.rule === "questionAttention" && first === undefined) {
        throw new InputError("SnapKV compresses by question 1: ask one question at least.");
      }
      const knownQuestion = choices.rule === "questionAttention" ? (first?.question ?? null) : null;
      return { streamId: stream.id, policyId: inForce.policyId, choices, knownQuestion, questions };
    }),
    frames: frameWords(stream.frames),
    ...{ systemWords, hasTaps: settings.hasTaps },
  };
}

/** The default stream where the one that a link names cannot be drawn, and a complaint in plain words. */
export function withKnownStream(chosen: StreamChosen): {
  readonly chosen: StreamChosen;
  readonly complaint: string | null;
} {
  const { stream: id } = sharedInForce(chosen.shared);
  try {
    if (streamById(id) !== null) return { chosen, complaint: null };
  } catch {
    // It has too many or too few of something.
  }
  const usual = streamTable.stream.default;
  return {
    chosen: { ...chosen, shared: withValue(streamTable, chosen.shared, "stream", usual) },
    complaint: `There is no stream “${shortened(id)}”: a stream has 4 to 1000 frames and 0 to 8 televisions; ${usual} is used.`,
  };
}

interface Planned {
  /** In order of their moments. */
  readonly drawn: readonly AskedQuestion[];
  /** The visitor's, in the order in which they were asked. */
  readonly own: readonly AskedQuestion[];
}

function plannedQuestions(stream: FrameStream, { questionCount, moments, asked }: StreamSettings): Planned {
  const own = (readAsked(asked) ?? []).map(({ moment: wanted, words }): AskedQuestion => {
    const moment = Math.min(wanted, stream.frames.length);
    const question = markedQuestion(words);
    return { type: null, moment, question, answer: expectedAnswer(stream.frames, moment, question) };
  });
  return { drawn: drawnQuestions(stream, questionCount, moments), own };
}

function drawnQuestions(stream: FrameStream, count: number, moments: "end" | "any"): AskedQuestion[] {
  return drawQuestions(stream, { count, moments }).map(({ type, moment, question, answer }) => ({
    ...{ type, moment, question, answer },
  }));
}

/** Choices under which the same is watched again; `before` says what the traces do not. */
export function chosenOf(traces: readonly StreamTrace[], before: StreamChosen): StreamChosen {
  const [{ header, answers }] = traces;
  const { streamId, questions } = header.recipe;
  const stream = streamById(streamId);
  const drawn = questions.filter(({ type }) => type !== null);
  const moments = stream !== null && isDrawnAs(stream, drawn, "end") ? "end" : "any";
  const byHand = [...questions, ...answers.map(({ asked }) => asked)].filter(({ type }) => type === null);
  const own = new Set(writeOwn(byHand).split("; ").filter(Boolean));
  let shared: Partial<StreamSettings> = before.shared.backend === undefined ? {} : { backend: before.shared.backend };
  const said = { stream: streamId, questionCount: drawn.length, moments, asked: [...own].join("; ") };
  for (const [id, value] of Object.entries(said)) shared = withValue(streamTable, shared, id, value);
  return { shared, lanes: traces.map(({ header: of }) => laneOf(of)) };
}

function writeOwn(questions: readonly AskedQuestion[]): string {
  return writeAsked(questions.map(({ moment, question }) => ({ moment, words: questionWords(question) })));
}

function isDrawnAs(stream: FrameStream, drawn: readonly AskedQuestion[], moments: "end" | "any"): boolean {
  return JSON.stringify(drawnQuestions(stream, drawn.length, moments)) === JSON.stringify(drawn);
}

function laneOf({ recipe }: StreamHeader): Partial<StreamLaneSettings> {
  const { policyId, choices } = recipe;
  const { capFrames, keepFrames, poolingWidths } = choices;
  const ofPolicy = streamPolicies[policyId].choices;
  const said: Partial<StreamLaneSettings> = {
    policyId,
    ...(capFrames !== null && { capFrames, keepShare: shareOf(capFrames, keepFrames) }),
    ...("temporalShare" in ofPolicy ? {} : { temporalShare: choices.temporalShare }),
    recentShare: choices.recentShare,
    pooling: poolingWidths === null ? "" : poolingWidths.join("-"),
    ...{ isRenumbered: choices.isRenumbered, temporalKeys: choices.temporalKeys, patchOf: choices.patchOf },
    seed: choices.seed,
  };
  const isWidest = streamChoicesOf(laneInForce(said), choices.frameTokens).blockFrames === choices.blockFrames;
  let lane: Partial<StreamLaneSettings> = isWidest ? {} : { blockFrames: choices.blockFrames };
  for (const [id, value] of Object.entries(said)) lane = withValue(streamLaneTable, lane, id, value);
  return lane;
}

/** The share on the setting's grid that comes to so many frames; the default where it does. */
function shareOf(capFrames: number, keepFrames: number): number {
  const { default: usual, min, max, step } = streamLaneTable.keepShare;
  const steps = Math.round((max - min) / step);
  const grid = Array.from({ length: steps + 1 }, (_, at) => Number((min + at * step).toFixed(2)));
  return [usual, ...grid].find((share) => keptFrames(capFrames, share) === keepFrames) ?? usual;
}

/** Whether the streams on screen are what is chosen, to their end, and asked the same in the same order. */
export function areWatched(chosen: StreamChosen, traces: readonly StreamTrace[]): boolean {
  let request: StreamRequest;
  try {
    request = streamRequest(chosen);
  } catch {
    return false;
  }
  const { lanes } = request;
  return (
    lanes.length === traces.length &&
    lanes.every((recipe, lane) => {
      const { header, answers, end } = traces[lane];
      const asked = answers.map(({ asked: { moment, question } }) => `${moment} ${question}`);
      return (
        end === "whole" &&
        recipeText(recipe) === recipeText(header.recipe) &&
        recipe.questions.map(({ moment, question }) => `${moment} ${question}`).join() === asked.join()
      );
    })
  );
}

function recipeText({ streamId, policyId, choices }: StreamRecipe): string {
  return JSON.stringify([streamId, policyId, Object.entries(choices).sort()]);
}

/** Whether it is watched so quickly that a link may start it unasked. */
export function isCheap({ lanes, frames }: StreamRequest): boolean {
  const slots = lanes.map(
    ({ choices }) => Math.min(choices.capFrames ?? Infinity, frames.length / 2) * choices.frameTokens,
  );
  return slots.reduce((sum, one) => sum + one * frames.length, 0) <= MOST_SLOT_FRAMES;
}

/** Slots that every frame attends to, times frames: four lanes of 128 frames, one of them a full cache. */
const MOST_SLOT_FRAMES = 400_000;
