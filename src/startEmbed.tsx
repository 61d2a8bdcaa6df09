// Starts the page inside a frame: its own store, the recorded run that its query names, and the conversation with the
// page around it. It writes neither address nor storage, and starts no engine until somebody asks for a run.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createStore } from "zustand/vanilla";
import { allowedCommands, pageCommands } from "./embed/embedCommands";
import { embedState, eventTopics } from "./embed/embedMessages";
import { LIVE_RUN, type EmbedOptions, type EmbedQuery } from "./state/embedQuery";
import { createEmbedSession } from "./embed/embedSession";
import { beforeNextFrame, hostWindow } from "./embed/hostWindow";
import { askedRun, recipeCost, stateOfRuns } from "./state/recipe";
import { EmbedPage, type EmbedTheme } from "./EmbedPage";
import { parseMoment } from "./state/moment";
import { pageSurroundings } from "./pageSurroundings";
import { encodeLink } from "./settings/link";
import type { LessonPlace } from "./settings/linkContent";
import { createPageStore, type PageStore } from "./state/pageStore";
import type { RecordedRun } from "./state/recordings";
import "./styles/embed.css";

export function startEmbed(root: HTMLElement, { options, complaints }: EmbedQuery): void {
  const store = createEmbedStore(options);
  for (const complaint of complaints) store.getState().tell("warning", complaint);
  const theme: EmbedTheme = createStore(() => ({ choice: options.theme }));
  if (options.lesson !== null) {
    converse(store, options, { theme, firstRun: store.getState().openRecordedRuns() });
    void showLesson(root, store, theme, options.lesson);
    return;
  }
  const fragment = window.location.hash.replace(/^#/, "");
  const onHeight = converse(store, options, { theme, firstRun: showFirstRun(store, options, fragment) });

  createRoot(root).render(
    <StrictMode>
      <EmbedPage store={store} options={options} theme={theme} onHeight={onHeight} />
    </StrictMode>,
  );
}

/** A lesson stages its own runs, live ones included: opening it is asking for them. */
async function showLesson(root: HTMLElement, store: PageStore, theme: EmbedTheme, lesson: LessonPlace): Promise<void> {
  store.getState().openLesson(lesson);
  const { EmbedLesson } = await import("./EmbedLesson");
  createRoot(root).render(
    <StrictMode>
      <EmbedLesson store={store} theme={theme} />
    </StrictMode>,
  );
}

/** A store whose first recorded run is the one that the query names. */
function createEmbedStore({ recordedId, start }: EmbedOptions): PageStore {
  const surroundings = pageSurroundings();
  const { recordings } = surroundings;
  const list = async (): Promise<readonly RecordedRun[]> => {
    const runs = await recordings.list();
    const named = runs.filter(({ id }) => id === recordedId);
    if (recordedId !== null && recordedId !== LIVE_RUN && named.length === 0) {
      const ids = runs.map(({ id }) => id).join(", ");
      store
        .getState()
        .tell("warning", `run: “${recordedId.slice(0, 40)}” is not one of ${ids}; ${runs[0].id} is shown.`);
    }
    return [...named, ...runs.filter((run) => !named.includes(run))];
  };
  const store = createPageStore({
    ...surroundings,
    recordings: { ...recordings, list },
    isMotionWelcome: start === "playing" && surroundings.isMotionWelcome,
  });
  return store;
}

/** At the link's moment if it belongs to this run, otherwise at the query's step. */
async function showFirstRun(store: PageStore, options: EmbedOptions, fragment: string): Promise<void> {
  if (fragment !== "") await store.getState().openLink(fragment);
  const { start, step, recordedId: wantedId } = options;
  if (wantedId === LIVE_RUN) {
    computeRun(store, options);
    return;
  }
  const hasMoment = store.getState().wantedMoment !== null;
  await store.getState().openRecordedRuns();
  const { isPlaying, recordedId, recordedRuns, wantedMoment, openLink, moveTo, play } = store.getState();
  const headers = store.getState().lanes.map(({ trace }) => trace.header);
  if (headers.length === 0 || recordedId === null) return;
  if (fragment === "") {
    const problemId = recordedRuns.find(({ id }) => id === recordedId)?.problemId ?? null;
    void openLink(encodeLink(stateOfRuns(headers, problemId)));
  }
  if (step !== null) moveTo(step);
  else if (start === "paused" && !(hasMoment && wantedMoment === null)) moveTo(0);
  if (step !== null && isPlaying) play();
}

/** Starts the run of the fragment, unless it is a long one: then a person has to. */
function computeRun(store: PageStore, { mode, start, step }: EmbedOptions): void {
  const { run, tell, wantedMoment } = store.getState();
  store.setState({
    isRecordedRunLoading: false,
    ...(start === "paused" && wantedMoment === null && { wantedMoment: momentAtStep(step ?? 0) }),
  });
  const cost = recipeCost(askedRun(store.getState()));
  if (cost.type === "cheap") {
    run("run");
    return;
  }
  const next = mode === "interactive" ? "Press Run to compute it." : "Open it in Winnow to compute it.";
  tell("info", `This run is a long one: ${cost.words}. ${next}`);
}

function momentAtStep(step: number) {
  return parseMoment({ at: `step:${step}` }).moment;
}

interface Conversation {
  readonly theme: EmbedTheme;
  readonly firstRun: Promise<void>;
}

/** Returns what reports the height of the page to its host. */
function converse(
  store: PageStore,
  options: EmbedOptions,
  { theme, firstRun }: Conversation,
): (height: number) => void {
  const host = hostWindow();
  if (host === null) return () => undefined;
  const session = createEmbedSession({
    post: host.post,
    beforeNextFrame,
    capabilities: {
      commands: allowedCommands(options),
      topics: eventTopics,
      mode: options.mode,
      panels: options.panels,
    },
    allowedOrigins: options.allowedOrigins,
    doCommand: pageCommands({ store, options, firstRun, onTheme: (choice) => theme.setState({ choice }) }),
    state: () => embedState(store.getState()),
  });
  store.subscribe(session.noteChange);
  host.listen((data, origin) => void session.receive(data, origin));
  host.announce();
  return session.noteHeight;
}
