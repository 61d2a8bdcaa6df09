// The same model through @huggingface/transformers (onnxruntime-web): its wasm backend against our CPU, its webgpu backend
// against our GPU. The ONNX file is the shipped model, exported by lab/training/exportOnnx.py.

import { errorMessage } from "../src/lib/errors";
import type { BenchCase } from "./context";
import { timedRun } from "./context";
import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from "@huggingface/transformers";
import { spread, spreadNote } from "./table";

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
      title: "Against @huggingface/transformers, same weights in f32, one thread",
      note: `decode tokens per second over ${decodeCount} tokens, greedy, full cache (taps on in ours), in turns; ${spreadNote}; ratio above 1: ours is faster; theirs may not stop, so the tokens part where the answer ends`,
      columns: ["backend", "theirs", "ours tokens/s", "theirs tokens/s", "ratio", "same tokens"],
      rows,
    };
  },
};

type OnnxDevice = "wasm" | "webgpu";

/** `addresses` are folders of the dev server: the one that holds onnx-winnow-1m/, and onnxruntime-web's dist/. */
async function loadOnnxModel(
  device: OnnxDevice,
  addresses: { models: string; runtime: string },
): Promise<PreTrainedModel> {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = addresses.models;
  env.useBrowserCache = false;
  const wasm = env.backends.onnx.wasm;
  if (wasm === undefined) throw new Error("onnxruntime-web offers no wasm settings");
  wasm.wasmPaths = addresses.runtime;
  wasm.numThreads = 1;
  return AutoModelForCausalLM.from_pretrained("onnx-winnow-1m", { device, dtype: "fp32" });
}

/** Milliseconds for a greedy generation of exactly `newTokens` tokens after the prompt, prefill included. */
async function timeGeneration(
  model: PreTrainedModel,
  promptTokens: Int32Array,
  newTokens: number,
): Promise<{ elapsedMs: number; tokens: number[] }> {
  const shape = [1, promptTokens.length];
  const inputs = new Tensor("int64", BigInt64Array.from(promptTokens, BigInt), shape);
  const attentionMask = new Tensor("int64", new BigInt64Array(promptTokens.length).fill(1n), shape);
  const start = performance.now();
  const output = (await model.generate({
    inputs,
    attention_mask: attentionMask,
    max_new_tokens: newTokens,
    min_new_tokens: newTokens,
    do_sample: false,
  })) as Tensor;
  const elapsedMs = performance.now() - start;
  const tokens = Array.from(output.data as BigInt64Array, Number).slice(promptTokens.length);
  return { elapsedMs, tokens };
}
