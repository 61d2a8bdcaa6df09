// One stream watched under a policy: its frames arrive in blocks, its questions are asked at their moments and judged.
import { InputError } from "../../src/lib/errors";
import type { StreamChoices, StreamPolicyId } from "../../src/policy/streamChoices";
import { slotsOverFrames } from "../../src/trace/stream/streamReplay";
import type { OpenedModel } from "../openModel";
import type { AskedStream } from "./askedStreams";
import { recordStream } from "./recordStream";

export interface JudgedQuestion {
  readonly type: string;
  readonly isRight: boolean;
  /** What is needed was last seen |M| frames ago or more; false where nobody knows. */
  readonly isGone: boolean;
}

export interface WatchedStream {
  readonly id: string;
  readonly questions: readonly JudgedQuestion[];
  readonly peakSlots: number;
  readonly slotCapacity: number;
  readonly compressions: number;
  readonly tokens: number;
  readonly watchedMs: number;
}

export async function watchStream(
  opened: OpenedModel,
  { id, words, questions }: AskedStream,
  { policyId, choices }: { readonly policyId: StreamPolicyId; readonly choices: StreamChoices },
): Promise<WatchedStream> {
  const { frameTokens, capFrames } = choices;
  const frameCount = (words.length - 1) / frameTokens;
  if (!Number.isInteger(frameCount)) throw new InputError(`${id}: ${words.length} words are no whole frames`);
  const frames = Array.from({ length: frameCount }, (_, frame) =>
    words.slice(1 + frame * frameTokens, 1 + (frame + 1) * frameTokens),
  );
  const asked = questions.map(({ moment, ...question }) => ({ ...question, moment: moment ?? frameCount }));
  if (asked.length === 0) throw new InputError(`${id} has no questions: give each stream one or more`);
  const knownQuestion = choices.rule === "questionAttention" ? asked[0].question : null;
  const recipe = { streamId: id, policyId, choices, knownQuestion, questions: asked };
  const startedMs = performance.now();
  const trace = await recordStream(opened, recipe, { frames, systemWords: words.slice(0, 1), hasTaps: false });
  const watchedMs = performance.now() - startedMs;
  const judged = asked.map(({ type, moment, lastShown }, at): JudgedQuestion => {
    const isGone = capFrames !== null && lastShown !== null && lastShown >= 0 && moment - lastShown > capFrames;
    return { type, isRight: trace.answers[at].isRight === true, isGone };
  });
  return {
    ...{ id, questions: judged, peakSlots: slotsOverFrames(trace).peakSlots, slotCapacity: trace.header.slotCapacity },
    ...{ compressions: trace.compressions.length, tokens: words.length, watchedMs },
  };
}
