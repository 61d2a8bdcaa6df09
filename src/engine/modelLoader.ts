// The models that the worker holds: the one that the page loads, and those that lanes of the present run have for themselves.
// Files are read once, each model has a backend of its own (backendKeeper.ts), and what no lane needs any more is freed.
// A load that a newer one has overtaken reports nothing.

import { errorMessage, InputError } from "../lib/errors";
import { loadGguf } from "../model/gguf/loadGguf";
import { loadModel } from "../model/loadModel";
import type { LoadedModel } from "../model/loadModel";
import { quantiseWeights } from "../model/quantiseWeights";
import type { ModelSource, ReadProgress } from "../model/source";
import type { NamedBlob } from "../model/source/blobSource";
import { createBackendKeeper } from "./backendKeeper";
import { chooseBackend, type BackendMakers, type OpenedBackend } from "./chooseBackend";
import type { RunEngine } from "./lane";
import type { BackendChoice, EngineEvent, LoadNotice, ModelReference, QuantisedFormat } from "./protocol";
import { modelSummary } from "./traceRecords";

export interface ModelLoader {
  /** Reports its progress, and `ready` or `failed` at its end. Frees the models of lanes. */
  load(command: WantedModel): void;
  /**
   * An engine for each lane of a run; those that it does not need are freed. Rejects where no model is loaded, and with
   * InputError where a lane's own cannot be.
   */
  enginesOf(lanes: readonly LaneModel[], watch: RunWatch): Promise<readonly RunEngine[]>;
  /** For tests: loses every device as a driver crash would. */
  loseDevice(): void;
  dispose(): void;
}

interface WantedEngine {
  readonly backend: BackendChoice;
  /** Absent: the weights as they are in their files. */
  readonly weights?: QuantisedFormat;
}

interface WantedModel extends WantedEngine {
  readonly load: number;
  readonly model: ModelReference;
}

/** Absent: the lane runs the model that is loaded. */
interface LaneModel {
  readonly model?: ModelReference;
}

/** The run that waits for its engines. */
export interface RunWatch {
  /** Another has taken its place. */
  isOver(): boolean;
  /** What the user should know about the model of a lane. */
  tell(lane: number, notice: LoadNotice): void;
}

interface LoaderEdge extends BackendMakers {
  openSource(address: string, files?: readonly NamedBlob[]): ModelSource;
  post(event: EngineEvent): void;
  onBackendChange(modelId: string, opened: OpenedBackend, reason: string): void;
}

interface LoadedEngine {
  readonly engine: RunEngine;
  readonly opened: OpenedBackend;
  /** Null when there is nothing to say. */
  readonly notice: LoadNotice | null;
  readonly weightReadBytes: number;
}

/** The model that the page has loaded, and what it asked for. */
interface MainModel {
  readonly reference: ModelReference;
  readonly wanted: WantedEngine;
  readonly opening: Promise<LoadedEngine>;
}

/** Who asked last for a lane's own model: reports and notices are for its run. */
interface Asker {
  lane: number;
  watch: RunWatch;
}

interface LaneModelOpening {
  readonly opening: Promise<LoadedEngine>;
  readonly asker: Asker;
}

interface LoadReport {
  readonly onProgress: ReadProgress;
  /** The GPU is compared with the CPU. */
  readonly onCheck: () => void;
}

/** At most this often does a growing download report itself. */
const PROGRESS_INTERVAL_MS = 50;

