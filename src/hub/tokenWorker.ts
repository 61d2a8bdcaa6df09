// Shows prompts as tokens while somebody types: the tokenizer of one model, away from the page and from its engine, which may be busy
// with a run. The first message names the model's files; each further one is a text.
import { errorMessage } from "../lib/errors";
import type { NamedBlob } from "../model/source/blobSource";
import { promptTokensOf, readTokenizer, type PromptTokens } from "./promptTokens";

export type TokenRequest =
  | { readonly type: "open"; readonly files: readonly NamedBlob[]; readonly specials: readonly string[] }
  | { readonly type: "text"; readonly id: number; readonly text: string };

export type TokenAnswer = { readonly id: number } & ({ readonly found: PromptTokens } | { readonly failure: string });

let opened: ReturnType<typeof readTokenizer> | null = null;
let specials: ReadonlySet<string> = new Set();

self.onmessage = ({ data }: MessageEvent<TokenRequest>) => {
  if (data.type === "open") {
    opened = readTokenizer(data.files);
    specials = new Set(data.specials);
    // Each text reports the failure.
    opened.catch(() => undefined);
    return;
  }
  void answer(data.id, data.text).then((message) => self.postMessage(message));
};

async function answer(id: number, text: string): Promise<TokenAnswer> {
  try {
    const tokenizer = await opened;
    if (tokenizer === null) return { id, failure: "no model was named" };
    return { id, found: promptTokensOf(tokenizer, text, specials) };
  } catch (error) {
    return { id, failure: errorMessage(error) };
  }
}
