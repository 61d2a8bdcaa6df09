// The page's end of the worker: starts it on first use, sends commands, drops events of other runs and loads, grants credit.
// Nothing waits for ever: a worker that crashes or stays silent while loading ends in a `failed` event in plain words.

import { errorMessage } from "../lib/errors";
import { createModuleWorker } from "../lib/moduleWorker";
import type { HeadPlace } from "../trace/watchedHeads";
import workerAddress from "./worker.ts?worker&url";
import type {
  AftermathRequest,
  BackendChoice,
  EngineCommand,
  EngineEvent,
  ModelReference,
  RunRecipe,
  RunRequest,
  StreamRequest,
  QuantisedFormat,
} from "./protocol";

export interface EngineClient {
  load(model: ModelReference, backend: BackendChoice, weights?: QuantisedFormat): void;
  /** Starts a run (ending the one before) and returns its number. */
  start(request: RunRequest, isPaused: boolean): number;
  /** The same for lanes of a stream, whose steps are frames. */
  startStream(request: StreamRequest, isPaused: boolean): number;
  /** Asks in every lane of a stream, at the frame that it has come to. */
  ask(question: string): void;
  /** Measures what the last of these events did to the queries after it (ending a run before); returns its number. */
  measureAftermath(recipe: RunRecipe, request: AftermathRequest): number;
  pause(): void;
  resume(): void;
  /** Takes this many steps in every lane that has not ended and pauses again. */
  advance(stepCount: number): void;
  /** Goes on after the end. */
  continueRun(extraTokens: number): void;
  stop(): void;
  /** Lanes that watch some heads watch these from now on. */
  watchHeads(wanted: readonly HeadPlace[]): void;
  loseDevice(): void;
  dispose(): void;
}

/** The part of a Worker that the client uses. */
export interface EngineWorker {
  onmessage: ((message: MessageEvent<EngineEvent>) => void) | null;
  onerror: ((error: ErrorEvent) => void) | null;
  onmessageerror: ((message: MessageEvent) => void) | null;
  postMessage(command: EngineCommand): void;
  terminate(): void;
}

/**
 * Steps that may be on their way to the page at a time. A page that draws slowly gets at most this many per frame; with fewer,
 * it would need many frames to reach the end of a run.
 */
export const CREDIT_STEPS = 128;

/** A worker that loads and is silent for so long is reported to the page. */
export const LOAD_SILENCE_MS = 30_000;

export function createEngineClient(
  onEvent: (event: EngineEvent) => void,
  createWorker: () => EngineWorker = () => createModuleWorker(new URL(workerAddress, import.meta.url).href, "engine"),
): EngineClient {
  let worker: EngineWorker | null = null;
  let run = 0;
  let load = 0;
  let consumedSteps = 0;
  let watchdog: ReturnType<typeof setTimeout> | null = null;

  function send(...commands: EngineCommand[]): void {
    worker ??= openWorker();
    for (const command of commands) worker?.postMessage(command);
  }

  /** Null where the browser refuses one, as some privacy settings make it do. */
  function openWorker(): EngineWorker | null {
    let opened: EngineWorker;
    try {
      opened = createWorker();
    } catch (error) {
      abandon(`The engine cannot start: ${errorMessage(error)}.`);
      return null;
    }
    opened.onmessage = (message) => receive(message.data);
    // It threw outside every handler and cannot be trusted any more; or its script could not be loaded, which has no message.
    opened.onerror = ({ message }) =>
      abandon(message ? `The engine stopped: ${message}.` : "The engine cannot start: its script could not be loaded.");
    opened.onmessageerror = () => abandon("The engine sent something that this browser cannot read.");
    return opened;
  }

  /** Ends the worker; the next load starts a fresh one. */
  function abandon(reason: string): void {
    closeWorker();
    onEvent({ type: "failed", run: null, message: `${reason} Load the model again to go on.` });
  }

  function closeWorker(): void {
    restWatchdog();
    if (worker === null) return;
    worker.onmessage = null;
    worker.onerror = null;
    worker.onmessageerror = null;
    worker.terminate();
    worker = null;
  }

  function receive(event: EngineEvent): void {
    if ("load" in event && event.load !== load) return;
    if (event.type === "loading" || event.type === "checking") armWatchdog();
    else restWatchdog();
    if ("run" in event && event.run !== null && event.run !== run) return;
    if (event.type === "step" || event.type === "watched") grantCredit();
    onEvent(event);
  }

  /** By delivery, half of the credit at a time: a page that is busy does not get here, so nothing piles up in front of it. */
  function grantCredit(): void {
    consumedSteps++;
    if (consumedSteps < CREDIT_STEPS / 2) return;
    send({ type: "credit", run, stepCount: consumedSteps });
    consumedSteps = 0;
  }

  function armWatchdog(): void {
    restWatchdog();
    watchdog = setTimeout(() => {
      watchdog = null;
      const seconds = LOAD_SILENCE_MS / 1000;
      onEvent({
        type: "failed",
        run: null,
        message: `The engine has said nothing for ${seconds} seconds while loading the model. Check the connection and load it again.`,
      });
    }, LOAD_SILENCE_MS);
  }

  function restWatchdog(): void {
    if (watchdog !== null) clearTimeout(watchdog);
    watchdog = null;
  }

  return {
    load(model, backend, weights) {
      load++;
      send({ type: "load", load, model: seenFromPage(model), backend, ...(weights !== undefined && { weights }) });
      if (worker !== null) armWatchdog();
    },
    start(request, isPaused) {
      run++;
      consumedSteps = 0;
      const lanes = request.lanes.map(withSeenModel);
      send(
        { type: "start", run, request: { ...request, lanes }, isPaused },
        { type: "credit", run, stepCount: CREDIT_STEPS },
      );
      return run;
    },
    startStream(request, isPaused) {
      run++;
      consumedSteps = 0;
      send({ type: "startStream", run, request, isPaused }, { type: "credit", run, stepCount: CREDIT_STEPS });
      return run;
    },
    ask: (question) => send({ type: "ask", run, question }),
    measureAftermath(recipe, request) {
      run++;
      send({ type: "measureAftermath", run, recipe: withSeenModel(recipe), request });
      return run;
    },
    pause: () => send({ type: "pause", run }),
    resume: () => send({ type: "resume", run }),
    advance: (stepCount) => send({ type: "advance", run, stepCount }),
    continueRun: (extraTokens) => send({ type: "continue", run, extraTokens }),
    stop: () => send({ type: "stop", run }),
    watchHeads: (wanted) => send({ type: "watchHeads", run, wanted }),
    loseDevice: () => send({ type: "loseDevice" }),
    dispose: closeWorker,
  };
}

/** The worker's own script lies in another folder than the page. */
function seenFromPage(model: ModelReference): ModelReference {
  if (typeof document === "undefined") return model;
  return { ...model, address: new URL(model.address, document.baseURI).href };
}

function withSeenModel(recipe: RunRecipe): RunRecipe {
  return recipe.model === undefined ? recipe : { ...recipe, model: seenFromPage(recipe.model) };
}