export function createModelLoader(edge: LoaderEdge): ModelLoader {
  /** Null before the first load and after one that failed. */
  let main: MainModel | null = null;
  /** Its number; null once nothing is wanted any more. */
  let latestLoad: number | null = null;
  /** Of lanes, by address. */
  const others = new Map<string, LaneModelOpening>();
  /** Models that are open, or were before the present load, by address. */
  const files = new Map<string, LoadedModel>();

  const onKeeper = (opening: Promise<LoadedEngine> | undefined, act: (keeper: RunEngine["keeper"]) => void): void => {
    void opening?.then(({ engine }) => act(engine.keeper)).catch(() => undefined);
  };

  const freeOthers = (isNeeded: (address: string) => boolean): void => {
    for (const [address, { opening }] of others) {
      if (isNeeded(address)) continue;
      others.delete(address);
      onKeeper(opening, (keeper) => keeper.dispose());
    }
  };

  const forgetFiles = (isNeeded: (address: string) => boolean): void => {
    for (const address of files.keys()) if (!isNeeded(address)) files.delete(address);
  };

  async function openEngine(
    reference: ModelReference,
    { backend: choice, weights: format }: WantedEngine,
    report: LoadReport,
  ): Promise<LoadedEngine> {
    const loaded = files.get(reference.address) ?? (await readModel(edge, reference, report.onProgress));
    files.set(reference.address, loaded);
    const model = {
      config: loaded.config,
      weights: format === undefined ? loaded.weights : quantiseWeights(loaded.weights, format),
      roles: loaded.roles,
      filters: loaded.filters,
      readBasis: loaded.readBasis,
    };
    const open = () => chooseBackend(model, choice, edge, report.onCheck);
    const opened = await open();
    const isOfLane = (): boolean => reference.address !== main?.reference.address;
    const keeper = createBackendKeeper({
      opened,
      reopen: open,
      onChange: (next, reason) =>
        edge.onBackendChange(reference.id, next, isOfLane() ? `${reference.label}: ${reason}` : reason),
    });
    return {
      engine: { model, tokenizer: loaded.tokenizer, summary: modelSummary(reference, loaded), keeper },
      opened,
      notice: joinedNotice(opened.notice, [loaded.rolesProblem, loaded.filtersProblem]),
      weightReadBytes: opened.backend.weightReadBytes,
    };
  }

  /** Tells the page how far the load is, as long as it wants to know. */
  function loadReport(
    isWanted: () => boolean,
    nameOf: () => { readonly load: number } | { readonly lane: number },
  ): LoadReport {
    let reportedMs = -Infinity;
    return {
      onProgress(loadedBytes, totalBytes) {
        if (!isWanted()) return;
        const nowMs = performance.now();
        if (nowMs - reportedMs < PROGRESS_INTERVAL_MS && loadedBytes !== totalBytes) return;
        reportedMs = nowMs;
        edge.post({ type: "loading", loadedBytes, totalBytes, ...nameOf() });
      },
      onCheck() {
        if (isWanted()) edge.post({ type: "checking", ...nameOf() });
      },
    };
  }

  /** Of a lane's own model. One that could not be opened is tried again by the next run. */
  function openOther(reference: ModelReference, lane: number, watch: RunWatch): Promise<LoadedEngine> {
    const known = others.get(reference.address);
    if (known !== undefined) {
      if (known.asker.watch !== watch) Object.assign(known.asker, { lane, watch });
      return known.opening;
    }
    if (main === null) return Promise.reject(nothingLoaded());
    const asker: Asker = { lane, watch };
    const report = loadReport(
      () => !asker.watch.isOver(),
      () => ({ lane: asker.lane }),
    );
    const opening = openEngine(reference, main.wanted, report);
    others.set(reference.address, { opening, asker });
    opening.catch(() => {
      if (others.get(reference.address)?.opening === opening) others.delete(reference.address);
    });
    const tellNew = async (ofMain: Promise<LoadedEngine>): Promise<void> => {
      const [{ notice }, { notice: said }] = await Promise.all([opening, ofMain]);
      if (notice !== null && notice.text !== said?.text) asker.watch.tell(asker.lane, notice);
    };
    tellNew(main.opening).catch(() => undefined); // whoever waits for the engine gets the failure
    return opening;
  }

  return {
    load({ load, model: reference, ...wanted }) {
      const openBefore = [main?.reference.address, ...others.keys()];
      onKeeper(main?.opening, (keeper) => keeper.dispose());
      freeOthers(() => false);
      forgetFiles((address) => openBefore.includes(address));
      latestLoad = load;
      const isCurrent = (): boolean => load === latestLoad;
      let isOpening = true;
      const opening = openEngine(
        reference,
        wanted,
        loadReport(
          () => isOpening && isCurrent(),
          () => ({ load }),
        ),
      ).finally(() => (isOpening = false));
      main = { reference, wanted, opening };
      opening.then(
        ({ engine: { summary: model }, opened: { backend, check }, notice, weightReadBytes }) => {
          if (!isCurrent()) return;
          edge.post({ type: "ready", load, model, backend: backend.summary, check, notice, weightReadBytes });
        },
        (error: unknown) => {
          if (!isCurrent()) return;
          main = null;
          edge.post({ type: "failed", load, run: null, message: errorMessage(error) });
        },
      );
    },
    async enginesOf(lanes, watch) {
      if (main === null) throw nothingLoaded();
      const { reference: loaded, opening } = main;
      const ownOf = ({ model }: LaneModel) => (model?.address === loaded.address ? undefined : model);
      const isOfLane = (address: string): boolean => lanes.some((lane) => ownOf(lane)?.address === address);
      freeOthers(isOfLane);
      const engines = [(await opening).engine];
      if (!watch.isOver()) forgetFiles((address) => address === loaded.address || isOfLane(address));
      const [first] = engines;
      const found: RunEngine[] = [];
      for (const [lane, recipe] of lanes.entries()) {
        const own = ownOf(recipe);
        if (own === undefined) found.push(first);
        // Nobody waits for the engines of a run that is over.
        else if (watch.isOver()) throw new Error("the run is over");
        else found.push(await openOther(own, lane, watch).then(({ engine }) => engine, explained(own, lane)));
      }
      return found;
    },
    loseDevice() {
      onKeeper(main?.opening, (keeper) => keeper.lose());
      for (const { opening } of others.values()) onKeeper(opening, (keeper) => keeper.lose());
    },
    dispose() {
      latestLoad = null;
      onKeeper(main?.opening, (keeper) => keeper.dispose());
      freeOthers(() => false);
      main = null;
    },
  };
}

/** First about the machine, then about the model's files. */
function joinedNotice(machine: LoadNotice | null, problems: readonly (string | null)[]): LoadNotice | null {
  const texts = [machine?.text ?? null, ...problems].filter((text) => text !== null);
  return texts.length === 0 ? null : { tone: machine?.tone ?? "info", text: texts.join(" ") };
}

async function readModel(
  { openSource }: Pick<LoaderEdge, "openSource">,
  { address, files, digest }: ModelReference,
  onProgress: ReadProgress,
): Promise<LoadedModel> {
  const source = openSource(address, files);
  if (source.openGguf === undefined) return loadModel(source, onProgress);
  return loadGguf(await source.openGguf(), { onProgress, ...(digest !== undefined && { digest }) });
}

function nothingLoaded(): Error {
  return new Error("No model is loaded; choose one first.");
}

/** Rethrows what a lane's model could not do, with the lane's name. */
function explained({ label }: ModelReference, lane: number): (error: unknown) => never {
  return (error) => {
    throw new InputError(`Lane ${lane + 1}, ${label}: ${errorMessage(error)}`);
  };
}
