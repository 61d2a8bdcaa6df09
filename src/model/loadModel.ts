// Reads a whole model from its folder: shape, tokenizer, weights, and what identifies them.

import type { ModelConfig } from "./config";
import { parseModelConfig } from "./config";
import { parseText } from "./fields";
import type { LoadedWeights } from "./loadWeights";
import { loadWeights } from "./loadWeights";
import type { ModelSource, ReadProgress } from "./source";
import { readRequired } from "./source";
import type { Tokenizer } from "./tokenizer";
import { createTokenizer } from "./tokenizer";
import { countParameters } from "./weightLayout";

export interface LoadedModel extends LoadedWeights {
  /** Its stopTokens end a run. */
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly parameterCount: number;
}

/** Small files first, so that a model that cannot be used is refused before its weights are fetched. Progress counts weight bytes. */
export async function loadModel(source: ModelSource, onProgress?: ReadProgress): Promise<LoadedModel> {
  const readText = async (fileName: string): Promise<string> =>
    parseText(await readRequired(source, fileName), `${source.name}/${fileName}`);
  const readOptionalText = async (fileName: string): Promise<string | null> => {
    const bytes = await source.read(fileName);
    return bytes && parseText(bytes, `${source.name}/${fileName}`);
  };

  const config = parseModelConfig(
    await readText("config.json"),
    `${source.name}/config.json`,
    await readOptionalText("generation_config.json"),
  );
  const tokenizerFile = `${source.name}/tokenizer.json`;
  // It may know more tokens than the model, as long as no prompt contains one of them.
  const tokenizer = createTokenizer(await readText("tokenizer.json"), tokenizerFile);
  const loaded = await loadWeights(source, config, onProgress);
  return { config, tokenizer, ...loaded, parameterCount: countParameters(config) };
}
