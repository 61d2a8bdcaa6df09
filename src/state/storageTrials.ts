// What fewer bits do to the run on the stage: strips of bits, a choice for each layer, are run on a second engine with
// nothing evicted, fed the tokens that the cache as computed generates, and compared with it. One strip at a time as the
// visitor clicks, or a search for the best. Trials are kept for the visit.
import { storesCodes } from "../cache/packing";
import type { ModelReference, RunRecipe } from "../engine/protocol";
import { MOST_LANES } from "../engine/protocol";
import {
  layerBitChoices,
  nextStrips,
  searchLength,
  stripText,
  uniformStrip,
  type BitStrip,
  type BitsTarget,
  type BitsTrial,
} from "../experiment/bitsSearch";
import { errorMessage } from "../lib/errors";
import { policyParameters, settingsInForce } from "../settings/inForce";
import type { Choices } from "../settings/settings";
import { memoryFigures } from "../trace/figures";
import { comparisonSummary } from "../trace/fullCacheComparison";
import type { Trace, TraceHeader } from "../trace/trace";
import type { LiveRunSurroundings } from "./liveRun";
import { choicesOfRun } from "./recipe";
import { createTrialEngine, TrialStopped } from "./trialEngine";

export {
  bestTrial,
  layerBitChoices,
  stripBytes,
  stripText,
  undominatedTrials,
  uniformStrip,
  type BitStrip,
  type BitsTarget,
  type BitsTrial,
} from "../experiment/bitsSearch";

/** What trials of a run have in common. */
export interface BitsQuestion {
  /** Trials of one question compare. */
  readonly key: string;
  readonly modelId: string;
  readonly layerCount: number;
  /** Few enough operations to be spent unasked. */
  readonly isCheap: boolean;
  /** Without the bits of layers. */
  readonly recipe: RunRecipe;
  /** As the run itself stores its entries. */
  readonly ownStrip: BitStrip;
  /** Keys and values of the run have other bits than one another, which a strip cannot say. */
  readonly isUneven: boolean;
}

/** Null for a run whose entries are not packed. */
export function bitsQuestion(header: TraceHeader): BitsQuestion | null {
  const { storage = "asComputed", layerBits = "", keyBits = "4", valueBits = "4" } = header.parameters;
  if (!storesCodes(storage)) return null;
  const { layerCount } = header.model;
  const chosen: Choices = {
    ...choicesOfRun(header, null),
    ...{ policyId: "fullCache", layerBits: "", reading: "everything" },
  };
  const parameters = policyParameters(settingsInForce(chosen).settings);
  const recipe: RunRecipe = {
    promptText: header.promptText,
    expectedAnswer: null,
    policyId: "fullCache",
    parameters,
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 0 },
    maxNewTokens: header.maxNewTokens,
    hasTaps: false,
  };
  const ofLayers = layerBits === "" ? [] : String(layerBits).split(" ").map(Number);
  return {
    key: JSON.stringify([header.model.digest, recipe]),
    modelId: header.model.id,
    layerCount,
    isCheap: operationsOf(header) <= MOST_UNASKED_OPERATIONS,
    recipe,
    ownStrip: Array.from({ length: layerCount }, (_, layer) => ofLayers[layer] ?? Number(keyBits)),
    isUneven: ofLayers.length < layerCount && keyBits !== valueBits,
  };
}

/** Multiply-adds of a batch, the cache as computed included: ten seconds on a slow CPU. */
const MOST_UNASKED_OPERATIONS = 4e9;

function operationsOf({ model, promptTokens, maxNewTokens }: TraceHeader): number {
  return (MOST_LANES + 1) * (promptTokens.length + maxNewTokens) * model.parameterCount;
}

/** Of the random strips of a search: the same run gives the same search, on the page and on the command line. */
export const BITS_SEED = 1;

/** What the second engine is at. */
export interface BitsWork {
  /** Of the question. */
  readonly key: string;
  /** Null while single strips are measured. */
  readonly search: {
    readonly trialCount: number;
    readonly mostTrials: number;
    /** Null before the first trial. */
    readonly secondsLeft: number | null;
  } | null;
}

export interface StorageTrialsState {
  /** By the question's key, in the order in which they were made. */
  readonly bitsTrials: Readonly<Record<string, readonly BitsTrial[]>>;
  readonly bitsWork: BitsWork | null;
  /** Why the last trial of a question failed, in plain words. */
  readonly bitsFailure: { readonly key: string; readonly message: string } | null;
}

export interface StorageTrialsActions {
  /** Measures these strips, as far as they are not known; others that wait are no longer wanted. A search goes on after them. */
  readonly measureBits: (question: BitsQuestion, strips: readonly BitStrip[]) => void;
  readonly searchBits: (question: BitsQuestion, target: BitsTarget) => void;
  /** Whatever is under way ends; trials that are made stay. */
  readonly stopBits: () => void;
}

interface Search {
  readonly target: BitsTarget;
  readonly mostTrials: number;
  trialCount: number;
  spentMs: number;
}

interface Slice {
  readonly set: (change: Partial<StorageTrialsState>) => void;
  readonly get: () => StorageTrialsState;
}

