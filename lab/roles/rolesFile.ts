// From trials to roles.json: means with standard errors by task and by kind, and an example of each task to look at.

import { mean } from "../../src/experiment/results";
import type {
  HeadNumbers,
  HeadRoles,
  HeadFigures,
  NeedleKind,
  RolesExample,
  TaskRoles,
  RoleBudgets,
} from "../../src/model/headRoles";
import type { NeedleTask } from "../../src/problems/needleTasks";
import { needleTaskIds, needleTasks } from "../../src/problems/needleTasks";
import type { NeedleAttention } from "../../src/trace/infScore";
import type { ModelSummary } from "../../src/trace/trace";
import type { MeasureChoices, Trial } from "./measureRoles";
import { needleDepth } from "./needleTrials";

type RolesFile = Omit<HeadRoles, "infScore">;

/** Words of an example at least: a shorter text shows little besides the needle. */
const LEAST_EXAMPLE_WORDS = 60;

interface RolesFacts extends MeasureChoices {
  readonly model: ModelSummary;
  readonly command: string;
  readonly budgets: RoleBudgets | null;
}

export function rolesFile(trials: readonly Trial[], { model, command, budgets, ...choices }: RolesFacts): RolesFile {
  const ofTask = (task: NeedleTask): Trial[] => trials.filter(({ needle }) => needle.task === task);
  const tasks = needleTaskIds.filter((task) => ofTask(task).some(({ isRight }) => isRight));
  const right = tasks.map((task) => ({ task, trials: ofTask(task).filter(({ isRight }) => isRight) }));
  const kindOf = (kind: NeedleKind): HeadFigures =>
    headFigures(
      right.filter(({ task }) => needleTasks[task].kind === kind).map((each) => each.trials),
      model,
    );
  return {
    version: 1,
    command,
    model: { id: model.id, digest: model.digest },
    topCount: choices.topCount,
    reading: choices.reading,
    surface: kindOf("surface"),
    logic: kindOf("logic"),
    tasks: right.map((each) => taskRoles(each.task, each.trials, ofTask(each.task).length, model)),
    examples: right.map((each) => exampleOf(each.task, each.trials, model)),
    budgets,
  };
}

type HeadShape = Pick<ModelSummary, "layerCount" | "headCount">;

/** A share for each query head, three digits; rounding to 8 bits can take one past 1. [layer][head] */
function byHead({ layerCount, headCount }: HeadShape, of: (row: number) => number): HeadNumbers {
  return Array.from({ length: layerCount }, (_, layer) =>
    Array.from({ length: headCount }, (_, head) => Math.min(1, digits(of(layer * headCount + head), 3))),
  );
}

function digits(value: number, count: number): number {
  return Number(value.toFixed(count));
}

/** The mean over tasks of the mean over trials. */
function headFigures(trialsByTask: readonly (readonly Trial[])[], shape: HeadShape): HeadFigures {
  const meanOf = (of: (head: NeedleAttention) => number): HeadNumbers =>
    byHead(shape, (row) => mean(trialsByTask.map((trials) => meanOver(trials, row, of))) ?? 0);
  const cell = (name: keyof NeedleAttention["weights"]) => meanOf(({ weights }) => weights[name]);
  return {
    trialCount: trialsByTask.reduce((sum, { length }) => sum + length, 0),
    precision: meanOf(({ precision }) => precision),
    recall: meanOf(({ recall }) => recall),
    infScore: meanOf(({ infScore }) => infScore),
    error: byHead(shape, (row) => {
      const variances = trialsByTask.map((trials) => varianceOfMean(trials.map(({ heads }) => heads[row].infScore)));
      return Math.sqrt(variances.reduce((sum, one) => sum + one, 0)) / Math.max(1, trialsByTask.length);
    }),
    cells: {
      needleTop: cell("needleTop"),
      otherTop: cell("otherTop"),
      needleBelow: cell("needleBelow"),
      otherBelow: cell("otherBelow"),
    },
  };
}

function meanOver(trials: readonly Trial[], row: number, of: (head: NeedleAttention) => number): number {
  return mean(trials.map(({ heads }) => of(heads[row]))) ?? 0;
}

/** Of independent values; trials of a task come from different texts. */
function varianceOfMean(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const center = mean(values) ?? 0;
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}

function taskRoles(task: NeedleTask, right: readonly Trial[], askedCount: number, shape: HeadShape): TaskRoles {
  const needles = right.map(({ needle }) => needle);
  const depths = needles.map(needleDepth);
  const { kind, label, example } = needleTasks[task];
  return {
    ...{ id: task, kind, label, example, askedCount },
    meanDepth: digits(mean(depths) ?? 0, 3),
    lowestDepth: digits(Math.min(...depths), 3),
    highestDepth: digits(Math.max(...depths), 3),
    meanDistance: digits(mean(needles.map(({ end, answerAt }) => answerAt - end)) ?? 0, 1),
    ...headFigures([right], shape),
  };
}

/** The shortest text that is long enough: it has to fit a page, and travels with the model. */
function exampleOf(task: NeedleTask, right: readonly Trial[], shape: HeadShape): RolesExample {
  const length = ({ example }: Trial): number =>
    example.words.length < LEAST_EXAMPLE_WORDS ? Infinity : example.words.length;
  const { needle, example } = right.reduce((best, one) => (length(one) < length(best) ? one : best));
  return {
    ...{ taskId: task, words: example.words, start: needle.start, end: needle.end, answer: example.answer },
    attention: Buffer.from(example.attention).toString("base64"),
    scale: byHead(shape, (row) => example.scale[row]),
  };
}
