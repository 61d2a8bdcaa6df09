// The quantisation characterisation: rows of ways to store and serve the model, measured on the prompt of the run on the stage, one
// row after the other on a second engine. One row is the baseline, which the others are held against. Rows and figures are
// kept for the visit.
import { storesCodes } from "../cache/packing";
import type { BackendChoice, RunRecipe, RunRequest } from "../engine/protocol";
import { MOST_LANES } from "../engine/protocol";
import { logitQuality } from "../experiment/characterisation";
import {
  configKey,
  characterisationFigures,
  type QualityFigures,
  type CharacterisationConfig,
  type CharacterisationFigures,
  type TaskFigures,
  type TimedRun,
} from "../experiment/characterisationFigures";
import { errorMessage } from "../lib/errors";
import { judgeAnswer } from "../problems/judge";
import type { Problem } from "../problems/problem";
import { policyOf, settingsInForce } from "../settings/inForce";
import { objectionOf } from "../settings/objections";
import { settingTable, type Choices, type Settings } from "../settings/settings";
import { generatedText } from "../trace/figures";
import type { TraceHeader } from "../trace/trace";
import type { LiveRunSurroundings } from "./liveRun";
import { LAST_PROBLEM_NUMBER, otherProblem, problemNumber, problemOf } from "./problem";
import { choicesOfRun, runRecipe } from "./recipe";
import { createTrialEngine, TrialStopped, type TrialEngine, type TrialMachine } from "./trialEngine";

export { configKey } from "../experiment/characterisationFigures";
export type {
  QualityFigures,
  CharacterisationConfig,
  CharacterisationFigures,
  Spread,
  TaskFigures,
} from "../experiment/characterisationFigures";

export interface CharacterisationRow {
  readonly id: number;
  readonly config: CharacterisationConfig;
  /** Under what they were measured; null before that. */
  readonly measured: {
    readonly conditions: string;
    readonly figures: CharacterisationFigures;
    /** Null where the prompt is no problem, or none was asked for. */
    readonly task: TaskFigures | null;
    /** What it generated: as the baseline, what all rows are fed. */
    readonly tokens: readonly number[];
  } | null;
  readonly quality: {
    /** Which baseline, under which conditions. */
    readonly against: string;
    readonly figures: QualityFigures;
  } | null;
  /** Why it could not be measured, in plain words. */
  readonly failure: string | null;
}

export interface CharacterisationWork {
  readonly rowId: number;
  /** What is running. */
  readonly words: string;
  readonly doneCount: number;
  readonly totalCount: number;
  /** Null before the first run has ended. */
  readonly secondsLeft: number | null;
}

export interface CharacterisationState {
  readonly characterisationRows: readonly CharacterisationRow[];
  readonly baselineId: number;
  readonly characterisationWork: CharacterisationWork | null;
}

/** What is measured, beside the rows. */
export interface CharacterisationRequest {
  readonly header: TraceHeader;
  readonly problem: Problem | null;
  readonly backend: BackendChoice;
  /** Warm runs of each row. */
  readonly repeatCount: number;
  readonly problemCount: number;
}

export interface CharacterisationActions {
  readonly addCharacterisationRow: (config: CharacterisationConfig) => void;
  /** Its figures are gone. */
  readonly changeCharacterisationRow: (id: number, config: CharacterisationConfig) => void;
  /** The baseline stays. */
  readonly removeCharacterisationRow: (id: number) => void;
  readonly pinCharacterisationRow: (id: number) => void;
  /** What has not been measured under these conditions, or not against this baseline. */
  readonly measureCharacterisation: (request: CharacterisationRequest) => void;
  /** Rows that are done stay. */
  readonly stopCharacterisation: () => void;
}

function newRow(id: number, config: CharacterisationConfig): CharacterisationRow {
  return { id, config, ...{ measured: null, quality: null, failure: null } };
}

/** Rows that share them compare. */
export function characterisationConditions({
  header,
  problem,
  backend,
  repeatCount,
  problemCount,
}: CharacterisationRequest): string {
  const { model, policyId, parameters, promptText, maxNewTokens } = header;
  const run = [model.digest, policyId, parameters, promptText, maxNewTokens];
  return JSON.stringify([run, problem?.id ?? null, backend, repeatCount, problemCount]);
}

/** What a row's quality was measured against. */
export function baselineKey(baseline: CharacterisationRow, conditions: string): string {
  return JSON.stringify([configKey(baseline.config), conditions]);
}

interface Slice {
  readonly set: (change: Partial<CharacterisationState>) => void;
  readonly get: () => CharacterisationState;
}

