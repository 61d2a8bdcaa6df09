// The problem of the run on the stage, decoded by checkpoints along a training: same policy, budget and sampling, one checkpoint
// after the other on a second engine. What each wrote is kept for the visit.
import type { ModelReference, RunRecipe } from "../engine/protocol";
import { errorMessage } from "../lib/errors";
import { givenAnswer, judgeAnswer, judgeTrace, type AnswerVerdict } from "../problems/judge";
import { tokensOf, type Problem } from "../problems/problem";
import { settingsInForce } from "../settings/inForce";
import { generatedText } from "../trace/figures";
import type { Trace, TraceHeader } from "../trace/trace";
import type { LiveRunSurroundings } from "./liveRun";
import { choicesOfRun, runRecipe } from "./recipe";
import { createTrialEngine, TrialStopped } from "./trialEngine";

/** What checkpoints are asked. */
export interface CheckpointQuestion {
  /** Trials of one question compare. */
  readonly key: string;
  readonly recipe: RunRecipe;
  /** Null for a text of the user's own: nothing is right or wrong about it. */
  readonly problem: Problem | null;
}

/** What a checkpoint wrote. */
export interface CheckpointTrial {
  /** Of its weights, under models/. */
  readonly folder: string;
  readonly words: readonly string[];
  readonly answer: string | null;
  /** Null where the right answer is not known. */
  readonly verdict: AnswerVerdict | null;
  /** Words before the first that is wrong, and the word that belongs there: null if none is wrong, or the right ones are not known. */
  readonly mistake: { readonly rightWords: number; readonly expected: string | null } | null;
}

export interface CheckpointWork {
  /** Of the question. */
  readonly key: string;
  /** The checkpoint that decodes now. */
  readonly folder: string;
  readonly doneCount: number;
  readonly totalCount: number;
}

export interface CheckpointTrialsState {
  /** By the question's key, in the order in which they were made. */
  readonly checkpointTrials: Readonly<Record<string, readonly CheckpointTrial[]>>;
  readonly checkpointWork: CheckpointWork | null;
  /** Why the last checkpoint asked could not decode, in plain words. */
  readonly checkpointFailure: { readonly key: string; readonly message: string } | null;
}

export interface CheckpointTrialsActions {
  /** Asks these checkpoints, as far as they have not answered; others that wait are no longer wanted. */
  readonly decodeCheckpoints: (question: CheckpointQuestion, folders: readonly string[]) => void;
  /** What is under way ends; trials that are made stay. */
  readonly stopCheckpoints: () => void;
}

/** The run of this header, whichever model made it. */
export function checkpointQuestion(header: TraceHeader, problem: Problem | null): CheckpointQuestion {
  const { settings } = settingsInForce(choicesOfRun(header, problem?.id ?? null));
  const bare = { ...settings, ...{ hasTaps: false, hasHeadTaps: false, isCompared: false } };
  const recipe = { ...runRecipe(bare, problem), maxNewTokens: header.maxNewTokens };
  return { key: JSON.stringify(recipe), recipe, problem };
}

/** What came of it. */
export function checkpointTrial(
  folder: string,
  trace: Trace,
  { recipe, problem }: CheckpointQuestion,
): CheckpointTrial {
  const text = generatedText(trace, trace.steps.length - 1);
  const fault = problem === null ? null : judgeTrace(problem, text).firstFault;
  return {
    folder,
    words: tokensOf(text),
    answer: givenAnswer(text),
    verdict: recipe.expectedAnswer === null ? null : judgeAnswer(text, recipe.expectedAnswer),
    mistake:
      fault === null || problem === null
        ? null
        : { rightWords: fault.position - tokensOf(problem.prompt).length, expected: fault.expected },
  };
}

interface Slice {
  readonly set: (change: Partial<CheckpointTrialsState>) => void;
  readonly get: () => CheckpointTrialsState;
}

export function createCheckpointTrials(
  { models, createEngine }: LiveRunSurroundings,
  { set, get }: Slice,
): CheckpointTrialsActions {
  const engine = createTrialEngine(createEngine);
  let present = 0; // counts requests: one that was overtaken reports nothing more

  const decode = async (question: CheckpointQuestion, folders: readonly string[]): Promise<void> => {
    const mine = ++present;
    engine.close();
    const { key, recipe } = question;
    const known = (): readonly CheckpointTrial[] => get().checkpointTrials[key] ?? [];
    const open = folders.filter((folder) => known().every((trial) => trial.folder !== folder));
    set({ checkpointFailure: null });
    try {
      for (const [doneCount, folder] of open.entries()) {
        set({ checkpointWork: { key, folder, doneCount, totalCount: open.length } });
        // The GPU is the live run's.
        const machine = { model: checkpointModel(folder, models), backend: "cpu" } as const;
        const { traces } = await engine.run(machine, { lanes: [recipe], isForced: false });
        if (mine !== present) return;
        const trials = [...known(), checkpointTrial(folder, traces[0], question)];
        set({ checkpointTrials: { ...get().checkpointTrials, [key]: trials } });
      }
    } catch (error) {
      if (mine !== present || error instanceof TrialStopped) return;
      set({ checkpointFailure: { key, message: errorMessage(error) } });
    }
    engine.close();
    set({ checkpointWork: null });
  };

  return {
    decodeCheckpoints: (question, folders) => void decode(question, folders),
    stopCheckpoints() {
      present++;
      engine.close();
      set({ checkpointWork: null });
    },
  };
}

/** A folder under models/, next to those of the shipped models. */
function checkpointModel(folder: string, models: readonly ModelReference[]): ModelReference {
  const [{ address }] = models;
  return { id: folder, label: folder, address: new URL(`../${folder}/`, address).href };
}
