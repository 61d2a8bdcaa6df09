// The same model through @huggingface/transformers (onnxruntime-web), so that our figures have a neighbour in the same run.
// The ONNX file is the shipped model exported by lab/training/exportOnnx.py; onnxruntime's own files come from node_modules.
import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from "@huggingface/transformers";

export type OnnxDevice = "wasm" | "webgpu";

/** `addresses` are folders of the dev server: the one that holds onnx-winnow-1m/, and onnxruntime-web's dist/. */
export async function loadOnnxModel(
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
export async function timeGeneration(
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
