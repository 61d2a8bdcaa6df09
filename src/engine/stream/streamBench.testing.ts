// A stream in the worker for tests: a tiny model that knows the words of frame streams, and what a page would make of the events.
import { drawCheckpoint, drawTokenizer, encodeText } from "../../model/drawCheckpoint.testing";
import { memorySource, type ModelSource } from "../../model/source";
import { defaultKnobs, drawStream, frameWords, systemWords } from "../../problems/stream/streamProblem";
import { streamVocabulary } from "../../problems/stream/streamWords";
import { drawnRecipe, type DrawnStream } from "../../trace/stream/drawStreamTrace.testing";
import { createStreamTraceBuilder, type StreamTrace } from "../../trace/stream/streamTrace";
import type { EngineEvent, StreamRequest } from "../protocol";

export const streamReference = { id: "tiny-stream", label: "Tiny", address: "models/tiny-stream" };

export function streamSource(): ModelSource {
  const vocabulary = { vocab_size: streamVocabulary.length, eos_token_id: 2, max_position_embeddings: 256 };
  const files = drawCheckpoint({ ...vocabulary, num_key_value_heads: 2, hidden_size: 16 });
  const tokenizer = encodeText(JSON.stringify(drawTokenizer(streamVocabulary.join(" "))));
  return memorySource("models/tiny-stream", { ...files, "tokenizer.json": tokenizer });
}

/** A lane for each; all of one stream, planning the same questions. */
export function streamRequest(...lanes: readonly DrawnStream[]): StreamRequest {
  const stream = drawStream({ ...defaultKnobs, frames: lanes[0].frames ?? 32 }, lanes[0].seed ?? 5);
  return {
    lanes: lanes.map((lane) => drawnRecipe(stream, lane)),
    frames: frameWords(stream.frames),
    ...{ systemWords, hasTaps: true },
  };
}

/** What a page makes of the events of a run. [lane] */
export function streamTracesOf(events: readonly EngineEvent[], run: number): StreamTrace[] {
  const builders: ReturnType<typeof createStreamTraceBuilder>[] = [];
  for (const event of events) {
    if (!("run" in event) || event.run !== run) continue;
    if (event.type === "streamStarted") builders[event.lane] = createStreamTraceBuilder(event.header);
    if (event.type === "watched") {
      event.blocks.forEach((closed, lane) => {
        if (closed !== null) builders[lane].appendBlock(closed.block, closed.compression);
      });
      event.answers.forEach((answer, lane) => builders[lane].appendAnswer(answer));
    }
    if (event.type === "streamEnded") for (const builder of builders) builder.finish(event.end);
  }
  return builders.map(({ trace }) => trace);
}

/** What must be the same in two runs of one recipe: all but times and machine. */
export function streamFacts({ blocks, compressions, answers, end }: StreamTrace): unknown {
  return {
    blocks: blocks.map(({ computeMs: _computeMs, compressMs: _compressMs, ...block }) => block),
    compressions,
    answers: answers.map(({ askedMs: _askedMs, ...answer }) => answer),
    end,
  };
}
