// The engine behind the worker's messages: loads models, starts runs, hands commands on. It knows neither `self` nor
// `navigator`, so that it runs in tests as it does in the worker. Every failure becomes a `failed` event.

import { errorMessage, unreachable } from "../lib/errors";
import { loadModel } from "../model/loadModel";
import type { LoadedModel } from "../model/loadModel";
import type { ModelSource } from "../model/source";
import type { BackendSummary } from "../trace/trace";
import { chooseBackend } from "./backendChoice";
import type { BackendMakers } from "./backendChoice";
import { createBackendKeeper } from "./backendKeeper";
import { startEngineRun } from "./engineRun";
import type { EngineRun } from "./engineRun";
import type { RunEngine } from "./lane";
import { modelSummary } from "./modelSummary";
import { createOutbox } from "./outbox";
import type { Outbox } from "./outbox";
import type { BackendChoice, EngineCommand, EngineEvent, ModelReference } from "./protocol";
import { transferList } from "./transferList";

export interface EngineEdge extends BackendMakers {
  post(event: EngineEvent, transfer: ArrayBuffer[]): void;
  openSource(address: string): ModelSource;
}

export interface EngineHost {
  handle(command: EngineCommand): void;
  dispose(): void;
}

interface PresentRun {
  readonly number: number;
  readonly outbox: Outbox;
  /** Null until the model has been loaded. */
  engineRun: EngineRun | null;
  /** Commands that came before that. */
  readonly early: ((engineRun: EngineRun) => void)[];
  isOver: boolean;
}

/** At most this often does a growing download report itself. */
const PROGRESS_INTERVAL_MS = 50;

export function createEngineHost(edge: EngineEdge): EngineHost {
  /** The model that is loaded or being loaded; null before the first and after one that failed. */
  let engine: Promise<RunEngine> | null = null;
  let loadCount = 0;
  let known: { address: string; loaded: LoadedModel } | null = null;
  let present: PresentRun | null = null;

  const post = (event: EngineEvent): void => edge.post(event, transferList(event));

  function load(reference: ModelReference, choice: BackendChoice): void {
    endPresentRun();
    void engine?.then(({ keeper }) => keeper.dispose()).catch(() => undefined);
    const thisLoad = ++loadCount;
    const isCurrent = (): boolean => thisLoad === loadCount;
    const opening = openEngine(reference, choice, isCurrent);
    engine = opening;
    opening.catch((error: unknown) => {
      if (!isCurrent()) return;
      engine = null;
      post({ type: "failed", run: null, message: errorMessage(error) });
    });
  }

  async function openEngine(
    reference: ModelReference,
    choice: BackendChoice,
    isCurrent: () => boolean,
  ): Promise<RunEngine> {
    const loaded = await fetchModel(reference, isCurrent);
    const model = { config: loaded.config, weights: loaded.weights };
    const open = () => chooseBackend(model, choice, edge);
    const opened = await open();
    const keeper = createBackendKeeper({ opened, reopen: open, onChange: tellChange });
    const summary = modelSummary(reference, loaded);
    if (isCurrent()) {
      const { backend, notice } = opened;
      post({ type: "ready", model: summary, backend: backend.summary, notice });
    }
    return { model, tokenizer: loaded.tokenizer, summary, keeper };
  }

  /** The files are read once, however often the backend is changed. */
  async function fetchModel({ address }: ModelReference, isCurrent: () => boolean): Promise<LoadedModel> {
    if (known?.address === address) return known.loaded;
    known = null;
    let toldMs = -Infinity;
    const loaded = await loadModel(edge.openSource(address), (loadedBytes, totalBytes) => {
      if (!isCurrent()) return;
      const nowMs = performance.now();
      if (nowMs - toldMs < PROGRESS_INTERVAL_MS && loadedBytes !== totalBytes) return;
      toldMs = nowMs;
      post({ type: "loading", loadedBytes, totalBytes });
    });
    if (isCurrent()) known = { address, loaded };
    return loaded;
  }

  function tellChange(backend: BackendSummary, reason: string): void {
    const event: EngineEvent = { type: "backendChanged", backend, reason };
    if (present === null) post(event);
    else present.outbox.push(event);
  }

  async function start(command: Extract<EngineCommand, { type: "start" }>): Promise<void> {
    endPresentRun();
    const { run, request, isPaused } = command;
    const started: PresentRun = { number: run, outbox: createOutbox(post), engineRun: null, early: [], isOver: false };
    present = started;
    try {
      if (engine === null) throw new Error("No model is loaded; choose one first.");
      const loadedEngine = await engine;
      if (started.isOver) return;
      const { outbox, early } = started;
      const engineRun = startEngineRun(loadedEngine, { run, request, isPaused, outbox });
      started.engineRun = engineRun;
      for (const tell of early) tell(engineRun);
    } catch (error) {
      started.outbox.push({ type: "failed", run, message: errorMessage(error) });
    }
  }

  function endPresentRun(): void {
    if (present === null) return;
    present.isOver = true;
    present.outbox.close();
    present.engineRun?.close();
    present = null;
  }

  /** Commands of a run that is no longer present come too late and change nothing. */
  function tellRun(run: number, tell: (engineRun: EngineRun) => void): void {
    if (present?.number !== run) return;
    if (present.engineRun === null) present.early.push(tell);
    else tell(present.engineRun);
  }

  function handle(command: EngineCommand): void {
    switch (command.type) {
      case "load":
        load(command.model, command.backend);
        return;
      case "start":
        void start(command);
        return;
      case "pause":
        tellRun(command.run, (engineRun) => engineRun.pause());
        return;
      case "resume":
        tellRun(command.run, (engineRun) => engineRun.advance(Infinity));
        return;
      case "advance":
        tellRun(command.run, (engineRun) => engineRun.advance(command.stepCount));
        return;
      case "continue":
        tellRun(command.run, (engineRun) => engineRun.continueBy(command.extraTokens));
        return;
      case "stop":
        tellRun(command.run, (engineRun) => engineRun.stop());
        return;
      case "credit":
        if (present?.number === command.run) present.outbox.grant(command.stepCount);
        return;
      case "loseDevice":
        void engine?.then(({ keeper }) => keeper.lose()).catch(() => undefined);
        return;
      default:
        return unreachable(command);
    }
  }

  return {
    handle,
    dispose() {
      endPresentRun();
      loadCount++;
      void engine?.then(({ keeper }) => keeper.dispose()).catch(() => undefined);
      engine = null;
    },
  };
}