export function createCharacterisation(
  { models, createEngine }: LiveRunSurroundings,
  { set, get }: Slice,
): CharacterisationActions {
  const engine = createTrialEngine(createEngine);
  let present = 0; // counts requests, so that one that was stopped reports nothing more

  const changeRow = (id: number, change: Partial<CharacterisationRow>): void => {
    set({
      characterisationRows: get().characterisationRows.map((row) => (row.id === id ? { ...row, ...change } : row)),
    });
  };

  const measure = async (request: CharacterisationRequest): Promise<void> => {
    const mine = ++present;
    const model = models.find(({ id }) => id === request.header.model.id);
    const progress = createProgress(get, request, (characterisationWork) => {
      if (mine === present) set({ characterisationWork });
    });
    try {
      let reference: Reference | null = null;
      for (const row of openRows(get(), request)) {
        if (mine !== present) return;
        try {
          progress.begin(row);
          if (model === undefined) throw new Error("The model of this run is not one of the page.");
          const conditions = characterisationConditions(request);
          const bench = createBench(engine, { request, row, model, onRun: (words) => progress.next(row, words) });
          const known = isServed(row, conditions) ? row.measured : null;
          const measured = known ?? { conditions, ...(await bench.serve()) };
          changeRow(row.id, { measured, failure: null });
          const isBaseline = row.id === get().baselineId;
          const logits = await bench.logitsOn(isBaseline ? measured.tokens : (reference?.tokens ?? []));
          if (isBaseline) reference = { tokens: measured.tokens, logits };
          if (reference === null) continue;
          changeRow(row.id, {
            quality: { against: baselineKey(baselineOf(get()), conditions), figures: qualityOf(reference, logits) },
          });
        } catch (error) {
          if (error instanceof TrialStopped) return;
          changeRow(row.id, { failure: errorMessage(error) });
        }
      }
    } finally {
      if (mine === present) {
        engine.close();
        set({ characterisationWork: null });
      }
    }
  };

  const stop = (): void => {
    present++;
    engine.close();
    set({ characterisationWork: null });
  };

  return {
    addCharacterisationRow(config) {
      const { characterisationRows } = get();
      set({
        characterisationRows: [
          ...characterisationRows,
          newRow(1 + Math.max(...characterisationRows.map(({ id }) => id)), config),
        ],
      });
    },
    changeCharacterisationRow: (id, config) => changeRow(id, newRow(id, config)),
    removeCharacterisationRow(id) {
      if (id !== get().baselineId)
        set({ characterisationRows: get().characterisationRows.filter((row) => row.id !== id) });
    },
    pinCharacterisationRow: (baselineId) => set({ baselineId }),
    measureCharacterisation: (request) => void measure(request),
    stopCharacterisation: stop,
  };
}

interface Reference {
  readonly tokens: readonly number[];
  /** [step] of [token] */
  readonly logits: readonly Float32Array[];
}

function baselineOf({ characterisationRows, baselineId }: CharacterisationState): CharacterisationRow {
  return characterisationRows.find(({ id }) => id === baselineId) ?? characterisationRows[0];
}

function isServed({ measured }: CharacterisationRow, conditions: string): boolean {
  return measured?.conditions === conditions;
}

/** Rows that lack a figure, the baseline first: it is measured whenever another row is held against it. */
function openRows(state: CharacterisationState, request: CharacterisationRequest): readonly CharacterisationRow[] {
  const conditions = characterisationConditions(request);
  const baseline = baselineOf(state);
  const against = baselineKey(baseline, conditions);
  const isOpen = (row: CharacterisationRow): boolean => !isServed(row, conditions) || row.quality?.against !== against;
  const others = state.characterisationRows.filter((row) => row.id !== baseline.id && isOpen(row));
  return others.length > 0 || isOpen(baseline) ? [baseline, ...others] : [];
}

/** KL(baseline ‖ row) and the rest, on the tokens that the baseline generated. */
function qualityOf({ tokens, logits: expected }: Reference, logits: readonly Float32Array[]): QualityFigures {
  const { divergence, topAgreement, perplexity } = logitQuality(expected, logits, tokens);
  return { klNats: Math.max(0, divergence), agreedShare: topAgreement, perplexity };
}

interface BenchRequest {
  readonly request: CharacterisationRequest;
  readonly row: CharacterisationRow;
  readonly model: TrialMachine["model"];
  /** Called before each run. */
  readonly onRun: (words: string) => void;
}

