// The live run: the engine's worker is asked for at the first Run and loads what the settings name; its events grow the
// traces (liveTraces.ts). Everything that the engine reports ends here.
import type { EngineClient } from "../engine/client";
import type { BackendChoice, EngineEvent, LoadNotice, ModelReference, RunRequest } from "../engine/protocol";
import { errorMessage } from "../lib/errors";
import type { Settings } from "../settings/settings";
import type { BackendCheck, BackendSummary, ModelSummary } from "../trace/trace";
import { TRACE_BUDGET_BYTES } from "../trace/traceMemory";
import type { HeadPlace } from "../trace/watchedHeads";
import { isMissing, referenceOf, type BroughtActions } from "./brought";
import type { ChoicesState } from "./choices";
import type { ClockActions, ClockState } from "./clock";
import { fedRequest, promiseVerdicts } from "./linkProof";
import { createLiveTraces, type LiveTraces } from "./liveTraces";
import type { Tell } from "./notices";
import { createPacer, isPaceChosen, paceActions, type PaceActions, type Pacer } from "./pace";
import { askedRun, runRequest, type AskedRun } from "./recipe";
import { isUnderWay, type ShownRunsActions, type ShownRunsState } from "./shownRuns";
import type { ViewState } from "./view";
import { wantedHeads, type WatchedHeadsState } from "./watchedHeads";

/** What is loaded, and where. */
export interface LoadedEngine {
  readonly model: ModelSummary;
  readonly backend: BackendSummary;
  /** What comparing a GPU with the CPU found; null on the CPU. */
  readonly check: BackendCheck | null;
}

/** The engine behind live runs, written here alone. */
export interface EngineState {
  /** The engine that is loaded; null before it was asked for. */
  readonly engine: LoadedEngine | null;
  readonly loadedBytes: number;
  readonly totalBytes: number | null;
  /** The lane whose own model is read; null while it is the model of the run. */
  readonly loadingLane: number | null;
  /** The GPU has the model and is compared with the CPU. */
  readonly isChecking: boolean;
}

const nothingLoading = { loadedBytes: 0, totalBytes: null, loadingLane: null, isChecking: false } as const;

export const initialEngine: EngineState = { engine: null, ...nothingLoading };

export interface LiveRunActions extends PaceActions {
  /** Loads the engine that the settings ask for before it is needed. Nothing shows, also if it fails: the next run tries again. */
  readonly prepareEngine: () => void;
  /** Starts a live run with the settings in force; "step" generates one token and pauses, "atOnce" ignores the chosen pace. */
  readonly run: (mode: RunMode) => void;
  readonly stop: () => void;
  /** For tests: loses the GPU device as a driver crash would. */
  readonly loseDevice: () => void;
}

export interface LiveRunSurroundings {
  /** The models to choose from; one that is not among them falls back to the first. */
  readonly models: readonly ModelReference[];
  /** Called when the engine is first asked for, not before. */
  readonly createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient;
  /** Runs a function before the next frame, at most one at a time. */
  readonly beforeNextFrame: (show: () => void) => void;
}

const FED_NOTICE =
  "This replay is fed the tokens of the link, so that only survivors can differ. Run again for the tokens that this device chooses.";

type RunMode = "run" | "step" | "atOnce";
type WrittenState = EngineState & ShownRunsState & ClockState & ViewState & ChoicesState & WatchedHeadsState;

interface PageAccess {
  readonly set: (change: Partial<WrittenState>) => void;
  readonly get: () => WrittenState &
    ClockActions &
    Pick<ShownRunsActions, "claimScreen"> &
    Pick<BroughtActions, "askForModel">;
  readonly tell: Tell;
}

interface LiveRun {
  readonly actions: LiveRunActions;
  /** Other heads are wanted: the run records them from now on. */
  readonly watchHeads: () => void;
  /** Ends the run because something else is shown instead. */
  readonly leave: () => void;
}

export function createLiveRun(surroundings: LiveRunSurroundings, page: PageAccess): LiveRun {
  const { set, get } = page;
  const traces = createLiveTraces({ set, get, beforeNextFrame: surroundings.beforeNextFrame });
  const pacer = createPacer((stepCount) => starter.engine()?.advance(stepCount));
  const starter = createStarter(surroundings, page, {
    traces,
    pacer,
    onEvent(event) {
      // Once something else is shown, what the engine still reports about a run is ignored.
      if ("run" in event && event.run !== null && !traces.isPresent()) return;
      const handle = handlers[event.type] as (event: EngineEvent) => void;
      handle(event);
    },
  });
  const handlers = eventHandlers(page, { traces, pacer, starter });
  return {
    actions: {
      prepareEngine: starter.prepare,
      run: starter.run,
      ...paceActions({ set, get, pacer, engine: starter.engine, showGrowth: traces.show }),
      stop: () => starter.engine()?.stop(),
      loseDevice: () => starter.engine()?.loseDevice(),
    },
    watchHeads() {
      if (traces.isPresent()) starter.engine()?.watchHeads(wantedHeads(get()));
    },
    leave() {
      pacer.end();
      starter.forgetWish();
      const { runStatus } = get();
      if (traces.isPresent() && (isUnderWay(runStatus) || runStatus === "loading")) starter.engine()?.stop();
      traces.leave();
    },
  };
}

