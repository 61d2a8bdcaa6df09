// The marks of the window overlap: agreement of windows as a matrix, and as curves against the retained share; and shares
// of survivors from event to event. Pure.
//
//   matrix      w1  w2  w3        curve   100 ┤   ___── mean of layers
//          w1  100  62  58                    │ ─´  ,·´  one thin line per layer
//          w2   62 100  71                    │´ ,·´     dashed: chance
//          w3   58  71 100                  0 ┴──────ρ
import { mean, scaleLinear } from "d3";
import {
  chartTicks,
  inPercent,
  labelsApart,
  type ChartFrame,
  type ChartPlot,
  type ChartSize,
  type LineLabel,
} from "../../ui/chart";
import { meanOfLayers, type LayerOverlap, type ShareCurve } from "./overlapWork";
import type { SurvivorShares } from "./survivors";
import { retainedShares } from "./view";

export interface MatrixCell {
  readonly row: number;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  /** Agreement, 0 … 1. */
  readonly share: number;
  /** Per cent without the sign. */
  readonly text: string;
}

export interface MatrixLayout {
  readonly width: number;
  readonly height: number;
  readonly cellSize: number;
  readonly cells: readonly MatrixCell[];
  readonly rows: readonly { readonly y: number; readonly name: string; readonly steps: string }[];
  readonly columns: readonly { readonly x: number; readonly name: string }[];
}

const MATRIX_LEFT = 96;
const MATRIX_TOP = 18;

/** The agreement of each two windows in one layer at one retained share. */
export function matrixLayout(
  layer: LayerOverlap,
  place: number,
  windowLabels: readonly string[],
  width: number,
): MatrixLayout {
  const count = windowLabels.length;
  const cellSize = Math.floor(Math.min(44, Math.max(21, (width - MATRIX_LEFT - 1) / count)));
  const name = (window: number): string => `w${window + 1}`;
  const cells = (layer.pairs[place] ?? []).flatMap((shares, row) =>
    shares.map((share, column) => ({
      row,
      column,
      x: MATRIX_LEFT + column * cellSize,
      y: MATRIX_TOP + row * cellSize,
      share,
      text: inPercent(share),
    })),
  );
  return {
    width: MATRIX_LEFT + count * cellSize + 1,
    height: MATRIX_TOP + count * cellSize + 1,
    cellSize,
    cells,
    rows: windowLabels.map((steps, row) => ({ y: MATRIX_TOP + (row + 0.5) * cellSize, name: name(row), steps })),
    columns: windowLabels.map((_, column) => ({ x: MATRIX_LEFT + (column + 0.5) * cellSize, name: name(column) })),
  };
}

export interface CurveLayout extends ChartFrame {
  readonly layers: readonly { readonly layer: number; readonly path: string; readonly isFocused: boolean }[];
  readonly meanPath: string;
  readonly chancePath: string;
  readonly labels: readonly LineLabel[];
  /** The retained share in force, and where it meets mean and chance. */
  readonly marker: { readonly x: number; readonly meanY: number; readonly chanceY: number };
  readonly mean: number;
  readonly chance: number;
  /** From here on the recorded rows, in the mean of layers, hold 0 for the candidates; null if they never do. */
  readonly zeroX: number | null;
}

export type CurveName = "single" | "union";

export interface CurveRequest {
  readonly name: CurveName;
  readonly place: number;
  readonly focusLayer: number;
  readonly size: ChartSize;
}

export function curveLayout(layers: readonly LayerOverlap[], request: CurveRequest): CurveLayout {
  const { name, place, focusLayer, size } = request;
  const plot = plotOf(size);
  const x = scaleLinear([0, 0.9], [plot.left, plot.right]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const means = meanOfLayers(layers);
  const agreement = means[name];
  const chance = name === "single" ? means.singleChance : means.unionChance;
  const path = (curve: ShareCurve): string =>
    curve.every(Number.isNaN)
      ? ""
      : `M${curve.map((share, at) => `${x(retainedShares[at]).toFixed(1)},${y(share).toFixed(1)}`).join("L")}`;
  const focused = layers.find(({ layer }) => layer === focusLayer);
  const ends = [
    { text: "mean", curve: agreement },
    { text: "chance", curve: chance },
    ...(focused === undefined ? [] : [{ text: `L${focusLayer}`, curve: focused[name] }]),
  ]
    .map(({ text, curve }) => ({ text, share: curve[curve.length - 1] }))
    .filter(({ share }) => !Number.isNaN(share))
    .map(({ text, share }) => ({ text, lineY: y(share) }));
  const scored = mean(layers, ({ scoredShare }) => scoredShare) ?? 1;
  return {
    size,
    plot,
    xTicks: chartTicks(x, 40, inPercent),
    yTicks: chartTicks(y, 40, inPercent),
    layers: layers.map((layer) => ({
      layer: layer.layer,
      path: path(layer[name]),
      isFocused: layer.layer === focusLayer,
    })),
    meanPath: path(agreement),
    chancePath: path(chance),
    labels: labelsApart(ends, plot.bottom),
    marker: { x: x(retainedShares[place]), meanY: y(agreement[place]), chanceY: y(chance[place]) },
    mean: agreement[place],
    chance: chance[place],
    zeroX: scored < 0.9 ? x(scored) : null,
  };
}

export interface SurvivorsLayout extends ChartFrame {
  readonly headPath: string;
  readonly meanPath: string;
  readonly chancePath: string;
  /** One per event while there is room for dots. */
  readonly dots: readonly { readonly step: number; readonly x: number; readonly y: number }[];
  readonly labels: readonly LineLabel[];
}

export function survivorsLayout(shares: readonly SurvivorShares[], head: number, size: ChartSize): SurvivorsLayout {
  const plot = plotOf(size);
  const last = shares[shares.length - 1];
  const x = scaleLinear([shares[0].step, Math.max(last.step, shares[0].step + 1)], [plot.left + 4, plot.right - 4]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const path = (of: (share: SurvivorShares) => number): string =>
    `M${shares.map((share) => `${x(share.step).toFixed(1)},${y(of(share)).toFixed(1)}`).join("L")}`;
  return {
    size,
    plot,
    xTicks: chartTicks(x, 50),
    yTicks: chartTicks(y, 40, inPercent),
    headPath: path(({ heads }) => heads[head]),
    meanPath: path(({ mean }) => mean),
    chancePath: path(({ chance }) => chance),
    dots:
      shares.length > 60
        ? []
        : shares.map((share) => ({ step: share.step, x: x(share.step), y: y(share.heads[head]) })),
    labels: labelsApart(
      [
        { text: "head", lineY: y(last.heads[head]) },
        { text: "mean", lineY: y(last.mean) },
        { text: "chance", lineY: y(last.chance) },
      ],
      plot.bottom,
    ),
  };
}

/** Room for the axes on the left and below, and for the names of lines on the right. */
function plotOf({ width, height }: ChartSize): ChartPlot {
  return { left: 38, right: Math.max(90, width - 52), top: 8, bottom: height - 34 };
}
