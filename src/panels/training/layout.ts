// The curves of a training: how often its checkpoints are right at each budget, and the loss between them. Pure. Checkpoints stand
// at equal distances, because their steps double:
//
//   100 ┤      ●──●──●    full cache
//       │   ●──●  ○──○    25 %
//     0 ┼───┬──┬──┬──┬─
//       0   94 188 375    training step
import { scaleLinear, scaleLog } from "d3";
import {
  checkpointCell,
  exactShare,
  rightShare,
  type CheckpointResults,
  type Share,
} from "../../state/storedCheckpoints";
import type { CheckpointTrial } from "../../state/checkpointTrials";
import {
  inPercent,
  labelsApart,
  type ChartFrame,
  type ChartPlot,
  type ChartSize,
  type LineLabel,
} from "../../ui/chart";
import type { FigureTable } from "../../ui/figure/figureTable";
import { budgetName } from "../checkpointFigures";

export interface CurveMark extends Share {
  readonly x: number;
  readonly y: number;
  /** Ends of its error bar. */
  readonly lowY: number;
  readonly highY: number;
}

export interface Curve {
  readonly budgetShare: number | null;
  readonly label: string;
  /** How it is drawn: the full cache, the largest budget, any other. */
  readonly tone: "full" | "wide" | "tight";
  readonly path: string;
  readonly marks: readonly CurveMark[]; // [checkpoint]
}

export interface CurvesLayout extends ChartFrame {
  readonly curves: readonly Curve[];
  readonly labels: readonly LineLabel[];
  /** Middle of each checkpoint's column. */
  readonly columns: readonly number[]; // [checkpoint]
}

/** Marks of one checkpoint stand side by side, this far apart, so that no error bar hides another. */
const MARK_PITCH = 5;
const LABEL_ROOM = 76;
/** Steps have four digits: closer together, only every second is named. */
const LABEL_PITCH = 34;

/** The same for both pictures, so that they share their steps. */
function plotOf({ width, height }: ChartSize, bottomRoom: number): ChartPlot {
  return { left: 52, right: Math.max(120, width - LABEL_ROOM), top: 10, bottom: height - bottomRoom };
}

export function curvesLayout(results: CheckpointResults, family: string, size: ChartSize): CurvesLayout {
  const plot = plotOf(size, 36);
  const { checkpoints, budgetShares } = results;
  const columns = columnsOf(checkpoints.length, plot);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const within = (share: number): number => y(Math.min(1, Math.max(0, share)));
  const curves = budgetShares.map((budgetShare, line): Curve => {
    const offset = (line - (budgetShares.length - 1) / 2) * MARK_PITCH;
    const marks = checkpoints.map((checkpoint, at): CurveMark => {
      const { share, error } = rightShare(checkpointCell(checkpoint, family, budgetShare));
      const place = { x: columns[at] + offset, y: y(share) };
      return { share, error, ...place, lowY: within(share - error), highY: within(share + error) };
    });
    const points = marks.map((mark) => `${mark.x.toFixed(1)},${mark.y.toFixed(1)}`);
    const isWidest = budgetShare === Math.max(...budgetShares.map((share) => share ?? 0));
    const tone = budgetShare === null ? "full" : isWidest ? "wide" : "tight";
    return { budgetShare, label: budgetName(budgetShare), tone, path: `M${points.join("L")}`, marks };
  });
  return {
    ...{ size, plot, curves, columns },
    labels: labelsApart(
      curves.map(({ label, marks }) => ({ text: label, lineY: marks[marks.length - 1].y })),
      plot.bottom,
    ),
    xTicks: checkpoints.map(({ step }, at) => {
      const isLabelled = columns[1] - columns[0] >= LABEL_PITCH || (checkpoints.length - 1 - at) % 2 === 0;
      return { at: columns[at], label: isLabelled ? String(step) : "" };
    }),
    yTicks: [0, 0.25, 0.5, 0.75, 1].map((share) => ({ at: y(share), label: inPercent(share) })),
  };
}

function columnsOf(count: number, { left, right }: ChartPlot): readonly number[] {
  const pitch = (right - left) / count;
  return Array.from({ length: count }, (_, at) => left + (at + 0.5) * pitch);
}

/** The curves in words. */
export function curvesText(results: CheckpointResults, family: string): string {
  const { checkpoints } = results;
  return `Answers right by training step, ${family}. ${checkpoints.map((_, at) => columnText(results, family, at)).join("; ")}.`;
}

/** "step 188, 15 %: 42 ± 7 %, 25 %: 80 ± 6 %, full cache: 100 % right" */
export function columnText({ checkpoints, budgetShares }: CheckpointResults, family: string, at: number): string {
  const figures = budgetShares.map((budgetShare) => {
    const { share, error } = rightShare(checkpointCell(checkpoints[at], family, budgetShare));
    return `${budgetName(budgetShare)}: ${inPercent(share)}${error === 0 ? "" : ` ± ${inPercent(error)}`} %`;
  });
  return `step ${checkpoints[at].step}, ${figures.join(", ")} right`;
}

