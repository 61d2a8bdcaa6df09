// The same model through @huggingface/transformers: its wasm backend beside our CPU, its webgpu backend beside our GPU.
import { errorMessage } from "../src/lib/errors";
import type { BenchCase } from "./benchCase";
import { spread, spreadNote } from "./table";
import { timedRun } from "./timedRun";
import { loadOnnxModel, timeGeneration } from "./transformersJs";

export const neighbourCase: BenchCase = {
  id: "neighbour",
  run: async (context, { isQuick, onnxModels, onnxRuntime }) => {
    const promptTokens = context.promptTokens(86);
    const decodeCount = isQuick ? 32 : 128;
    const rows: (string | number)[][] = [];
    for (const backend of context.backends) {
      const device = backend.summary.type === "cpu" ? "wasm" : "webgpu";
      try {
        const neighbour = await loadOnnxModel(device, { models: onnxModels, runtime: onnxRuntime });
        await timeGeneration(neighbour, promptTokens, 4);
        const measured = [];
        for (let repeat = 0; repeat < (isQuick ? 1 : 3); repeat++) {
          const short = await timeGeneration(neighbour, promptTokens, 1);
          const long = await timeGeneration(neighbour, promptTokens, 1 + decodeCount);
          const ours = await timedRun(context, backend, {
            promptCount: 86,
            decodeCount,
            policyId: "fullCache",
            hasTaps: true,
          });
          const theirMs = (long.elapsedMs - short.elapsedMs) / decodeCount;
          const sameTokens = long.tokens.findIndex((token, index) => token !== ours.tokens[index]);
          measured.push({ ours: ours.decodeMs, theirs: theirMs, ratio: theirMs / ours.decodeMs, sameTokens });
        }
        const divergedAt = measured[0].sameTokens;
        rows.push([
          backend.summary.type,
          device,
          spread(measured.map((entry) => 1000 / entry.ours)),
          spread(measured.map((entry) => 1000 / entry.theirs)),
          spread(measured.map((entry) => entry.ratio)),
          divergedAt === -1 ? "all" : `first ${divergedAt}`,
        ]);
      } catch (error) {
        rows.push([backend.summary.type, device, "-", "-", "-", errorMessage(error).slice(0, 120)]);
      }
    }
    return {
      title: "Beside @huggingface/transformers, same weights in f32, one thread",
      note: `decode tokens per second over ${decodeCount} tokens, greedy, full cache (taps on in ours), in turns; ${spreadNote}; ratio above 1: ours is faster; theirs may not stop, so the tokens part where the answer ends`,
      columns: ["backend", "theirs", "ours tokens/s", "theirs tokens/s", "ratio", "same tokens"],
      rows,
    };
  },
};
