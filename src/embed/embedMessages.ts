// The messages between an embedded page and its host, version 1 (docs/embed.md): the host's commands, the page's answers,
// and the events that follow the page's state. Incoming data is untrusted until parseHostMessage has read it.

import { shortened } from "../lib/shortened";
import { meanLength } from "../cache/headRows";
import * as v from "valibot";
import type { EmbedOptions } from "../state/embedQuery";
import type { PageState } from "../state/pageStore";
import { laneOnStage, laneStep, type RunStatus, type TraceOrigin } from "../state/shownRuns";

/** Changing the meaning of any message needs a new version. */
export const PROTOCOL_VERSION = 1;

export const eventTopics = ["step", "selection", "status"] as const;
export type EventTopic = (typeof eventTopics)[number];

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const topics = v.pipe(v.array(v.picklist(eventTopics)), v.minLength(1), v.maxLength(20));

/** By type: the fields of a command. */
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

/** The host's own id of a message; the answer carries it. */
export type MessageId = string | number | null;

type HostMessage =
  /** Another protocol: other scripts post messages too. */
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
  const of = shortened(typeof type === "string" ? type : typeof type, 40);
  const bad = (message: string): HostMessage => ({ type: "bad", id, of, message });
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

/** What each field of a message must be, in words. */
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

/** A value in few words: the value if it is short, else its type. */
function found(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `“${shortened(value, 40)}”`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : typeof value;
}

interface StepEvent {
  readonly type: "step";
  readonly step: number;
  readonly stepCount: number;
  /** Position in the sequence, id and text of the token generated at the step; null before there is a run. */
  readonly token: { readonly position: number; readonly token: number; readonly text: string } | null;
  /** Slots that the step's query read, per layer and KV head. */
  readonly lengthSlots: number | null;
}

interface SelectionEvent {
  readonly type: "selection";
  readonly layer: number;
  readonly kvHead: number;
  readonly pinned: { readonly position: number; readonly text: string } | null;
}

interface StatusEvent {
  readonly type: "status";
  readonly origin: TraceOrigin;
  readonly runStatus: RunStatus;
  readonly isPlaying: boolean;
  readonly isLoading: boolean;
  /** Model, policy and parameters of the run on screen; null before there is one. */
  readonly run: {
    readonly model: string;
    readonly policy: string;
    readonly parameters: Readonly<Record<string, number | string | boolean>>;
    readonly promptCount: number;
    readonly isRecorded: boolean;
    readonly recordedId: string | null;
  } | null;
}

export type TopicEvent = StepEvent | SelectionEvent | StatusEvent;

/** What the page can do for its host. */
export interface Capabilities {
  readonly commands: readonly CommandType[];
  readonly topics: readonly EventTopic[];
  readonly mode: EmbedOptions["mode"];
  readonly panels: readonly string[];
}

export interface EmbedState {
  readonly step: StepEvent;
  readonly selection: SelectionEvent;
  readonly status: StatusEvent;
}

export type EmbedMessage =
  | {
      readonly type: "ready";
      readonly version: number;
      readonly capabilities: Capabilities;
      readonly state: EmbedState;
    }
  | { readonly type: "unsupported"; readonly versions: readonly number[] }
  | { readonly type: "done"; readonly command: CommandType; readonly problems?: readonly string[] }
  | { readonly type: "failed"; readonly command: string; readonly message: string }
  | { readonly type: "height"; readonly height: number }
  | TopicEvent;

/** A message as posted. */
export type PostedMessage = EmbedMessage & { readonly winnow: number; readonly id?: MessageId };

export function embedState(state: PageState): EmbedState {
  return { step: stepEvent(state), selection: selectionEvent(state), status: statusEvent(state) };
}

function stepEvent(state: PageState): StepEvent {
  const lane = laneOnStage(state);
  const step = lane === null ? 0 : Math.max(0, laneStep(lane, state.shownStep));
  const record = lane?.trace.steps.at(step);
  const promptCount = lane?.trace.header.promptTokens.length ?? 0;
  return {
    type: "step",
    step: state.shownStep,
    stepCount: state.stepCount,
    token: record === undefined ? null : { position: promptCount + step, token: record.token, text: record.text },
    lengthSlots: record === undefined ? null : meanLength(record.lengths),
  };
}

function selectionEvent(state: PageState): SelectionEvent {
  const { focusLayer: layer, focusKvHead: kvHead, pinnedPosition: position } = state;
  const text = position === null ? undefined : tokenText(state, position);
  return {
    type: "selection",
    layer,
    kvHead,
    pinned: position === null || text === undefined ? null : { position, text },
  };
}

function tokenText(state: PageState, position: number): string | undefined {
  const lane = laneOnStage(state);
  if (lane === null) return undefined;
  const { promptTexts } = lane.trace.header;
  return position < promptTexts.length
    ? promptTexts[position]
    : lane.trace.steps.at(position - promptTexts.length)?.text;
}

function statusEvent(state: PageState): StatusEvent {
  const { origin, runStatus, isPlaying, isRecordedRunLoading, recordedId } = state;
  const header = laneOnStage(state)?.trace.header;
  return {
    type: "status",
    origin,
    runStatus,
    isPlaying,
    isLoading: isRecordedRunLoading || runStatus === "loading",
    run:
      header === undefined
        ? null
        : {
            model: header.model.id,
            policy: header.policyId,
            parameters: header.parameters,
            promptCount: header.promptTokens.length,
            isRecorded: origin === "recorded",
            recordedId: origin === "recorded" ? recordedId : null,
          },
  };
}
