// Reads a whole model from its folder: shape, tokenizer, weights, and what identifies them.

import { errorMessage } from "../lib/errors";
import type { ModelConfig } from "./config";
import { parseModelConfig } from "./config";
import { parseText } from "./fields";
import type { HeadRoles, RolesModel } from "./headRoles";
import { parseHeadRoles, rolesFileName } from "./headRoles";
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
  /** From roles.json; null where there is none, or none that can be used. */
  readonly roles: HeadRoles | null;
  /** What is wrong with roles.json, in plain words. The model works without it. */
  readonly rolesProblem: string | null;
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
  const roles = await readRoles(source, readOptionalText, { ...config, digest: loaded.digest });
  return { config, tokenizer, ...loaded, parameterCount: countParameters(config), ...roles };
}

async function readRoles(
  source: ModelSource,
  readOptionalText: (fileName: string) => Promise<string | null>,
  model: RolesModel,
): Promise<Pick<LoadedModel, "roles" | "rolesProblem">> {
  try {
    const text = await readOptionalText(rolesFileName);
    const roles = text === null ? null : parseHeadRoles(text, `${source.name}/${rolesFileName}`, model);
    return { roles, rolesProblem: null };
  } catch (error) {
    return { roles: null, rolesProblem: errorMessage(error) };
  }
}
