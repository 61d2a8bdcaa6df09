// The model that the worker holds: its files are read once, its backend kept (backendKeeper.ts). A load that a newer one has
// overtaken reports nothing.

import { errorMessage } from "../lib/errors";
import { loadModel } from "../model/loadModel";
import type { LoadedModel } from "../model/loadModel";
import type { ModelSource } from "../model/source";
import type { BackendSummary } from "../trace/trace";
import type { BackendMakers } from "./backendKeeper";
import { chooseBackend, createBackendKeeper } from "./backendKeeper";
import type { RunEngine } from "./lane";
import type { BackendChoice, EngineEvent, ModelReference, WeightRounding } from "./protocol";
import { roundWeights } from "./storage/roundedWeights";
import { modelSummary } from "./traceRecords";

export interface ModelLoader {
  /** Reports its progress, and `ready` or `failed` at its end. */
  load(reference: ModelReference, wanted: WantedEngine): void;
  /** The engine that is loaded or being loaded. Rejects where there is none. */
  engine(): Promise<RunEngine>;
  /** For tests: loses the device as a driver crash would. */
  loseDevice(): void;
  dispose(): void;
}

interface WantedEngine {
  readonly backend: BackendChoice;
  /** Absent: the weights as they are in their files. */
  readonly rounding?: WeightRounding;
}

interface LoaderEdge extends BackendMakers {
  openSource(address: string): ModelSource;
  post(event: EngineEvent): void;
  onBackendChange(backend: BackendSummary, reason: string): void;
}

/** At most this often does a growing download report itself. */
const PROGRESS_INTERVAL_MS = 50;

export function createModelLoader(edge: LoaderEdge): ModelLoader {
  /** Null before the first load and after one that failed. */
  let engine: Promise<RunEngine> | null = null;
  let loadCount = 0;
  let known: { readonly address: string; readonly loaded: LoadedModel } | null = null;

  const onKeeper = (act: (keeper: RunEngine["keeper"]) => void): void => {
    void engine?.then(({ keeper }) => act(keeper)).catch(() => undefined);
  };

  async function openEngine(
    reference: ModelReference,
    { backend: choice, rounding }: WantedEngine,
    isCurrent: () => boolean,
  ): Promise<RunEngine> {
    const loaded = await fetchModel(reference, isCurrent);
    const rounded = rounding === undefined ? null : roundWeights(loaded.weights, loaded.config, rounding);
    const model = {
      config: loaded.config,
      weights: rounded?.weights ?? loaded.weights,
      roles: loaded.roles,
      filters: loaded.filters,
      readBasis: loaded.readBasis,
    };
    const open = () => chooseBackend(model, choice, edge);
    const opened = await open();
    const keeper = createBackendKeeper({
      opened,
      reopen: open,
      onChange: (...change) => edge.onBackendChange(...change),
    });
    const summary = modelSummary(reference, loaded);
    if (isCurrent()) {
      const { backend } = opened;
      const notices = [opened.notice, loaded.rolesProblem, loaded.filtersProblem].filter((text) => text !== null);
      const notice = notices.length === 0 ? null : notices.join(" ");
      const ready = { type: "ready", model: summary, backend: backend.summary, notice } as const;
      edge.post(rounded === null ? ready : { ...ready, packedWeightBytes: rounded.packedBytes });
    }
    return { model, tokenizer: loaded.tokenizer, summary, keeper };
  }

  /** The files are read once, however often the backend is changed. */
  async function fetchModel({ address }: ModelReference, isCurrent: () => boolean): Promise<LoadedModel> {
    if (known?.address === address) return known.loaded;
    known = null;
    let reportedMs = -Infinity;
    const loaded = await loadModel(edge.openSource(address), (loadedBytes, totalBytes) => {
      if (!isCurrent()) return;
      const nowMs = performance.now();
      if (nowMs - reportedMs < PROGRESS_INTERVAL_MS && loadedBytes !== totalBytes) return;
      reportedMs = nowMs;
      edge.post({ type: "loading", loadedBytes, totalBytes });
    });
    if (isCurrent()) known = { address, loaded };
    return loaded;
  }

  return {
    load(reference, wanted) {
      onKeeper((keeper) => keeper.dispose());
      const thisLoad = ++loadCount;
      const isCurrent = (): boolean => thisLoad === loadCount;
      const opening = openEngine(reference, wanted, isCurrent);
      engine = opening;
      opening.catch((error: unknown) => {
        if (!isCurrent()) return;
        engine = null;
        edge.post({ type: "failed", run: null, message: errorMessage(error) });
      });
    },
    async engine() {
      if (engine === null) throw new Error("No model is loaded; choose one first.");
      return engine;
    },
    loseDevice: () => onKeeper((keeper) => keeper.lose()),
    dispose() {
      loadCount++;
      onKeeper((keeper) => keeper.dispose());
      engine = null;
    },
  };
}