/** What is run for a row. */
function createBench(engine: TrialEngine, { request, row, model, onRun }: BenchRequest) {
  const { problem, header, backend, repeatCount } = request;
  const { weights } = row.config;
  const machine: TrialMachine = { model, backend, ...(weights !== "asLoaded" && { weights }) };
  const settings = settingsOfRow(row.config, request);
  const recipe = { ...recipeOf(settings, problem), maxNewTokens: header.maxNewTokens };

  const timed = async (words: string): Promise<TimedRun> => {
    onRun(words);
    const { traces, openMs } = await engine.run(machine, { lanes: [recipe], isForced: false });
    if (traces[0].steps.length < 2) throw new Error("It generated a single token, so that nothing can be timed.");
    return { trace: traces[0], openMs };
  };

  const solve = async (): Promise<TaskFigures | null> => {
    const recipes = problemsOf(request).map((each) => recipeOf(settings, each));
    let rightCount = 0;
    for (let first = 0; first < recipes.length; first += MOST_LANES) {
      const lanes = recipes.slice(first, first + MOST_LANES);
      onRun(`problems ${first + 1} to ${first + lanes.length} of ${recipes.length}`);
      const { traces } = await engine.run(machine, { lanes, isForced: false });
      rightCount += traces.filter(
        (trace, lane) =>
          judgeAnswer(generatedText(trace, trace.steps.length - 1), lanes[lane].expectedAnswer ?? "") === "right",
      ).length;
    }
    return recipes.length === 0 ? null : { rightCount, problemCount: recipes.length };
  };

  return {
    /** Times, bytes, right answers; from a fresh engine on. */
    async serve() {
      engine.close();
      const weightReadBytes = await engine.load(machine);
      const cold = await timed("first run of a fresh engine");
      const warm: TimedRun[] = [];
      for (let repeat = 0; repeat < repeatCount; repeat++) {
        warm.push(await timed(`repeat ${repeat + 1} of ${repeatCount}`));
      }
      const figures = characterisationFigures(cold, warm, { weightReadBytes, date: new Date().toISOString() });
      const tokens = cold.trace.steps.map(({ token }) => token);
      return { figures, tokens, task: await solve() };
    },
    /** The row's logits when it is fed these tokens. [step] of [token] */
    async logitsOn(tokens: readonly number[]): Promise<readonly Float32Array[]> {
      if (tokens.length === 0) throw new Error("There is no baseline to hold it against.");
      onRun("fed the baseline’s tokens");
      const fed = { ...recipe, maxNewTokens: tokens.length };
      const asked: RunRequest = { lanes: [fed], isForced: true, fedTokens: tokens, keepsLogits: true };
      return (await engine.run(machine, asked)).logits;
    },
  };
}

function recipeOf(settings: Settings, problem: Problem | null): RunRecipe {
  return runRecipe({ ...settings, ...{ hasTaps: false, hasHeadTaps: false, isCompared: false } }, problem);
}

/** Those of the run on the stage, but stored as the row says, and greedy. Throws for what makes no sense together. */
export function settingsOfRow(config: CharacterisationConfig, { header, problem }: CharacterisationRequest): Settings {
  const { storage, kvBits, groupNumbers, budgetSlots } = config;
  const isPacked = storesCodes(storage);
  const bits = `${kvBits}` as const;
  const choices: Choices = {
    ...choicesOfRun(header, problem?.id ?? null),
    ...{ temperature: 0, reading: "everything", merging: "none", storage },
    policyId: budgetSlots === null ? "fullCache" : evictingPolicy(header.policyId),
    ...(budgetSlots !== null && { budgetSlots, budgetMode: "budget" as const }),
    ...(isPacked && { keyBits: bits, valueBits: bits, layerBits: "", groupNumbers }),
    // Heads that share a mean have to hold the same tokens.
    ...(storage === "tada" && budgetSlots !== null && { grouping: "wholeChunks" as const, groupingSlots: 1 }),
    maxNewTokens: settingTable.maxNewTokens.default,
  };
  const { settings } = settingsInForce(choices);
  const objection = objectionOf(settings);
  if (objection !== null) throw new Error(objection);
  return settings;
}

/** The run's own policy, or the page's first where that evicts nothing. */
export function evictingPolicy(policyId: string): Settings["policyId"] {
  const policy = policyOf(policyId);
  return policy.isEvicting ? policy.id : settingTable.policyId.default;
}

/** The run's own and those drawn next, of its family and difficulty; none for a text. */
function problemsOf({ problem, problemCount }: CharacterisationRequest): readonly Problem[] {
  if (problem === null) return [];
  const first = problemNumber(problem);
  return Array.from({ length: problemCount }, (_, at) => {
    const number = (first + at) % (LAST_PROBLEM_NUMBER + 1);
    return problemOf(at === 0 ? problem.id : otherProblem(problem, { number }));
  }).filter((each) => each !== null);
}

/** Counts runs: what is left takes as long as the mean of those that were made. */
function createProgress(
  get: () => CharacterisationState,
  request: CharacterisationRequest,
  report: (work: CharacterisationWork) => void,
) {
  const startedMs = performance.now();
  const conditions = characterisationConditions(request);
  const batchCount = request.problem === null ? 0 : Math.ceil(request.problemCount / MOST_LANES);
  const runsOf = (row: CharacterisationRow): number =>
    1 + (isServed(row, conditions) ? 0 : 1 + request.repeatCount + batchCount);
  const totalCount = openRows(get(), request).reduce((sum, row) => sum + runsOf(row), 0);
  let [begunCount, doneCount] = [0, 0];
  const tell = ({ id }: CharacterisationRow, words: string): void => {
    const meanMs = (performance.now() - startedMs) / doneCount;
    const secondsLeft = doneCount === 0 ? null : ((totalCount - doneCount) * meanMs) / 1000;
    report({ rowId: id, words, doneCount, totalCount, secondsLeft });
  };
  return {
    /** Its engine loads; what the row before has begun is done. */
    begin(row: CharacterisationRow): void {
      doneCount = begunCount;
      tell(row, "loading the model");
    },
    /** A run begins; the one before it is done. */
    next(row: CharacterisationRow, words: string): void {
      doneCount = begunCount++;
      tell(row, words);
    },
  };
}
