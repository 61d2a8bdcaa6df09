// A tiny model in one GGUF file, drawn from a seed: it writes nonsense, and everything about it works.
import { parseModelConfig } from "../src/model/config";
import { drawCheckpoint } from "../src/model/drawCheckpoint.testing";
import { ggufBytes, modelMetadata, modelTensors } from "../src/model/gguf/drawGguf.testing";
import { parseSafetensorsHeader, readTensor } from "../src/model/safetensors";

export function drawGgufFile(): Buffer {
  const folder = drawCheckpoint({
    ...{ vocab_size: 96, hidden_size: 8, intermediate_size: 16, num_hidden_layers: 2, num_attention_heads: 2 },
    ...{ num_key_value_heads: 1, max_position_embeddings: 256, head_dim: 8, rope_theta: 10000, rms_norm_eps: 2 ** -17 },
  });
  const config = parseModelConfig(new TextDecoder().decode(folder["config.json"]), "config.json", null);
  const file = folder["model.safetensors"];
  const tensors = [...parseSafetensorsHeader(file, "m").values()].map(
    (entry) => [entry.name, { shape: entry.shape, values: readTensor(file, entry, "m") }] as const,
  );
  const drawn = { metadata: modelMetadata(config), tensors: modelTensors(config, Object.fromEntries(tensors)) };
  return Buffer.from(ggufBytes(drawn));
}
