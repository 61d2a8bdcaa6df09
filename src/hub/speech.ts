// Talking to a model that was brought: what its files say about that, and the prompt that messages become. The prompt is the
// run's text, special tokens and all, so that a link and a run file give the same run without the template.

import { errorMessage } from "../lib/errors";

export interface Speech {
  /** Jinja text; null where the files hold none: the model gets the bare text. */
  readonly template: string | null;
  readonly bosToken: string;
  readonly eosToken: string;
  /** The tokenizer itself puts bosToken before every prompt. */
  readonly addsBos: boolean;
  /** Texts of the tokens that steer the model. */
  readonly specials: readonly string[];
  readonly generation: GenerationDefaults;
}

/** How the model's maker says that tokens should be drawn; what is absent the files do not say. */
export interface GenerationDefaults {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly repetitionPenalty?: number;
}

export interface ChatMessages {
  /** "" for none. */
  readonly system: string;
  readonly user: string;
  /** Null: as the template does by itself. */
  readonly isThinking: boolean | null;
}

export interface ChatPrompt {
  readonly text: string;
  /** What the visitor should know, in plain words. */
  readonly notices: readonly string[];
}

/** Of a template, of what it makes: beyond these it is refused. */
const MOST_TEMPLATE_CHARACTERS = 65_536;
export const MOST_RENDERED_CHARACTERS = 262_144;

export interface TemplateRequest {
  readonly template: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** `render` rejects where the template fails or takes too long; the prompt is then the bare text. */
export async function chatPrompt(
  speech: Speech,
  messages: ChatMessages,
  render: (request: TemplateRequest) => Promise<string>,
): Promise<ChatPrompt> {
  const system = withoutSpecials(messages.system, speech.specials);
  const user = withoutSpecials(messages.user, speech.specials);
  const broken = [...new Set([...system.found, ...user.found])];
  const notices =
    broken.length === 0
      ? []
      : [`${broken.join(", ")} would steer the model; in a message it stays text, with a space in it.`];
  const bare = [system.text, user.text].filter((text) => text !== "").join("\n\n");
  const { template, bosToken, eosToken, addsBos } = speech;
  if (template === null)
    return { text: bare, notices: [...notices, "The model’s files hold no chat template: it gets the bare text."] };
  if (template.length > MOST_TEMPLATE_CHARACTERS) {
    return {
      text: bare,
      notices: [...notices, "The model’s chat template is longer than 64 kB and is not run: it gets the bare text."],
    };
  }
  try {
    const text = await render({
      template,
      values: {
        messages: [
          ...(system.text === "" ? [] : [{ role: "system", content: system.text }]),
          { role: "user", content: user.text },
        ],
        add_generation_prompt: true,
        bos_token: bosToken,
        eos_token: eosToken,
        ...(messages.isThinking !== null && { enable_thinking: messages.isThinking }),
      },
    });
    const isDoubled = addsBos && bosToken !== "" && text.startsWith(bosToken);
    return { text: isDoubled ? text.slice(bosToken.length) : text, notices };
  } catch (error) {
    return {
      text: bare,
      notices: [...notices, `The model’s chat template failed (${errorMessage(error)}): it gets the bare text.`],
    };
  }
}

/** A text in which no special token can be recognised, and those that were written out in it. */
export function withoutSpecials(
  text: string,
  specials: readonly string[],
): { readonly text: string; readonly found: readonly string[] } {
  const found = new Set<string>();
  let safe = text;
  // A change may join what was apart, so all are looked for again.
  for (let again = true; again;) {
    again = false;
    for (const special of specials) {
      if (special === "" || !safe.includes(special)) continue;
      found.add(special);
      again = true;
      const apart = special.length > 1 ? `${special[0]} ${special.slice(1)}` : "";
      // Where the parts would again hold it, nothing of it can stay.
      safe = safe.replaceAll(special, apart.includes(special) ? "" : apart);
    }
  }
  return { text: safe, found: [...found] };
}

/** Whether the template can be told to think or not. */
export function hasThinkingSwitch({ template }: Speech): boolean {
  return template?.includes("enable_thinking") === true;
}
