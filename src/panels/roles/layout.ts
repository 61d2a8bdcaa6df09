// What the head roles panel shows: the figures of the chosen needle, cells of the grid, dots of the scatter, words of the
// example, and the same as a table. Pure.
import { scaleLinear } from "d3";
import { counted } from "../../lib/counted";
import { exampleAttention } from "../../model/headRoles";
import { cellNames, topPositions, type CellName } from "../../trace/infScore";
import type { ModelSummary } from "../../trace/trace";
import type { HeadFigures, HeadNumbers, HeadRoles, RolesExample } from "../../state/storedMeasures";
import { chartTicks, type ChartFrame, type ChartPlot } from "../../ui/chart";
import type { FigureTable } from "../../ui/figure/figureTable";
import type { ToolOption } from "../../ui/ToolChoice";
import type { Focus } from "../focus";
import type { NeedleKind, NeedleTask } from "../../problems/needleTasks";
import type { FigureName, NeedleChoice } from "./view";

/** What the legend calls each figure; all are shares from 0 to 1. */
export const figureLabels: Readonly<Record<FigureName, string>> = {
  infScore: "InfScore",
  precision: "precision",
  recall: "recall",
  needleTop: "attention: needle, top",
  otherTop: "attention: elsewhere, top",
  needleBelow: "attention: needle, below the top",
  otherBelow: "attention: elsewhere, below the top",
};

const kindLabels: Readonly<Record<NeedleKind, string>> = { surface: "surface (copied)", logic: "logic (worked out)" };

/** The two kinds, each followed by its tasks. */
export function needleOptions({ tasks }: HeadRoles): readonly ToolOption<NeedleChoice>[] {
  return (["surface", "logic"] as const).flatMap((kind): ToolOption<NeedleChoice>[] => [
    [kind, kindLabels[kind]],
    ...tasks.flatMap(({ id, kind: other, label }): ToolOption<NeedleChoice>[] =>
      other === kind ? [[id as NeedleTask, `${kind}: ${label}`]] : [],
    ),
  ]);
}

export interface ChosenTrials {
  readonly figures: HeadFigures;
  /** In a sentence: 145 trials of “a room's rule”. */
  readonly words: string;
  readonly example: RolesExample | null;
}

/** A task that the file does not have gives way to the surface needles. */
export function chosenTrials(roles: HeadRoles, needle: NeedleChoice): ChosenTrials {
  const task = roles.tasks.find(({ id }) => id === needle);
  const exampleOf = (id: string | undefined): RolesExample | null =>
    roles.examples.find(({ taskId }) => taskId === id) ?? null;
  if (task !== undefined) {
    return {
      figures: task,
      words: `${task.trialCount} trials of “${task.label}”, ${task.askedCount - task.trialCount} more not answered right`,
      example: exampleOf(task.id),
    };
  }
  const kind = needle === "logic" ? "logic" : "surface";
  const tasks = roles.tasks.filter((each) => each.kind === kind);
  return {
    figures: roles[kind],
    words: `${roles[kind].trialCount} ${kind} trials, mean of ${counted(tasks.length, "task")}`,
    example: exampleOf(tasks.at(0)?.id),
  };
}

export function figureOf(figures: HeadFigures, name: FigureName): HeadNumbers {
  return isCell(name) ? figures.cells[name] : figures[name];
}

function isCell(name: FigureName): name is CellName {
  return cellNames.some((cell) => cell === name);
}

type HeadShape = Pick<ModelSummary, "layerCount" | "headCount" | "kvHeadCount">;

/** A query head by its place in the layer. */
export interface QueryHead {
  readonly layer: number;
  readonly head: number;
}

/** Query heads per KV head. */
export function groupSizeOf({ headCount, kvHeadCount }: HeadShape): number {
  return headCount / kvHeadCount;
}

export function chosenHead(model: HeadShape, { layer, kvHead }: Focus, member: number): QueryHead {
  const groupSize = groupSizeOf(model);
  return { layer, head: kvHead * groupSize + Math.min(member, groupSize - 1) };
}

/** The KV head to focus, and the member of its group. */
export function choiceOf(model: HeadShape, { layer, head }: QueryHead): { focus: Focus; member: number } {
  const groupSize = groupSizeOf(model);
  return { focus: { layer, kvHead: Math.floor(head / groupSize) }, member: head % groupSize };
}

export function headName({ layer, head }: QueryHead): string {
  return `layer ${layer}, query head ${head}`;
}

/** InfScore with the 95 % interval of its mean over trials. */
export function scoreText({ infScore, error }: HeadFigures, { layer, head }: QueryHead): string {
  const value = infScore[layer][head];
  const reach = 1.96 * error[layer][head];
  const [low, high] = [Math.max(0, value - reach), Math.min(1, value + reach)];
  return `InfScore ${value.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`;
}

export interface ScatterDot extends QueryHead {
  readonly x: number;
  readonly y: number;
  readonly surface: number;
  readonly logic: number;
}

