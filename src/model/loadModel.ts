// Reads a whole model from its folder: shape, tokenizer, weights, and what identifies them.

import { errorMessage } from "../lib/errors";
import type { ModelConfig } from "./config";
import { parseModelConfig } from "./config";
import { parseText } from "./fields";
import type { HeadRoles } from "./headRoles";
import { parseHeadRoles, rolesFileName } from "./headRoles";
import { readKeyBasis, type KeyBasis } from "./keyBasis";
import type { LoadedWeights } from "./loadWeights";
import { loadWeights } from "./loadWeights";
import { filtersFileName, parseQueryFilters, type QueryFilters } from "./queryFilters";
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
  /** From filters.json, and what is wrong with it, as above. */
  readonly filters: QueryFilters | null;
  readonly filtersProblem: string | null;
  /**
   * The directions of its keys, for runs that read through latents: read when first asked for, null where there are none.
   * Rejects with InputError if they cannot be used.
   */
  readonly readBasis: () => Promise<KeyBasis | null>;
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
  const shape = { ...config, digest: loaded.digest };
  /** A file that the model works without, and why it cannot be used. */
  const readExtra = async <Extra>(
    fileName: string,
    parse: (text: string, file: string) => Extra,
  ): Promise<[found: Extra | null, problem: string | null]> => {
    try {
      const text = await readOptionalText(fileName);
      return [text === null ? null : parse(text, `${source.name}/${fileName}`), null];
    } catch (error) {
      return [null, errorMessage(error)];
    }
  };
  const [roles, rolesProblem] = await readExtra(rolesFileName, (...file) => parseHeadRoles(...file, shape));
  const [filters, filtersProblem] = await readExtra(filtersFileName, (...file) => parseQueryFilters(...file, shape));
  const parameterCount = countParameters(config);
  let basis: Promise<KeyBasis | null> | null = null;
  const readBasis = (): Promise<KeyBasis | null> => {
    basis ??= readKeyBasis(source, shape);
    // A download that failed may succeed the next time.
    basis.catch(() => (basis = null));
    return basis;
  };
  return { config, tokenizer, ...loaded, parameterCount, roles, rolesProblem, filters, filtersProblem, readBasis };
}
