// A model with as many heads as a real one, drawn from a seed, and a run of it under G-KV. It writes words without sense;
// its numbers are so small that the CPU decodes a few hundred tokens in seconds.
import { recordRecipe } from "../lab/recordTrace";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import { modelSummary } from "../src/engine/traceRecords";
import { randomStream } from "../src/lib/random";
import { parseModelConfig, type ModelConfig } from "../src/model/config";
import { ggufBytes, modelMetadata, modelTensors } from "../src/model/gguf/drawGguf.testing";
import { loadGguf } from "../src/model/gguf/loadGguf";
import type { KeyBasis } from "../src/model/keyBasis";
import { greedySampling } from "../src/model/sampling";
import { memoryBytes } from "../src/model/source/byteSource";
import { weightLayout } from "../src/model/weightLayout";
import { effectiveParameters, policyById } from "../src/policy/policies";
import type { PolicyParameters } from "../src/policy/policy";
import { encodeRunFile } from "../src/trace/file/runFile";
import type { Trace } from "../src/trace/trace";

export interface ManyHeads {
  readonly layerCount: number;
  readonly kvHeadCount: number;
}

export interface ManyHeadsRun {
  readonly maxNewTokens?: number;
  readonly policyId?: string;
  readonly parameters?: Partial<PolicyParameters>;
}

/** Layers and KV heads of Qwen3-0.6B. */
export const qwen3Heads: ManyHeads = { layerCount: 28, kvHeadCount: 8 };

export const manyHeadsPrompt =
  "The red key lies in the kitchen. Ann takes the lamp to the garden. Ben carries the blue box to the cellar. " +
  "The cat sleeps near the green door. Ann goes to the hall and drops the lamp. Ben opens the box in the cellar. " +
  "The rain falls on the roof. Then Ann takes the red key to the garden. Where is the key?";

export function drawManyHeads(heads: ManyHeads = qwen3Heads): Uint8Array<ArrayBuffer> {
  const { tokens, merges } = wordVocabulary(manyHeadsPrompt);
  const config = drawnConfig(heads, tokens.length);
  const metadata = {
    ...modelMetadata(config),
    "general.name": { type: "string", value: `Drawn ${heads.layerCount} × ${heads.kvHeadCount}` },
    "tokenizer.ggml.tokens": { type: "array", of: "string", items: tokens },
    "tokenizer.ggml.token_type": { type: "array", of: "i32", items: tokens.map((_, token) => (token === 0 ? 3 : 1)) },
    "tokenizer.ggml.merges": { type: "array", of: "string", items: merges },
  } as const;
  return new Uint8Array(ggufBytes({ metadata, tensors: modelTensors(config, drawnTensors(config)) }));
}

/** The run as the page's own CPU backend makes it. */
export async function recordManyHeads(
  heads: ManyHeads = qwen3Heads,
  { maxNewTokens = 240, policyId = "gkv", parameters = {} }: ManyHeadsRun = {},
): Promise<Trace> {
  const file = await loadGguf([memoryBytes("drawn.gguf", drawManyHeads(heads))]);
  const loaded = { ...file, readBasis: () => Promise.resolve(mirrors(file.config)) };
  const backend = await createCpuBackend(loaded);
  try {
    const label = `Drawn ${heads.layerCount} × ${heads.kvHeadCount}`;
    return await recordRecipe(
      { loaded, backend, summary: modelSummary({ id: "drawn", label }, loaded) },
      {
        promptText: manyHeadsPrompt,
        expectedAnswer: null,
        policyId,
        parameters: effectiveParameters(policyById(policyId), {
          ...{ budgetSlots: 64, windowSlots: 8, intervalSteps: 32 },
          ...parameters,
        }),
        sampling: { ...greedySampling, temperature: 1, seed: 4 },
        maxNewTokens,
        hasTaps: true,
      },
    );
  } finally {
    backend.dispose();
  }
}

export async function manyHeadsRunFile(heads?: ManyHeads): Promise<Buffer> {
  return Buffer.from(await encodeRunFile(await recordManyHeads(heads)));
}

function drawnConfig({ layerCount, kvHeadCount }: ManyHeads, vocabularySize: number): ModelConfig {
  const fields = {
    architectures: ["LlamaForCausalLM"],
    ...{ vocab_size: vocabularySize, hidden_size: 32, intermediate_size: 32, num_hidden_layers: layerCount },
    ...{ num_attention_heads: 2 * kvHeadCount, num_key_value_heads: kvHeadCount, head_dim: 8 },
    ...{ max_position_embeddings: 2048, rope_theta: 10000, rms_norm_eps: 2 ** -17, tie_word_embeddings: true },
    eos_token_id: 0,
  };
  return parseModelConfig(JSON.stringify(fields), "config.json", null);
}

/** Large enough that attention is uneven; branches small enough that every layer still reads words. */
function drawnTensors(config: ModelConfig) {
  const stream = randomStream(11);
  const drawn = [...weightLayout(config)].map(([name, shape]) => {
    const size = /[qk]_proj/.test(name) ? 3.5 : /[ov]_proj|mlp/.test(name) ? 1 : 1.7;
    const isNorm = shape.length === 1;
    const scale = size / Math.sqrt(shape.at(-1) ?? 1);
    const count = shape.reduce((product, length) => product * length, 1);
    const draw = (): number => (isNorm ? 0.5 + stream.uniform() : (2 * stream.uniform() - 1) * scale);
    return [name, { shape, values: Float32Array.from({ length: count }, draw) }] as const;
  });
  return Object.fromEntries(drawn);
}

/** Directions to read latents by: a mirror for each layer, whose rows are orthonormal. */
function mirrors({ layerCount, kvHeadCount, headDim }: ModelConfig): KeyBasis {
  const stream = randomStream(13);
  const width = kvHeadCount * headDim;
  return Array.from({ length: layerCount }, () => {
    const normal = Array.from({ length: width }, () => stream.uniform() - 0.5);
    const squares = normal.reduce((sum, entry) => sum + entry * entry, 0);
    const entry = (row: number, column: number): number =>
      Number(row === column) - (2 * normal[row] * normal[column]) / squares;
    return Float32Array.from({ length: width * width }, (_, at) => entry(Math.floor(at / width), at % width));
  });
}

/** Letters, and each word of the text with the pieces that merge into it: "Ġ" stands for the space before a word. */
function wordVocabulary(text: string): { readonly tokens: string[]; readonly merges: string[] } {
  const letters = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at));
  const tokens = new Set(["<e>", "Ġ", "Ċ", ...letters]);
  const merges = new Set<string>();
  for (const word of text.match(/ ?[A-Za-z]+/g) ?? []) {
    let piece = "";
    for (const letter of word.replace(" ", "Ġ")) {
      if (piece !== "") merges.add(`${piece} ${letter}`);
      piece += letter;
      tokens.add(piece);
    }
  }
  return { tokens: [...tokens], merges: [...merges] };
}
