// One lane of a stream, watched to its end in Node: its trace.
import { openWatch } from "../../src/engine/stream/streamWatch";
import type { StreamRequest, WatchedBlock } from "../../src/engine/protocol";
import { createStreamTraceBuilder, type StreamRecipe, type StreamTrace } from "../../src/trace/stream/streamTrace";
import type { OpenedModel } from "../openModel";

export async function recordStream(
  { loaded, backend, summary }: OpenedModel,
  recipe: StreamRecipe,
  { frames, systemWords, hasTaps }: Omit<StreamRequest, "lanes">,
): Promise<StreamTrace> {
  const watched = { model: loaded, tokenizer: loaded.tokenizer, summary };
  const watch = await openWatch(backend, watched, { recipe, frames, systemWords, hasTaps });
  const builder = createStreamTraceBuilder(watch.header);
  const note = (closed: WatchedBlock | null): void => {
    if (closed !== null) builder.appendBlock(closed.block, closed.compression);
  };
  try {
    for (const question of [...recipe.questions, null]) {
      while (watch.framesShown < (question?.moment ?? frames.length)) note(await watch.see());
      note(await watch.closeBlock());
      if (question !== null) builder.appendAnswer(await watch.ask(question));
    }
  } finally {
    watch.dispose();
  }
  builder.finish("whole");
  return builder.trace;
}