export function createStorageTrials(
  { models, createEngine }: LiveRunSurroundings,
  { set, get }: Slice,
): StorageTrialsActions {
  const engine = createTrialEngine(createEngine);
  let asked: BitsQuestion | null = null;
  let wanted: readonly BitStrip[] = [];
  let search: Search | null = null;
  let isBusy = false;

  const known = ({ key }: BitsQuestion): readonly BitsTrial[] => get().bitsTrials[key] ?? [];

  const nextBatch = (question: BitsQuestion): readonly BitStrip[] => {
    const trials = known(question);
    const tried = new Set(trials.map(({ strip }) => stripText(strip)));
    const open = wanted.filter((strip) => !tried.has(stripText(strip)) && tried.add(stripText(strip)).size > 0);
    if (open.length > 0 || search === null) return open.slice(0, MOST_LANES);
    const count = Math.min(MOST_LANES, search.mostTrials - search.trialCount);
    return count <= 0 ? [] : nextStrips(trials, { ...question, target: search.target, seed: BITS_SEED }, count);
  };

  const report = (question: BitsQuestion): void => {
    set({ bitsWork: { key: question.key, search: search === null ? null : progressOf(search) } });
  };

  const proceed = async (): Promise<void> => {
    for (;;) {
      const question = asked;
      const batch = question === null ? [] : nextBatch(question);
      if (question === null || batch.length === 0) return;
      report(question);
      const startedMs = performance.now();
      const model = modelOf(question, models);
      // The figures are the same on every machine, and the GPU is the live run's.
      const { traces } = await engine.run({ model, backend: "cpu" }, trialRequest(question, batch));
      const trials = traces.map((trace, lane) => trialOf(batch[lane], trace));
      set({ bitsTrials: { ...get().bitsTrials, [question.key]: [...known(question), ...trials] } });
      if (search === null) continue;
      search.trialCount += batch.length;
      search.spentMs += performance.now() - startedMs;
    }
  };

  /** Another question leaves what was under way for the one before. */
  const turnTo = (question: BitsQuestion): void => {
    if (asked !== null && asked.key !== question.key) {
      engine.close();
      search = null;
      wanted = [];
    }
    asked = question;
    set({ bitsFailure: null });
  };

  const goOn = (question: BitsQuestion): void => {
    if (isBusy) return;
    isBusy = true;
    proceed()
      .catch((error: unknown) => {
        if (error instanceof TrialStopped) return;
        set({ bitsFailure: { key: question.key, message: errorMessage(error) } });
      })
      .finally(rest);
  };

  const rest = (): void => {
    isBusy = false;
    const isMore = asked !== null && nextBatch(asked).length > 0 && get().bitsFailure === null;
    if (isMore && asked !== null) {
      goOn(asked);
      return;
    }
    engine.close();
    search = null;
    set({ bitsWork: null });
  };

  return {
    measureBits(question, strips) {
      turnTo(question);
      wanted = strips;
      goOn(question);
    },
    searchBits(question, target) {
      turnTo(question);
      search = { target, mostTrials: searchLength(question.layerCount), trialCount: 0, spentMs: 0 };
      report(question);
      goOn(question);
    },
    stopBits() {
      asked = null;
      wanted = [];
      search = null;
      engine.close();
    },
  };
}

/** All layers alike: what other strips are held against, and what says how many bytes a strip takes. */
export function uniformStrips({ layerCount }: BitsQuestion): readonly BitStrip[] {
  return layerBitChoices.map((bits) => uniformStrip(layerCount, bits));
}

function modelOf({ modelId }: BitsQuestion, models: readonly ModelReference[]): ModelReference {
  const model = models.find(({ id }) => id === modelId);
  if (model === undefined)
    throw new Error(`The model ${modelId} is not one of this page, so that nothing can be tried on it.`);
  return model;
}

/** A lane for each strip, all fed the tokens of the cache as computed. */
export function trialRequest({ recipe }: Pick<BitsQuestion, "recipe">, strips: readonly BitStrip[]) {
  const lanes = strips.map((strip) => ({
    ...recipe,
    parameters: { ...recipe.parameters, layerBits: stripText(strip) },
  }));
  return { lanes, isForced: true };
}

export function trialOf(strip: BitStrip, trace: Trace): BitsTrial {
  const { steps } = trace;
  const compared = comparisonSummary(trace, steps.length);
  if (compared === null) throw new Error("The trial ended before its first token.");
  const { bytesInUse, bytesFullCache } = memoryFigures(trace, steps.length - 1);
  return {
    strip,
    klNats: compared.meanKlNats,
    agreedShare: compared.agreedShare,
    bytes: bytesInUse,
    bytesAsComputed: bytesFullCache,
  };
}

function progressOf({ trialCount, mostTrials, spentMs }: Search): NonNullable<BitsWork["search"]> {
  const left = mostTrials - trialCount;
  const secondsLeft = trialCount === 0 ? null : (left * spentMs) / trialCount / 1000;
  return { trialCount, mostTrials, secondsLeft };
}
