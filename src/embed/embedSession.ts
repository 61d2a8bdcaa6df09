// The conversation with the host page: who may drive this page, the handshake, an answer to every command, and events at
// most once a frame. It knows no window: messages come in and go out through its arguments.
import { errorMessage } from "../lib/errors";
import type {
  Capabilities,
  EmbedCommand,
  EmbedMessage,
  EmbedState,
  EventTopic,
  MessageId,
  PostedMessage,
  TopicEvent,
} from "./embedMessages";
import { eventTopics, parseHostMessage, PROTOCOL_VERSION } from "./embedMessages";

/** Carries out a command. Throws in plain words if it cannot; resolves to the problems it met. */
export type DoCommand = (command: PageCommand) => Promise<readonly string[]> | readonly string[];

/** Commands that the page carries out; the session handles subscriptions itself. */
export type PageCommand = Exclude<EmbedCommand, { readonly type: "subscribe" | "unsubscribe" }>;

export interface EmbedSurroundings {
  /** Posts to the host window, if it has this origin. */
  readonly post: (message: PostedMessage, origin: string) => void;
  /** Runs a function soon; the session schedules one at a time. */
  readonly beforeNextFrame: (act: () => void) => void;
  readonly capabilities: Capabilities;
  /** Null if any host may drive the page. */
  readonly allowedOrigins: readonly string[] | null;
  readonly doCommand: DoCommand;
  readonly state: () => EmbedState;
}

export interface EmbedSession {
  /** Takes a message from the host window, and from no other. */
  readonly receive: (data: unknown, origin: string) => Promise<void>;
  /** The state may have changed. */
  readonly noteChange: () => void;
  readonly noteHeight: (height: number) => void;
}

export function createEmbedSession(surroundings: EmbedSurroundings): EmbedSession {
  const { post, beforeNextFrame, capabilities, allowedOrigins, doCommand, state } = surroundings;
  /** Origin of the first host whose hello named a supported version. */
  let host: string | null = null;
  let height: number | null = null;
  let isFrameDue = false;
  const subscribed = new Set<EventTopic>();
  const lastSent = new Map<EventTopic, string>();

  const say = (origin: string, message: EmbedMessage, id: MessageId = null): void => {
    post({ winnow: PROTOCOL_VERSION, ...message, ...(id !== null && { id }) }, origin);
  };

  const mayDrive = (origin: string): boolean => {
    // A page without an origin could not be answered.
    if (origin === "null" || origin === "") return false;
    if (allowedOrigins !== null && !allowedOrigins.includes(origin)) return false;
    return host === null || host === origin;
  };

  const welcome = (origin: string, version: number, id: MessageId): void => {
    if (version !== PROTOCOL_VERSION) {
      say(origin, { type: "unsupported", versions: [PROTOCOL_VERSION] }, id);
      return;
    }
    host = origin;
    say(origin, { type: "ready", version: PROTOCOL_VERSION, capabilities, state: state() }, id);
    if (height !== null) say(origin, { type: "height", height });
  };

  /** Posts the topics that have changed since they were last posted. */
  const sendEvents = (): void => {
    isFrameDue = false;
    if (host === null || subscribed.size === 0) return;
    const events = state();
    for (const topic of eventTopics) if (subscribed.has(topic)) sendIfNew(host, topic, events[topic]);
  };

  const sendIfNew = (origin: string, topic: EventTopic, event: TopicEvent): void => {
    const text = JSON.stringify(event);
    if (lastSent.get(topic) === text) return;
    lastSent.set(topic, text);
    say(origin, event);
  };

  const noteChange = (): void => {
    if (isFrameDue || host === null || subscribed.size === 0) return;
    isFrameDue = true;
    beforeNextFrame(sendEvents);
  };

  const carryOut = async (command: EmbedCommand): Promise<readonly string[]> => {
    switch (command.type) {
      case "subscribe":
        // Each topic starts with the current state.
        for (const topic of command.topics) {
          subscribed.add(topic);
          lastSent.delete(topic);
        }
        noteChange();
        return [];
      case "unsubscribe":
        for (const topic of command.topics) subscribed.delete(topic);
        return [];
      default:
        return await doCommand(command);
    }
  };

  return {
    async receive(data, origin) {
      const message = parseHostMessage(data);
      if (message.type === "foreign" || !mayDrive(origin)) return;
      if (message.type === "hello") {
        welcome(origin, message.version, message.id);
        return;
      }
      const { id } = message;
      if (message.type === "bad") {
        say(origin, { type: "failed", command: message.of, message: message.message }, id);
        return;
      }
      const { type } = message.command;
      if (host === null) {
        const text = `expected hello with version ${PROTOCOL_VERSION} first, found ${type}.`;
        say(origin, { type: "failed", command: type, message: text }, id);
        return;
      }
      try {
        const problems = await carryOut(message.command);
        say(origin, { type: "done", command: type, ...(problems.length > 0 && { problems }) }, id);
      } catch (error) {
        say(origin, { type: "failed", command: type, message: errorMessage(error) }, id);
      }
    },
    noteChange,
    noteHeight(next) {
      if (next === height) return;
      height = next;
      if (host !== null) say(host, { type: "height", height });
    },
  };
}
