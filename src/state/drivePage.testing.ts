// A page store without a page, for tests: a drawn trace is its recorded run and what its engine says, and the test says when.
import type { EngineClient } from "../engine/client";
import type { EngineEvent, RunRecipe } from "../engine/protocol";
import { drawTrace } from "../trace/drawTrace.testing";
import type { Trace } from "../trace/trace";
import { createPageStore, type PageStore } from "./pageStore";
import type { Recordings } from "./recordings";

const picture = `on
   the     evicts The | cat
   mat
   and
   slept   evicts cat | sat`;
const drawn = drawTrace({ prompt: "The cat sat", windowSlots: 1 }, picture);
/** Of the page's first model. */
export const drivenTrace: Trace = {
  ...drawn,
  header: { ...drawn.header, model: { ...drawn.header.model, id: "winnow-1m" } },
};
const { backend } = drivenTrace.header;
export const recorded = { ...drivenTrace, end: "stopToken" } as Trace;

export interface DrivenPage {
  readonly store: PageStore;
  /** What the page asked of the engine, in order. */
  readonly asked: string[];
  readonly recipes: RunRecipe[];
  /** Lets the engine say something. */
  readonly say: (event: EngineEvent) => void;
  /** The engine that the page asked for after the first: it computes in the background. */
  readonly background: Omit<DrivenEngine, "client">;
  /** Lets the browser draw. */
  readonly drawFrame: () => void;
}

interface DrivenEngine {
  readonly client: EngineClient;
  readonly asked: string[];
  readonly recipes: RunRecipe[];
  /** Tokens that each run was fed; empty for one that follows its own. */
  readonly fed: (readonly number[])[];
  readonly say: (event: EngineEvent) => void;
  readonly listen: (onEvent: (event: EngineEvent) => void) => void;
}

function driveEngine(): DrivenEngine {
  const asked: string[] = [];
  const recipes: RunRecipe[] = [];
  const fed: (readonly number[])[] = [];
  let onEvent: (event: EngineEvent) => void = () => undefined;
  const client: EngineClient = {
    load: (model, backend) => asked.push(`load ${model.label} ${backend}`),
    start({ lanes, fedTokens = [] }, isPaused) {
      recipes.push(...lanes);
      fed.push(fedTokens);
      asked.push(isPaused ? "start paused" : "start");
      return 1;
    },
    measureAftermath(recipe, { events }) {
      recipes.push(recipe);
      asked.push(`aftermath of event ${events.length - 1}`);
      return 1;
    },
    startStream: ({ lanes }) => asked.push(`stream of ${lanes.length} lanes`),
    ask: (question) => asked.push(`ask ${question}`),
    pause: () => asked.push("pause"),
    resume: () => asked.push("resume"),
    advance: (stepCount) => asked.push(`advance ${stepCount}`),
    continueRun: (extraTokens) => asked.push(`continue ${extraTokens}`),
    stop: () => asked.push("stop"),
    watchHeads: (wanted) => asked.push(`watch ${wanted.map(({ layer, kvHead }) => `${layer}.${kvHead}`).join(" ")}`),
    loseDevice: () => asked.push("loseDevice"),
    dispose: () => asked.push("dispose"),
  };
  return { client, asked, recipes, fed, say: (event) => onEvent(event), listen: (listener) => (onEvent = listener) };
}

export function startLive(page: DrivenPage): DrivenPage {
  page.store.getState().run("run");
  sayReady(page);
  sayStarted(page);
  return page;
}

export function sayReady({ say }: DrivenPage, maxPositions = 1024): void {
  say({
    type: "ready",
    model: { ...drivenTrace.header.model, maxPositions },
    backend,
    check: null,
    notice: null,
    weightReadBytes: 0,
  });
}

export function sayStarted({ say }: DrivenPage, lane = 0): void {
  say({ type: "started", run: 1, lane, header: drivenTrace.header });
}

export function saySteps({ say }: DrivenPage, from: number, to: number, lane = 0): void {
  for (let step = from; step < to; step++) {
    const eviction = drivenTrace.events.find((event) => event.step === step) ?? null;
    say({ type: "step", run: 1, lane, record: drivenTrace.steps[step], eviction });
  }
}

const loadAtOnce: Recordings["load"] = () => Promise.resolve([recorded]);

export function drivePage({
  isMotionWelcome = true,
  hasRecordings = true,
  loadRecording = loadAtOnce,
} = {}): DrivenPage {
  const live = driveEngine();
  const background = driveEngine();
  let isLiveAway = true;
  let due: (() => void) | null = null;
  const store = createPageStore({
    streamModel: { id: "winnow-stream-1m", label: "None", address: "" },
    models: [
      { id: "winnow-1m", label: "First", address: "models/first/" },
      { id: "second", label: "Second", address: "models/second/" },
    ],
    createEngine(listener) {
      const engine = isLiveAway ? live : background;
      isLiveAway = false;
      engine.listen(listener);
      return engine.client;
    },
    beforeNextFrame(show) {
      due = show;
    },
    recordings: {
      list: () =>
        hasRecordings
          ? Promise.resolve([
              { id: "first", title: "First", files: ["first.winnow"], problemId: "walk-5x6-1" },
              { id: "other", title: "Other", files: ["other.winnow"], problemId: null },
            ])
          : Promise.reject(new Error("no such folder")),
      load: loadRecording,
    },
    isMotionWelcome,
  });
  return {
    store,
    asked: live.asked,
    recipes: live.recipes,
    say: live.say,
    background,
    drawFrame() {
      due?.();
      due = null;
    },
  };
}
