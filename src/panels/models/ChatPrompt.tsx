// The prompt of a model that was brought: messages, put into the model's own chat template, as the text that it reads. The text
// itself is the setting, so that it can be seen and changed, and a link holds all of it.
import { useEffect, useMemo, useRef, useState } from "react";
import {
  hasThinkingSwitch,
  chatPrompt,
  type ChatMessages,
  type GenerationDefaults,
  type Speech,
} from "../../hub/speech";
import { renderTemplate } from "../../hub/renderTemplate";
import { settingTable, type Settings } from "../../settings/settings";
import type { SettingId } from "../../settings/settings";
import type { SettingValue } from "../../settings/settingRow";
import { SettingControl } from "../controls/SettingControl";
import type { Brought } from "../../state/brought";
import { builtInPrompts } from "./builtInPrompts";
import { PromptTokens } from "./PromptTokens";
import "./chatPrompt.css";

interface ChatPromptProps {
  readonly settings: Settings;
  readonly brought: Brought;
  readonly choose: (id: SettingId, value: SettingValue) => void;
}

type Thinking = "asItIs" | "on" | "off";
const thinkingValues: Readonly<Record<Thinking, boolean | null>> = { asItIs: null, on: true, off: false };

export function ChatPrompt({ settings, brought, choose }: ChatPromptProps) {
  const { speech, reference } = brought;
  // The prompt in force may be one of those to begin with.
  const [first] = useState(() => builtInPrompts.find((prompt) => settings.promptText.includes(prompt.user)));
  const [system, setSystem] = useState(first?.system ?? "");
  const [user, setUser] = useState(first?.user ?? "");
  const [thinking, setThinking] = useState<Thinking>("asItIs");
  const [notices, setNotices] = useState<readonly string[]>([]);
  const writeCount = useRef(0);
  // A changed message is the reader's own: what to look for no longer holds.
  const builtIn = builtInPrompts.find((prompt) => prompt.system === system && prompt.user === user);
  const [hasTyped, setHasTyped] = useState(false);
  const messages = useMemo(
    (): ChatMessages => ({ system, user, isThinking: thinkingValues[thinking] }),
    [system, user, thinking],
  );
  const draft = useDraft(speech, hasTyped ? messages : null, settings.promptText);
  const previewed = useMemo(() => ({ files: reference.files ?? [], specials: speech.specials }), [reference, speech]);
  const write = async (wanted: ChatMessages): Promise<void> => {
    const own = ++writeCount.current;
    const prompt = await chatPrompt(speech, wanted, renderTemplate);
    if (own !== writeCount.current) return; // a later one is under way
    const { maxLength } = settingTable.promptText;
    const isLong = prompt.text.length > maxLength;
    if (!isLong) {
      choose("promptText", prompt.text);
      setHasTyped(false);
    }
    const long = `The prompt has ${prompt.text.length} characters; ${maxLength} are the most. Shorten the message.`;
    setNotices(isLong ? [...prompt.notices, long] : prompt.notices);
  };
  return (
    <div className="chat-prompt">
      <label>
        Begin with
        <select
          value={builtIn?.id ?? ""}
          onChange={(event) => {
            const chosen = builtInPrompts.find(({ id }) => id === event.target.value);
            setSystem(chosen?.system ?? "");
            setUser(chosen?.user ?? "");
            setHasTyped(false);
            if (chosen !== undefined) void write({ ...messages, system: chosen.system, user: chosen.user });
          }}
        >
          <option value="">a message of your own</option>
          {builtInPrompts.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {builtIn !== undefined && (
        <p className="muted">
          <strong>What to look for:</strong> {builtIn.lookFor}
        </p>
      )}
      <label>
        System message
        <textarea
          rows={2}
          value={system}
          onChange={(event) => {
            setSystem(event.target.value);
            setHasTyped(true);
          }}
        />
      </label>
      <label>
        Message
        <textarea
          rows={4}
          value={user}
          onChange={(event) => {
            setUser(event.target.value);
            setHasTyped(true);
          }}
        />
      </label>
      {hasThinkingSwitch(speech) && (
        <label>
          Thinking
          <select
            value={thinking}
            onChange={(event) => {
              setThinking(event.target.value as Thinking);
              setHasTyped(true);
            }}
          >
            <option value="asItIs">as the model does by itself</option>
            <option value="on">on</option>
            <option value="off">off</option>
          </select>
        </label>
      )}
      <button type="button" disabled={user.trim() === ""} onClick={() => void write(messages)}>
        Write the prompt
      </button>
      {notices.map((text) => (
        <p key={text} className="settings-problem" role="status">
          {text}
        </p>
      ))}
      <SettingControl
        row={{ ...settingTable.promptText, label: "The prompt, as the model reads it", help: PROMPT_HELP }}
        value={settings.promptText}
        onChange={(value) => {
          choose("promptText", value);
          setHasTyped(false);
        }}
      />
      {draft !== null && <p className="muted">Your messages would become this; write the prompt to run it:</p>}
      <PromptTokens text={draft ?? settings.promptText} model={previewed} />
      <Generation settings={settings} generation={speech.generation} choose={choose} />
    </div>
  );
}

const PROMPT_HELP = "With the special tokens that the chat template puts around your message.";

/** Without typing. */
const QUIET_MS = 250;

/** The prompt that messages would become, live; null where there are none or it is the one in force. */
function useDraft(speech: Speech, messages: ChatMessages | null, promptText: string): string | null {
  const [draft, setDraft] = useState<string | null>(null);
  useEffect(() => {
    if (messages === null) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      void chatPrompt(speech, messages, renderTemplate).then(({ text }) => {
        if (isCurrent) setDraft(text);
      });
    }, QUIET_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [speech, messages]);
  return messages === null || draft === promptText ? null : draft;
}

interface GenerationProps extends Pick<ChatPromptProps, "settings" | "choose"> {
  readonly generation: GenerationDefaults;
}

/** What the model's maker recommends, and whether it is in force. */
function Generation({ settings, generation, choose }: GenerationProps) {
  const { repetitionPenalty, ...asked } = generation;
  const values = Object.entries(asked) as [keyof typeof asked, number][];
  const isInForce = values.every(([id, value]) => settings[id] === value);
  const names = { temperature: "temperature", topP: "top-p", topK: "top-k" } as const;
  const said = values.map(([id, value]) => `${names[id]} ${value}`).join(", ");
  return (
    <p className="muted">
      {values.length === 0
        ? "The model’s files recommend no way to draw tokens. Models that reason repeat themselves at temperature 0; 0.6 with top-p 0.95 is usual."
        : `The model’s files recommend ${said}${isInForce ? ", which is in force." : "."}`}{" "}
      {values.length > 0 && !isInForce && (
        <button
          type="button"
          className="link-button"
          onClick={() => {
            for (const [id, value] of values) choose(id, value);
          }}
        >
          Use that
        </button>
      )}
      {repetitionPenalty !== undefined &&
        ` They also ask for a repetition penalty of ${repetitionPenalty}, which Winnow does not have.`}
    </p>
  );
}
