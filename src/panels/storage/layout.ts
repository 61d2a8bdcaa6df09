// The marks of Storage: how alike the heads of each layer are, one token's heads with and without their mean, what each width
// loses. Pure.
import { line, scaleLinear, scaleLog, scalePoint } from "d3";
import {
  breakEvenCorrelation,
  surveyedBits,
  type StorageSurvey,
  type SurveyedEntries,
} from "../../state/storedMeasures";
import {
  chartTicks,
  labelsApart,
  type ChartFrame,
  type ChartPlot,
  type ChartSize,
  type LineLabel,
} from "../../ui/chart";
import { writtenNumber } from "../../ui/numbers";
import type { StorageView } from "./view";

export interface AlikeLayout extends ChartFrame {
  readonly bars: readonly {
    readonly layer: number;
    readonly kind: StorageView["kind"];
    readonly x: number;
    readonly width: number;
    readonly y: number;
    readonly height: number;
  }[];
  /** Where TaDA's mean begins to pay; null for a model with one KV head. */
  readonly breakEvenY: number | null;
  readonly zeroY: number;
}

export function alikeLayout({ layers }: StorageSurvey, size: ChartSize): AlikeLayout {
  const plot: ChartPlot = { left: 44, right: size.width - 8, top: 14, bottom: size.height - 34 };
  const breakEven = breakEvenCorrelation(layers[0].keys.example.length);
  const lowest = Math.min(0, ...layers.flatMap(({ keys, values }) => [keys.correlation, values.correlation]));
  const y = scaleLinear([Math.min(-0.1, lowest), 1], [plot.bottom, plot.top]);
  const step = (plot.right - plot.left) / layers.length;
  const width = Math.max(1, Math.min(26, step / 3));
  const bars = layers.flatMap((entries, layer) =>
    (["keys", "values"] as const).map((kind, at) => {
      const middle = plot.left + (layer + 0.5) * step + (at - 0.5) * (width + 3);
      const [from, to] = [y(0), y(entries[kind].correlation)];
      const height = Math.max(1, Math.abs(to - from));
      return { layer, kind, x: middle - width / 2, width, y: Math.min(from, to), height };
    }),
  );
  return {
    ...{ size, plot, bars },
    xTicks: layers.map((_, layer) => ({ at: plot.left + (layer + 0.5) * step, label: String(layer) })),
    yTicks: chartTicks(y, 34, (value) => String(value).replace("-", "−")),
    breakEvenY: breakEven === null ? null : y(breakEven),
    zeroY: y(0),
  };
}

export interface HeadLines {
  readonly size: ChartSize;
  readonly paths: readonly string[]; // [kvHead]
  readonly meanPath: string;
  readonly zeroY: number;
}

/** One token's heads over their channels, as they are, and with their mean taken off; on one scale. */
export function headLines(
  { example }: SurveyedEntries,
  size: ChartSize,
): readonly [before: HeadLines, after: HeadLines] {
  const channelCount = example[0].length;
  const mean = Array.from({ length: channelCount }, (_, channel) =>
    example.reduce((sum, head) => sum + head[channel] / example.length, 0),
  );
  const centred = example.map((head) => head.map((value, channel) => value - mean[channel]));
  const most = Math.max(...[...example, ...centred].flat().map(Math.abs), 1e-9);
  const x = scaleLinear([0, channelCount - 1], [4, size.width - 4]);
  const y = scaleLinear([-most, most], [size.height - 4, 4]);
  const path = line<number>(
    (_, channel) => x(channel),
    (value) => y(value),
  );
  const lines = (heads: readonly number[][], ofMean: readonly number[]): HeadLines => ({
    size,
    paths: heads.map((head) => path(head) ?? ""),
    meanPath: path(ofMean) ?? "",
    zeroY: y(0),
  });
  return [
    lines(example, mean),
    lines(
      centred,
      mean.map(() => 0),
    ),
  ];
}

export const errorWays = [
  "channels",
  "tokens",
  "deviations",
] as const satisfies readonly (keyof SurveyedEntries["errors"])[];
export type ErrorWay = (typeof errorWays)[number];

export const wayNames: Readonly<Record<ErrorWay, string>> = {
  channels: "along channels",
  tokens: "along tokens",
  deviations: "TaDA",
};

export interface ErrorsLayout extends ChartFrame {
  readonly lines: readonly {
    readonly way: ErrorWay;
    readonly path: string;
    readonly dots: readonly (readonly [x: number, y: number])[];
  }[];
  readonly labels: readonly LineLabel[];
}

/** Per cent of the entries' size, on a logarithmic scale. */
export function errorsLayout({ errors }: SurveyedEntries, size: ChartSize): ErrorsLayout {
  const plot: ChartPlot = { left: 48, right: Math.max(110, size.width - 92), top: 8, bottom: size.height - 34 };
  const all = errorWays.flatMap((way) => errors[way]).filter((error) => error > 0);
  const y = scaleLog([Math.min(...all), Math.max(...all)], [plot.bottom - 4, plot.top + 4]);
  const x = scalePoint(surveyedBits.map(String), [plot.left + 8, plot.right - 8]);
  const at = (bits: number): number => x(String(bits)) ?? plot.left;
  const lines = errorWays.map((way) => {
    const dots = surveyedBits.map((bits, place): readonly [number, number] => [
      at(bits),
      y(Math.max(errors[way][place], all[0] / 1e6)),
    ]);
    return { way, dots, path: `M${dots.map(([left, top]) => `${left.toFixed(1)},${top.toFixed(1)}`).join("L")}` };
  });
  const ticks = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1].filter(
    (value) => value >= y.domain()[0] && value <= y.domain()[1],
  );
  return {
    ...{ size, plot, lines },
    xTicks: surveyedBits.map((bits) => ({ at: at(bits), label: String(bits) })),
    yTicks: ticks.map((value) => ({ at: y(value), label: writtenNumber(100 * value) })),
    labels: labelsApart(
      lines.map(({ way, dots }) => ({ text: wayNames[way], lineY: dots[dots.length - 1][1] })),
      plot.bottom,
    ),
  };
}
