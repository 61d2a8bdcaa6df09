// One stream watched under a policy: its frames arrive in blocks, its questions are asked at their moments and judged.
import { openWatch } from "../../src/engine/stream/streamWatch";
import { InputError } from "../../src/lib/errors";
import type { StreamChoices, StreamPolicyId } from "../../src/policy/streamChoices";
import type { OpenedModel } from "../openModel";
import type { AskedStream } from "./askedStreams";

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
  { loaded, backend, summary }: OpenedModel,
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
  const knownQuestion = choices.rule === "questionAttention" ? asked[0].question : null;
  const recipe = { streamId: id, policyId, choices, knownQuestion, questions: asked };
  const startedMs = performance.now();
  const watch = await openWatch(
    backend,
    { model: loaded, tokenizer: loaded.tokenizer, summary },
    { recipe, frames, systemWords: words.slice(0, 1), hasTaps: false },
  );
  let compressions = 0;
  let peakSlots = 0;
  const note = (closed: Awaited<ReturnType<typeof watch.see>>): void => {
    if (closed === null) return;
    peakSlots = Math.max(peakSlots, closed.block.peakSlots);
    if (closed.compression !== null) compressions++;
  };
  try {
    const judged: JudgedQuestion[] = [];
    for (const question of [...asked, null]) {
      const moment = question?.moment ?? frameCount;
      while (watch.framesShown < moment) note(await watch.see());
      note(await watch.closeBlock());
      if (question === null) break;
      const answer = await watch.ask(question);
      peakSlots = Math.max(peakSlots, answer.peakSlots);
      const { type, lastShown } = question;
      const isGone = capFrames !== null && lastShown !== null && lastShown >= 0 && moment - lastShown > capFrames;
      judged.push({ type, isRight: answer.isRight === true, isGone });
    }
    const { slotCapacity } = watch.header;
    const watchedMs = performance.now() - startedMs;
    return { id, questions: judged, peakSlots, slotCapacity, compressions, tokens: words.length, watchedMs };
  } finally {
    watch.dispose();
  }
}
