// What the pitfalls panel draws, without drawing: the instructions of a run, and lines of the stored sweep. Pure.
import { scaleLinear } from "d3";
import type { PitfallsCell, PitfallsFigure, PitfallsMode, PitfallsSweep } from "../../state/storedPitfalls";
import { porterStem } from "../../lib/porterStemmer";
import { rougeL } from "../../lib/rougeL";
import type { Span } from "../../lib/spans";
import { judgeOrders } from "../../problems/judge";
import { instructionSpans } from "../../problems/orders";
import { generatedText } from "../../trace/figures";
import { evictionBias, meanRate, spanKeepRates, type SpanKeepRates } from "../../trace/keepRates";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { chartTicks, inPercent, type ChartFrame, type ChartPlot, type ChartSize } from "../../ui/chart";
import type { PitfallsView, SweepFigure } from "./view";

/** One instruction of the run on the stage. */
export interface RunInstruction extends Span {
  readonly text: string;
  /** Before any event and after each one so far; `mean` is that of the last. */
  readonly rates: SpanKeepRates;
  readonly mean: number;
  readonly bias: number | null;
  /** Null where no answer has been written, or none could obey it. */
  readonly isObeyed: boolean | null;
  /** How much of it the generated text repeats; null for an order, of which a judge knows better whether it leaked. */
  readonly repeated: Repeated | null;
}

/** ROUGE-L recall. */
export interface Repeated {
  readonly byWords: number;
  readonly byStems: number;
}

/** What the run took for instructions: those marked in its prompt, or the orders that the prompt gives. */
export function runInstructions(trace: Trace, step: number): readonly RunInstruction[] {
  const { promptText, promptTexts, spans } = trace.header;
  const orders = instructionSpans(promptText);
  const marked = spans?.instructions ?? [];
  const named = marked.length === 0 ? orders : marked;
  if (named.length === 0) return [];
  const eventCount = eventCountAfterStep(trace, step);
  const rates = spanKeepRates(trace, named).map((ofSpan) => ofSpan.slice(0, eventCount + 1));
  const means = rates.map((ofSpan) => meanRate(ofSpan[eventCount]));
  const bias = evictionBias(named, means);
  const answer = generatedText(trace, step);
  const verdicts = orders.length > 0 ? judgeOrders(promptText, answer) : [];
  return named.map(({ start, end }, place) => {
    const order = orders.findIndex((one) => one.start === start && one.end === end);
    const verdict = order === -1 ? "unfinished" : verdicts[order].verdict;
    const text = order === -1 ? promptTexts.slice(start, end).join("").trim() : orders[order].text;
    return {
      start,
      end,
      text,
      rates: rates[place],
      mean: means[place],
      bias: bias[place],
      isObeyed: verdict === "unfinished" ? null : verdict === "kept",
      repeated: order === -1 ? repeatedIn(answer, text) : null,
    };
  });
}

function repeatedIn(answer: string, instruction: string): Repeated {
  return {
    byWords: rougeL(instruction, answer).recall,
    byStems: rougeL(instruction, answer, porterStem).recall,
  };
}

export interface SweepLine {
  readonly id: string;
  readonly label: string;
  readonly path: string;
  readonly points: readonly {
    readonly ratio: number;
    readonly figure: PitfallsFigure;
    readonly x: number;
    readonly y: number;
    readonly low: number;
    readonly high: number;
  }[];
}

export interface SweepChart extends ChartFrame {
  readonly mode: PitfallsMode;
  readonly lines: readonly SweepLine[];
  /** Where a figure turns that has two signs; null for one that has not. */
  readonly zeroY: number | null;
}

export const modeLabels: Readonly<Record<PitfallsMode, string>> = {
  plain: "Plain",
  whitelist: "Whitelist: the secret always stays",
  fair: "Fair share by lengths alone",
  fairCode: "Fair share by the paper’s code",
};

/** The columns that a sweep holds, the full cache aside. */
export function sweepColumns({ cells }: PitfallsSweep): readonly (readonly [id: string, label: string])[] {
  const evicting = cells.filter(({ ratio }) => ratio > 0);
  return [...new Map(evicting.map(({ columnId, label }) => [columnId, label]))];
}

