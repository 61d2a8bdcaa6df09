// The messages between an embedded page and the page that embeds it, version 1: docs/embed.md. Types and schemas only;
// what arrives is a stranger's until parseHostMessage has read it.
import * as v from "valibot";

/** Of the messages below. Another meaning of any of them needs another version. */
export const PROTOCOL_VERSION = 1;

export const eventTopics = ["step", "selection", "status"] as const;
export type EventTopic = (typeof eventTopics)[number];

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const topics = v.pipe(v.array(v.picklist(eventTopics)), v.minLength(1), v.maxLength(20));

/** By type: what a command says beside its type. */
const commandSchemas = {
  open: v.object({ link: v.pipe(v.string(), v.maxLength(200_000)) }),
  openRun: v.object({
    file: v.instance(ArrayBuffer),
    name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  }),
  seek: v.object({ step: index }),
  play: v.object({}),
  pause: v.object({}),
  run: v.object({}),
  stop: v.object({}),
  focus: v.object({ layer: index, kvHead: index }),
  pin: v.object({ position: v.nullable(index) }),
  theme: v.object({ theme: v.picklist(["system", "light", "dark"]) }),
  subscribe: v.object({ topics }),
  unsubscribe: v.object({ topics }),
} as const;

export type CommandType = keyof typeof commandSchemas;
export const commandTypes = Object.keys(commandSchemas) as readonly CommandType[];

type CommandOf<Type extends CommandType> = { readonly type: Type } & Readonly<
  v.InferOutput<(typeof commandSchemas)[Type]>
>;
export type EmbedCommand = { [Type in CommandType]: CommandOf<Type> }[CommandType];

/** The host's own mark of a message, which its answer carries. */
export type MessageId = string | number | null;

export type HostMessage =
  /** Not of this protocol: other scripts post messages too. */
  | { readonly type: "foreign" }
  | { readonly type: "hello"; readonly id: MessageId; readonly version: number }
  | { readonly type: "command"; readonly id: MessageId; readonly command: EmbedCommand }
  | { readonly type: "bad"; readonly id: MessageId; readonly of: string; readonly message: string };

const idSchema = v.union([v.pipe(v.string(), v.maxLength(100)), v.pipe(v.number(), v.finite())]);
const envelope = v.object({ winnow: v.number(), type: v.unknown(), id: v.unknown() });
const hello = v.object({ version: v.pipe(v.number(), v.safeInteger()) });

export function parseHostMessage(data: unknown): HostMessage {
  const outer = v.safeParse(v.partial(envelope), data);
  if (!outer.success || outer.output.winnow === undefined) return { type: "foreign" };
  const parsedId = v.safeParse(v.optional(idSchema), outer.output.id);
  const id = parsedId.success ? (parsedId.output ?? null) : null;
  const type = outer.output.type;
  const bad = (message: string): HostMessage => ({ type: "bad", id, of: shortened(type), message });
  if (!parsedId.success) return bad(`id: expected a number or up to 100 characters, found ${found(outer.output.id)}.`);
  if (type === "hello") {
    const parsed = v.safeParse(hello, data);
    if (parsed.success) return { type: "hello", id, version: parsed.output.version };
    return bad(`hello, ${issueText(parsed.issues[0])}.`);
  }
  if (outer.output.winnow !== PROTOCOL_VERSION) {
    return bad(`winnow: expected ${PROTOCOL_VERSION}, found ${found(outer.output.winnow)}.`);
  }
  const known = commandTypes.find((candidate) => candidate === type);
  if (known === undefined) {
    return bad(`type: expected hello, ${commandTypes.join(", ")}, found ${found(type)}.`);
  }
  const parsed = v.safeParse(commandSchemas[known], data);
  if (!parsed.success) return bad(`${known}, ${issueText(parsed.issues[0])}.`);
  return { type: "command", id, command: { type: known, ...parsed.output } as EmbedCommand };
}

/** What each field of a message is to be, in words. */
const fieldWords: Readonly<Record<string, string>> = {
  version: "a whole number",
  link: "the fragment of a link as text",
  file: "an ArrayBuffer",
  name: "a name of 1 to 200 characters",
  step: "a whole number from 0",
  layer: "a whole number from 0",
  kvHead: "a whole number from 0",
  position: "a whole number from 0, or null",
  theme: "system, light or dark",
  topics: `a list of ${eventTopics.join(", ")}`,
};

function issueText({ path }: v.BaseIssue<unknown>): string {
  const [field] = path ?? [];
  const name = String(field?.key);
  return `${name}: expected ${fieldWords[name]}, found ${found(field?.value)}`;
}

/** A value in few words: its text where it is short, else what kind it is. */
function found(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `“${shortened(value)}”`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : typeof value;
}

function shortened(value: unknown): string {
  const text = typeof value === "string" ? value : typeof value;
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