interface LiveParts {
  readonly traces: LiveTraces;
  readonly pacer: Pacer;
}

/** Loads the engine that the settings ask for, and starts the wanted run once it is ready. */
interface Starter {
  readonly prepare: () => void;
  /** The engine loads, or has loaded, without having been asked for a run. */
  readonly isUnasked: () => boolean;
  readonly run: (mode: RunMode) => void;
  /** The proofs of the link that the present run came from. [lane] */
  readonly promisedProofs: () => readonly string[];
  /** A run waits for its model. */
  readonly isAwaited: () => boolean;
  /** Null before the first run. */
  readonly engine: () => EngineClient | null;
  /** `notice`: what to say about the machine, with the first run. */
  readonly engineReady: (maxPositions: number, notice: LoadNotice | null) => void;
  /** The next run loads the engine again. */
  readonly engineFailed: () => void;
  readonly forgetWish: () => void;
}

type RunWish = AskedRun & {
  readonly mode: RunMode;
  /** Of the link that the settings came from. [lane] */
  readonly promisedProofs: readonly string[];
  /** The run is fed the tokens that they hold; none for a run left to itself. [lane] */
  readonly proofs: readonly string[];
};

function createStarter(
  { models, createEngine }: LiveRunSurroundings,
  { set, get, tell }: PageAccess,
  { traces, pacer, onEvent }: LiveParts & { readonly onEvent: (event: EngineEvent) => void },
): Starter {
  let engine: EngineClient | null = null;
  let loading: { readonly model: ModelReference; readonly backend: BackendChoice } | null = null; // or loaded
  let waiting: RunWish | null = null;
  let isUnasked = false;
  let heldNotice: LoadNotice | null = null;
  let promised: readonly string[] = []; // to the present run

  const modelOf = ({ model: id }: Settings): ModelReference => referenceOf(id, models);
  const isLoading = (settings: Settings): boolean =>
    loading?.model === modelOf(settings) && loading.backend === settings.backend;

  const load = (settings: Settings): void => {
    engine ??= createEngine(onEvent);
    loading = { model: modelOf(settings), backend: settings.backend };
    set({ engine: null });
    engine.load(loading.model, loading.backend);
  };

  /** Who only squeezes is not told on which machine: it changes nothing of what is shown. */
  const tellNotice = (mode: RunMode): void => {
    if (heldNotice === null || mode === "atOnce") return;
    tell(heldNotice.tone, heldNotice.text);
    heldNotice = null;
  };

  const start = ({ mode, promisedProofs, proofs, ...asked }: RunWish, maxPositions: number): void => {
    promised = promisedProofs;
    const watching = withWatch(runRequest(asked, maxPositions), wantedHeads(get()));
    const free = withLaneModels(watching, asked.lanes.map(modelOf));
    const request = fedRequest(free, proofs);
    if (request !== free) tell("info", FED_NOTICE);
    traces.start(request.lanes.length, asked.problem);
    pacer.end();
    set({ runStatus: "loading", isContinued: false, verdicts: [] });
    const isPaced = mode === "run" && isPaceChosen(get());
    engine?.start(request, isPaced || mode === "step");
    if (mode === "step") engine?.advance(1);
    if (isPaced) pacer.begin(false);
  };

  return {
    prepare() {
      const [settings] = askedRun(get()).lanes;
      // A model of the visitor's own may be large: it loads when it runs.
      if (loading !== null || modelOf(settings).files !== undefined) return;
      isUnasked = true;
      load(settings);
    },
    isUnasked: () => isUnasked,
    run(mode) {
      const { promisedProofs, verdicts } = get();
      // Once the replay has been compared, a further run chooses its own tokens.
      const proofs = verdicts.length === 0 ? promisedProofs : [];
      const wish: RunWish = { ...askedRun(get()), mode, promisedProofs, proofs };
      try {
        runRequest(wish);
      } catch (error) {
        tell("warning", errorMessage(error));
        return;
      }
      const missing = wish.lanes.map(modelOf).find(isMissing);
      if (missing !== undefined) {
        get().askForModel(missing.id);
        return;
      }
      isUnasked = false;
      get().claimScreen();
      const [settings] = wish.lanes;
      const { engine: loaded } = get();
      const isSame = isLoading(settings);
      if (isSame && loaded !== null) {
        tellNotice(mode);
        start(wish, loaded.model.maxPositions);
        return;
      }
      waiting = wish;
      set({ runStatus: "loading" });
      if (!isSame) load(settings);
    },
    promisedProofs: () => promised,
    isAwaited: () => waiting !== null,
    engine: () => engine,
    engineReady(maxPositions, notice) {
      heldNotice = notice;
      if (waiting === null) return;
      tellNotice(waiting.mode);
      start(waiting, maxPositions);
      waiting = null;
    },
    engineFailed() {
      loading = null;
    },
    forgetWish() {
      waiting = null;
    },
  };
}