export interface LossLayout extends ChartFrame {
  readonly path: string;
}

/** Null where the file has no loss of this family. */
export function lossLayout(
  { checkpoints, losses }: CheckpointResults,
  family: string,
  size: ChartSize,
): LossLayout | null {
  const plot = plotOf(size, 8);
  const points = (losses ?? []).flatMap(({ step, divergence }) => {
    const value = divergence[family] ?? null;
    return value === null || value <= 0 ? [] : [{ step, value }];
  });
  if (points.length < 2) return null;
  const columns = columnsOf(checkpoints.length, plot);
  const x = placeOfStep(
    checkpoints.map(({ step }) => step),
    columns,
  );
  const values = points.map(({ value }) => value);
  const [lowest, highest] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const y = scaleLog([10 ** lowest, 10 ** highest], [plot.bottom, plot.top]);
  const path = points.map(({ step, value }) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join("L");
  const every = highest - lowest > 2 ? 2 : 1;
  const powers = Array.from({ length: Math.floor((highest - lowest) / every) + 1 }, (_, at) => highest - every * at);
  return {
    ...{ size, plot, path: `M${path}` },
    xTicks: [],
    yTicks: powers.map((power) => ({
      at: y(10 ** power),
      label: power >= -3 ? String(10 ** power) : `1e${power}`.replace("-", "−"),
    })),
  };
}

/** Between two checkpoints steps lie evenly by their logarithm; before the first trained one, by their number. */
export function placeOfStep(steps: readonly number[], columns: readonly number[]): (step: number) => number {
  return (step) => {
    const next = Math.max(
      1,
      steps.findIndex((known) => known >= step),
    );
    const at = steps.some((known) => known >= step) ? next : steps.length - 1;
    const [from, to] = [steps[at - 1], steps[at]];
    const share = from <= 0 ? (step - from) / (to - from) : Math.log(step / from) / Math.log(to / from);
    return columns[at - 1] + share * (columns[at] - columns[at - 1]);
  };
}

/** A row for each checkpoint and budget; then what each made of the page's problem. */
export function trainingTable(
  results: CheckpointResults,
  family: string,
  trials: readonly CheckpointTrial[],
): FigureTable {
  const { checkpoints, budgetShares, problemCount, seed } = results;
  return {
    caption:
      `Answers right by training step, ${family}: ${problemCount} problems a row from seed ${seed} on; and what each checkpoint ` +
      "made of the problem on the page, at its policy and budget.",
    columns: [
      "training step",
      "budget (share of mean length)",
      "budget (slots)",
      "right (share)",
      "right, standard error",
      "word for word (share)",
      "this problem: answer",
      "this problem: verdict",
      "this problem: words right before the first mistake",
    ],
    rows: checkpoints.flatMap((checkpoint) =>
      budgetShares.map((budgetShare) => {
        const cell = checkpointCell(checkpoint, family, budgetShare);
        const { share, error } = rightShare(cell);
        const trial = trials.find(({ folder }) => folder === checkpoint.folder);
        return [
          ...[checkpoint.step, budgetShare, cell.budgetSlots, share, error, exactShare(cell).share],
          ...[trial?.answer ?? null, trial?.verdict ?? null, trial === undefined ? null : rightWords(trial)],
        ];
      }),
    ),
  };
}

/** Words before the first mistake; all of them where there is none. */
export function rightWords({ words, mistake }: CheckpointTrial): number {
  return mistake?.rightWords ?? words.length;
}

export interface Excerpt {
  readonly before: string;
  /** The first wrong word; empty where none is wrong. */
  readonly wrong: string;
  /** What belongs there; empty where the text should have ended. */
  readonly expected: string;
  readonly after: string;
}

const WORDS_BEFORE = 14;
const WORDS_AFTER = 6;

/** What a checkpoint wrote around its first mistake; the end of its text where it made none. */
export function excerptOf({ words, mistake }: CheckpointTrial): Excerpt {
  const at = mistake?.rightWords ?? words.length;
  const join = (some: readonly string[]): string => some.filter((word) => word !== "<eos>").join(" ");
  const before = join(words.slice(Math.max(0, at - WORDS_BEFORE), at));
  return {
    before: at > WORDS_BEFORE ? `… ${before}` : before,
    wrong: mistake === null ? "" : (words[at] ?? "(the end)"),
    expected: mistake?.expected ?? "",
    after: join(words.slice(at + 1, at + 1 + WORDS_AFTER)) + (words.length > at + 1 + WORDS_AFTER ? " …" : ""),
  };
}