export interface DotName {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export interface ScatterLayout extends ChartFrame {
  readonly dots: readonly ScatterDot[];
  /** Of the heads with the most of each kind, and of the chosen one, as far as there is room. */
  readonly names: readonly DotName[];
}

/** Heads that get a name: so many with the most of each kind. */
const NAMED_COUNT = 4;

export function scatterLayout({ surface, logic }: HeadRoles, chosen: QueryHead, width: number): ScatterLayout {
  const size = { width, height: Math.min(300, Math.max(220, Math.round(0.7 * width))) };
  const plot = { left: 44, right: width - 12, top: 10, bottom: size.height - 36 };
  const x = scaleLinear([0, 1], [plot.left, plot.right]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const heads = surface.infScore.flatMap((row, layer) =>
    row.map((value, head) => ({ layer, head, surface: value, logic: logic.infScore[layer][head] })),
  );
  const dots = heads.map((each) => ({ ...each, x: x(each.surface), y: y(each.logic) }));
  const most = (kind: NeedleKind) => [...dots].sort((one, other) => other[kind] - one[kind]).slice(0, NAMED_COUNT);
  const isChosen = ({ layer, head }: QueryHead): boolean => layer === chosen.layer && head === chosen.head;
  const named = new Set([...dots.filter(isChosen), ...most("surface"), ...most("logic")]);
  return {
    ...{ size, plot },
    xTicks: chartTicks(x, 60),
    yTicks: chartTicks(y, 50),
    dots,
    names: namesOf([...named], dots, plot),
  };
}

const NAME_SIZE = { width: 18, height: 12 };

/** Each name at the first place near its dot where it covers no other name and no dot; without one, it is left out. */
function namesOf(named: readonly ScatterDot[], dots: readonly ScatterDot[], { right, bottom }: ChartPlot): DotName[] {
  const names: DotName[] = [];
  for (const { layer, head, x, y } of named) {
    const places = [
      ...[0, -13, 13].map((dy) => ({ x: x + 11, y: y + 4 + dy })),
      ...[0, -13, 13].map((dy) => ({ x: x - 11 - NAME_SIZE.width, y: y + 4 + dy })),
    ];
    const isFree = (at: DotPlace): boolean =>
      at.x + NAME_SIZE.width <= right + 10 &&
      at.y <= bottom + 4 &&
      !names.some((name) => covers(name, at)) &&
      !dots.some((dot) => holds(at, dot));
    const place = places.find(isFree);
    if (place !== undefined) names.push({ text: `${layer}.${head}`, ...place });
  }
  return names;
}

type DotPlace = Pick<DotName, "x" | "y">;

/** Whether a name that begins at `place` runs over a dot. */
function holds(place: DotPlace, { x, y }: DotPlace): boolean {
  const [fromLeft, fromBaseline] = [x - place.x, place.y - y];
  return fromLeft > -4 && fromLeft < NAME_SIZE.width + 4 && fromBaseline > -4 && fromBaseline < NAME_SIZE.height + 2;
}

function covers(one: DotPlace, other: DotPlace): boolean {
  return Math.abs(one.x - other.x) < NAME_SIZE.width && Math.abs(one.y - other.y) < NAME_SIZE.height;
}

export interface ExampleWord {
  readonly text: string;
  /** 0 … 1 */
  readonly attention: number;
  readonly isNeedle: boolean;
  readonly isTop: boolean;
}

export interface ExampleLayout {
  readonly words: readonly ExampleWord[];
  readonly largest: number;
  readonly answer: string;
}

export function exampleLayout(roles: HeadRoles, example: RolesExample, head: QueryHead): ExampleLayout {
  const attention = exampleAttention(example, { headCount: roles.infScore[0].length }, head);
  const top = topPositions(attention, roles.topCount);
  const words = example.words.map((text, position) => ({
    text,
    attention: attention[position],
    isNeedle: position >= example.start && position < example.end,
    isTop: top.has(position) && attention[position] > 0,
  }));
  return { words, largest: Math.max(...attention), answer: example.answer };
}

export function rolesTable(roles: HeadRoles, model: HeadShape, needle: NeedleChoice): FigureTable {
  const { figures, words } = chosenTrials(roles, needle);
  return {
    caption: `Query heads: ${words}; top ${roles.topCount}`,
    columns: [
      ...["layer", "query head", "KV head", "InfScore (0–1)", "standard error", "precision (0–1)", "recall (0–1)"],
      ...cellNames.map((name) => `${figureLabels[name]} (share)`),
      ...["InfScore, surface", "InfScore, logic"],
    ],
    rows: figures.infScore.flatMap((row, layer) =>
      row.map((score, head) => [
        ...[layer, head, choiceOf(model, { layer, head }).focus.kvHead, score, figures.error[layer][head]],
        ...[figures.precision[layer][head], figures.recall[layer][head]],
        ...cellNames.map((name) => figures.cells[name][layer][head]),
        ...[roles.surface.infScore[layer][head], roles.logic.infScore[layer][head]],
      ]),
    ),
  };
}
