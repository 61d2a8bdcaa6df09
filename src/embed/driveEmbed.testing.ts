// An embedded page without a window, for tests: a page store, the conversation with a host, and all that was posted.
import { drivePage, type DrivenPage } from "../state/drivePage.testing";
import { allowedCommands, pageCommands } from "./embedCommands";
import type { PostedMessage } from "./embedMessages";
import { embedState, eventTopics } from "./embedMessages";
import { defaultEmbedOptions, type EmbedOptions } from "../state/embedQuery";
import { createEmbedSession, type EmbedSession } from "./embedSession";

export const HOST = "https://course.example";

export interface DrivenEmbed {
  readonly page: DrivenPage;
  readonly session: EmbedSession;
  readonly posted: { readonly message: PostedMessage; readonly origin: string }[];
  readonly themes: string[];
  readonly drawFrame: () => void;
  /** Sends a message from the host and returns what was posted in response. */
  readonly send: (message: object, origin?: string) => Promise<readonly PostedMessage[]>;
}

/** The recorded run is on screen and the host has not spoken yet. */
export async function driveEmbed(change: Partial<EmbedOptions> = {}): Promise<DrivenEmbed> {
  const page = drivePage({ isMotionWelcome: false });
  await page.store.getState().openRecordedRuns();
  return embedOf(page, Promise.resolve(), change);
}

/** A page whose first run may still be on its way. */
export function embedOf(page: DrivenPage, firstRun: Promise<void>, change: Partial<EmbedOptions> = {}): DrivenEmbed {
  const options = { ...defaultEmbedOptions, ...change };
  const posted: DrivenEmbed["posted"] = [];
  const themes: string[] = [];
  let due: (() => void) | null = null;
  const session = createEmbedSession({
    post: (message, origin) => posted.push({ message, origin }),
    beforeNextFrame: (act) => (due = act),
    capabilities: {
      commands: allowedCommands(options),
      topics: eventTopics,
      mode: options.mode,
      panels: options.panels,
    },
    allowedOrigins: options.allowedOrigins,
    doCommand: pageCommands({ store: page.store, options, firstRun, onTheme: (theme) => themes.push(theme) }),
    state: () => embedState(page.store.getState()),
  });
  page.store.subscribe(session.noteChange);
  return {
    page,
    session,
    posted,
    themes,
    drawFrame() {
      due?.();
      due = null;
    },
    async send(message, origin = HOST) {
      const before = posted.length;
      await session.receive({ winnow: 1, ...message }, origin);
      return posted.slice(before).map((one) => one.message);
    },
  };
}

/** The same after the handshake. */
export async function greetedEmbed(change: Partial<EmbedOptions> = {}): Promise<DrivenEmbed> {
  const embed = await driveEmbed(change);
  await embed.send({ type: "hello", version: 1 });
  embed.posted.length = 0;
  return embed;
}
