// The page's side of the worker that shows prompts as tokens.
import { createModuleWorker } from "../lib/moduleWorker";
import type { NamedBlob } from "../model/source/blobSource";
import type { PromptTokens } from "./promptTokens";
import type { TokenAnswer, TokenRequest } from "./tokenWorker";
import tokenWorkerAddress from "./tokenWorker.ts?worker&url";

export type TokenOutcome = PromptTokens | { readonly failure: string };

export interface TokenPreview {
  /** Of the newest text alone: an answer to an older one is dropped. */
  readonly show: (text: string) => void;
  readonly dispose: () => void;
}

export interface PreviewedModel {
  readonly files: readonly NamedBlob[];
  readonly specials: readonly string[];
}

export function createTokenPreview(
  { files, specials }: PreviewedModel,
  onTokens: (outcome: TokenOutcome) => void,
): TokenPreview {
  const worker = createModuleWorker(new URL(tokenWorkerAddress, import.meta.url).href, "tokens");
  const post = (request: TokenRequest): void => worker.postMessage(request);
  let newest = 0;
  worker.onmessage = ({ data }: MessageEvent<TokenAnswer>) => {
    if (data.id === newest) onTokens("found" in data ? data.found : { failure: data.failure });
  };
  worker.onerror = ({ message }) => onTokens({ failure: message || "its worker did not start" });
  post({ type: "open", files, specials });
  return {
    show: (text) => post({ type: "text", id: ++newest, text }),
    dispose: () => worker.terminate(),
  };
}