/** Names the model of each lane that has another than the first. */
function withLaneModels(request: RunRequest, models: readonly ModelReference[]): RunRequest {
  const [loaded] = models;
  const lanes = request.lanes.map((recipe, lane) =>
    models[lane] === loaded ? recipe : { ...recipe, model: models[lane] },
  );
  return { ...request, lanes };
}

/** Lanes that watch some heads watch these. */
function withWatch(request: RunRequest, wanted: readonly HeadPlace[]): RunRequest {
  const lanes = request.lanes.map((recipe) =>
    recipe.watch === undefined ? recipe : { ...recipe, watch: { ...recipe.watch, wanted } },
  );
  return { ...request, lanes };
}

const FULL_WORDS =
  `The run was stopped: its trace fills the ${TRACE_BUDGET_BYTES / 1e6} MB that it may take, and nothing more can be left out of it. ` +
  "Everything up to here can be played and saved.";

type EventHandlers = {
  readonly [Type in EngineEvent["type"]]: (event: Extract<EngineEvent, { type: Type }>) => void;
};

/** What each event of the engine does to the page. */
function eventHandlers(
  { set, get, tell }: PageAccess,
  { traces, pacer, starter }: LiveParts & { readonly starter: Starter },
): EventHandlers {
  /** Compares the run with the proofs of its link, once it has ended by itself. Another link may have been opened since. */
  const compareWithProofs = (): void => {
    const shown = traces.shown();
    if (shown === null || get().isContinued || shown.some(({ end }) => end === "stopped")) return;
    const { promisedProofs } = get();
    const isOfRun = promisedProofs.join() === starter.promisedProofs().join();
    if (isOfRun) set({ verdicts: promiseVerdicts(promisedProofs, shown) });
  };

  let hasToldFull = false;
  /** Steps that are on their way still come. */
  const endFullRun = (): void => {
    starter.engine()?.stop();
    if (!hasToldFull) tell("warning", FULL_WORDS);
    hasToldFull = true;
  };

  return {
    loading: ({ loadedBytes, totalBytes, lane = null }) =>
      set({ loadedBytes, totalBytes, loadingLane: lane, isChecking: false }),
    checking: ({ lane = null }) => set({ loadingLane: lane, isChecking: true }),
    ready({ model, backend, check, notice }) {
      set({ engine: { model, backend, check }, ...nothingLoading });
      starter.engineReady(model.maxPositions, notice);
    },
    started({ lane, header }) {
      traces.begin(lane, header);
      hasToldFull = false;
      set({ runStatus: "running", ...nothingLoading });
    },
    memory: ({ lane, memory }) => traces.lane(lane)?.changeMemory(memory),
    step({ lane, record, eviction }) {
      const builder = traces.lane(lane);
      if (builder === undefined) return;
      // A step after the end: the engine did continue the run.
      if (builder.trace.end !== null) set({ isContinued: true });
      builder.append(record, eviction);
      if (!traces.bound()) endFullRun();
      traces.showSoon();
    },
    paused() {
      if (pacer.isOn()) {
        pacer.engineRested();
        return;
      }
      traces.show();
      set({ runStatus: "paused" });
    },
    resumed: () => set({ runStatus: "running" }),
    done({ lane, reason }) {
      traces.lane(lane)?.finish(reason);
      if (!traces.haveAllEnded()) return;
      pacer.end();
      traces.show();
      set({ runStatus: "ended" });
      compareWithProofs();
    },
    // Only engines of their own are asked for these.
    aftermath: () => undefined,
    streamStarted: () => undefined,
    watched: () => undefined,
    refused: () => undefined,
    streamEnded: () => undefined,
    backendChanged({ modelId, backend, check, reason }) {
      const { engine } = get();
      if (engine?.model.id === modelId) set({ engine: { ...engine, backend, check } });
      tell("warning", reason);
    },
    laneNotice: ({ lane, notice: { tone, text } }) => tell(tone, `Lane ${lane + 1}: ${text}`),
    failed({ run, message }) {
      if (run === null) starter.engineFailed();
      if (starter.isUnasked()) {
        set(nothingLoading);
        return;
      }
      tell("error", message);
      // Something else has been opened since: it has not failed.
      if (!starter.isAwaited() && !traces.isPresent()) {
        set(nothingLoading);
        return;
      }
      starter.forgetWish();
      pacer.end();
      traces.show();
      // A run that had come to its end is still there when it cannot be continued; without an engine it never can be.
      set({ runStatus: run !== null && traces.haveAllEnded() ? "ended" : "failed", ...nothingLoading });
    },
  };
}