/** What a cell says of a figure, line by line; a line may lack a point. The leak concerns the secret alone. */
function figuresOf(
  cell: PitfallsCell,
  figure: SweepFigure,
): readonly (readonly [id: string, label: string, figure: PitfallsFigure | null])[] {
  switch (figure) {
    case "leaked":
      return [["secret", "secret", cell.leaked]];
    case "margin":
      return [
        ["secret", "after the full cache’s text", cell.forcedMargin],
        ["other", "after the run’s own", cell.ownMargin],
      ];
    default: {
      const part = figure === "kept" ? "keptAfterPrompt" : figure;
      return [
        ["secret", "secret", cell.secret[part]],
        ["other", "other order", cell.other[part]],
      ];
    }
  }
}

/** What the lines of a figure are called. */
export function lineLabels(
  { cells }: PitfallsSweep,
  figure: SweepFigure,
): readonly (readonly [id: string, label: string])[] {
  return figuresOf(cells[0], figure).map(([id, label]) => [id, label]);
}

/** With a minus sign rather than a hyphen. */
export function signed(value: number): string {
  return String(value).replace("-", "−");
}

/** The least and most that a figure's axis shows: whole shares, or all margins of the sweep and the line where they turn. */
function extentOf({ cells }: PitfallsSweep, figure: SweepFigure): readonly [number, number] {
  if (figure !== "margin") return [0, 1];
  const bars = cells.flatMap((cell) =>
    figuresOf(cell, figure).flatMap(([, , value]) =>
      value === null ? [] : [value.mean - value.error, value.mean + value.error],
    ),
  );
  const [least = -1, most = 1] = scaleLinear([Math.min(-1, ...bars), Math.max(1, ...bars)], [0, 1])
    .nice()
    .domain();
  return [least, most];
}

/** One chart per remedy: a line per instruction over the share evicted, from the full cache on. */
export function sweepCharts(sweep: PitfallsSweep, view: PitfallsView, size: ChartSize): readonly SweepChart[] {
  const plot: ChartPlot = { left: 44, right: size.width - 10, top: 10, bottom: size.height - 36 };
  const x = scaleLinear([0, Math.max(...sweep.cells.map(({ ratio }) => ratio))], [plot.left, plot.right]);
  const extent = extentOf(sweep, view.figure);
  const y = scaleLinear(extent, [plot.bottom, plot.top]);
  const isSecretFirst = view.order === "first";
  const [known] = sweepColumns(sweep);
  const columnId = sweepColumns(sweep).some(([id]) => id === view.policy) ? view.policy : known[0];
  // Not every sweep, nor every policy, has a fair share by code.
  const isByCode = sweep.cells.some((cell) => cell.columnId === columnId && cell.mode === "fairCode");
  const modes = ["plain", "whitelist", "fair", ...(isByCode ? (["fairCode"] as const) : [])] as const;
  return modes.map((mode) => {
    const cells = sweep.cells
      .filter((cell) => cell.isSecretFirst === isSecretFirst)
      .filter((cell) => cell.ratio === 0 || (cell.columnId === columnId && cell.mode === mode))
      .sort((left, right) => left.ratio - right.ratio);
    const named = cells.length === 0 ? [] : figuresOf(cells[0], view.figure);
    const lines = named.map(([id, label], place): SweepLine => {
      const points = cells.flatMap((cell) => {
        const figure = figuresOf(cell, view.figure)[place][2];
        if (figure === null) return [];
        const at = (value: number): number => y(Math.min(extent[1], Math.max(extent[0], value)));
        return {
          ratio: cell.ratio,
          figure,
          x: x(cell.ratio),
          y: at(figure.mean),
          low: at(figure.mean - figure.error),
          high: at(figure.mean + figure.error),
        };
      });
      const path = points.length === 0 ? "" : `M${points.map((point) => `${point.x},${point.y}`).join("L")}`;
      return { id, label, points, path };
    });
    return {
      mode,
      size,
      plot,
      lines,
      xTicks: chartTicks(x, 48, inPercent),
      yTicks: chartTicks(y, 32, view.figure === "margin" ? signed : inPercent),
      zeroY: extent[0] < 0 ? y(0) : null,
    };
  });
}
