// What happens in a stream of frames after so many of them, in plain words, from the trace alone. The sentences stand in
// words/en/watchStream.ts. Pure.
import { questionRows, rightCounts } from "../../panels/streamQuestions/questionRows";
import { streamPolicies } from "../../policy/streamChoices";
import { readQuestion } from "../../problems/stream/questionForms";
import { fullSlotsAfter, slotsOverFrames } from "../../trace/stream/streamReplay";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { streamCaptionWords as words } from "../../words/en/watchStream";
import type { Caption } from "./captions";

/** So many frames an answer is told while the clock runs; one can read it in that time. */
const ANSWER_FRAMES = 12;

interface StreamMoment {
  readonly trace: StreamTrace;
  readonly seen: number;
  /** Frames pass faster than one can read. */
  readonly isMoving: boolean;
}

export function streamCaption(moment: StreamMoment): Caption {
  const { trace, seen, isMoving } = moment;
  const frameCount = trace.header.frames.length;
  const asked = toldAnswer(moment);
  if (asked !== null) return { ...asked.texts, about: asked.isWrong ? "mistake" : "decision" };
  if (trace.end === "whole" && seen === frameCount && !isMoving) return { ...endTexts(trace), about: "end" };
  const { recipe, slotCapacity } = trace.header;
  const { capFrames } = recipe.choices;
  const last = trace.compressions.findLast(({ framesSeen }) => framesSeen <= seen);
  if (last !== undefined) {
    const block = trace.blocks.find(({ framesSeen }) => framesSeen === last.framesSeen);
    const { arrivedSlots = 0, lengthSlots = 0, arrivedFrames = 1 } = block ?? {};
    const { policyId } = recipe;
    const going = { used: arrivedSlots, gone: arrivedSlots - lengthSlots, blockFrames: arrivedFrames };
    return { ...words.full({ policyId, label: streamPolicies[policyId].label, ...going }), about: "decision" };
  }
  const isBegun = seen > ANSWER_FRAMES && capFrames === null;
  const texts = isBegun
    ? words.grows({ used: fullSlotsAfter(trace, seen) })
    : words.start({ frameCount, capFrames, capSlots: slotCapacity });
  return { ...texts, about: "word" };
}

/** The newest answer, for a while; standing still, only at its own moment. */
function toldAnswer({ trace, seen, isMoving }: StreamMoment) {
  const isTold = (moment: number): boolean =>
    isMoving ? moment <= seen && seen - moment < ANSWER_FRAMES : moment === seen && seen < trace.header.frames.length;
  const row = questionRows([trace], seen).findLast(({ moment, answers }) => isTold(moment) && answers[0] !== null);
  const answer = row?.answers[0] ?? null;
  if (row === undefined || answer === null) return null;
  const { given, isRight } = answer;
  const texts = words.asked({ moment: row.moment, question: readQuestion(row.question), given, isRight });
  return { texts, isWrong: isRight === false };
}

function endTexts(trace: StreamTrace) {
  const frameCount = trace.header.frames.length;
  const [count] = rightCounts(questionRows([trace], frameCount), 1);
  const { peakSlots, capSlots } = slotsOverFrames(trace);
  return words.end({
    ...{ frameCount, peakSlots, fullSlots: fullSlotsAfter(trace, frameCount), isEvicting: capSlots !== null },
    ...count,
  });
}
