// A picture of points by two figures with the front of those that no other beats in both. Pure.
import { scaleLinear } from "d3";
import { chartTicks, type ChartFrame, type ChartSize } from "../chart";

export interface ParetoPoint {
  readonly key: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** One standard error, where there is one. */
  readonly xError?: number;
  readonly yError?: number;
  /** The visitor's own. */
  readonly isOwn?: boolean;
}

export interface ParetoAxis {
  /** Quantity and unit. */
  readonly title: string;
  readonly better: "high" | "low";
  readonly written: (value: number) => string;
}

export interface ParetoMark {
  readonly point: ParetoPoint;
  readonly x: number;
  readonly y: number;
  readonly isFront: boolean;
  /** Ends of the error bars. */
  readonly xs: readonly [number, number];
  readonly ys: readonly [number, number];
}

interface ParetoLabel {
  readonly key: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end";
}

export interface ParetoLayout extends ChartFrame {
  readonly marks: readonly ParetoMark[];
  /** Through the front, in steps. */
  readonly front: string;
  readonly labels: readonly ParetoLabel[];
}

const margins = { left: 52, right: 16, top: 14, bottom: 38 };
const LABEL_HEIGHT = 13;
const LETTER_WIDTH = 6.3;

/** Keys of the points that no other beats: as good in both figures and better in one. */
export function paretoFront(
  points: readonly ParetoPoint[],
  { x, y }: { readonly x: ParetoAxis["better"]; readonly y: ParetoAxis["better"] },
): ReadonlySet<string> {
  const gain = (better: ParetoAxis["better"], value: number): number => (better === "high" ? value : -value);
  const beats = (one: ParetoPoint, other: ParetoPoint): boolean => {
    const [dx, dy] = [gain(x, one.x) - gain(x, other.x), gain(y, one.y) - gain(y, other.y)];
    return dx >= 0 && dy >= 0 && (dx > 0 || dy > 0);
  };
  return new Set(points.filter((point) => !points.some((other) => beats(other, point))).map(({ key }) => key));
}

export function paretoLayout(
  points: readonly ParetoPoint[],
  axes: { readonly x: ParetoAxis; readonly y: ParetoAxis },
  { size, pickedKey }: { readonly size: ChartSize; readonly pickedKey: string | null },
): ParetoLayout {
  const plot = {
    left: margins.left,
    right: Math.max(margins.left + 40, size.width - margins.right),
    top: margins.top,
    bottom: size.height - margins.bottom,
  };
  const x = scaleLinear(domainOf(points.map((point) => [point.x, point.xError ?? 0])), [plot.left, plot.right]).nice(5);
  const y = scaleLinear(domainOf(points.map((point) => [point.y, point.yError ?? 0])), [plot.bottom, plot.top]).nice(5);
  const best = paretoFront(points, { x: axes.x.better, y: axes.y.better });
  const marks = points.map((point): ParetoMark => {
    const { xError = 0, yError = 0 } = point;
    return {
      ...{ point, x: x(point.x), y: y(point.y), isFront: best.has(point.key) },
      xs: [x(errorFoot(point.x, xError)), x(point.x + xError)],
      ys: [y(errorFoot(point.y, yError)), y(point.y + yError)],
    };
  });
  return {
    ...{ size, plot, marks },
    xTicks: chartTicks(x, 70, axes.x.written),
    yTicks: chartTicks(y, 45, axes.y.written),
    front: frontPath(marks),
    labels: labelsOf(marks, plot, pickedKey),
  };
}

/** The nearest mark within reach. */
export function paretoMarkAt({ marks }: ParetoLayout, x: number, y: number): ParetoMark | null {
  let nearest: ParetoMark | null = null;
  let least = 18;
  for (const mark of marks) {
    const distance = Math.hypot(mark.x - x, mark.y - y);
    if (distance < least) [least, nearest] = [distance, mark];
  }
  return nearest;
}

/** Lower end of an error bar: shares, times and bytes are never below 0. */
function errorFoot(value: number, error: number): number {
  return value >= 0 ? Math.max(0, value - error) : value - error;
}

function domainOf(values: readonly (readonly [value: number, error: number])[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values.map(([value, error]) => errorFoot(value, error)));
  const high = Math.max(...values.map(([value, error]) => value + error));
  const room = high > low ? 0.04 * (high - low) : 0.1 * Math.max(1, Math.abs(high));
  // Figures are positive: 0 is where an axis ends.
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

function frontPath(marks: readonly ParetoMark[]): string {
  const front = marks.filter(({ isFront }) => isFront).sort((left, right) => left.x - right.x || left.y - right.y);
  const steps = front.map((mark, at) => {
    const place = `${mark.x.toFixed(1)},${mark.y.toFixed(1)}`;
    return at === 0 ? `M${place}` : `H${mark.x.toFixed(1)}V${mark.y.toFixed(1)}`;
  });
  return front.length < 2 ? "" : steps.join("");
}

/** The picked point's name first, then those of the front from the top, as far as they do not lie on one another. */
function labelsOf(
  marks: readonly ParetoMark[],
  plot: ChartFrame["plot"],
  pickedKey: string | null,
): readonly ParetoLabel[] {
  const rank = ({ point, isFront }: ParetoMark): number =>
    point.key === pickedKey ? 0 : point.isOwn === true ? 1 : isFront ? 2 : 3;
  const named = marks
    .filter((mark) => rank(mark) < 3)
    .sort((left, right) => rank(left) - rank(right) || left.y - right.y);
  const placed: (ParetoLabel & { readonly from: number; readonly to: number })[] = [];
  for (const { point, x, y } of named) {
    const width = point.label.length * LETTER_WIDTH;
    const isLeft = x + 8 + width > plot.right;
    const from = isLeft ? x - 8 - width : x + 8;
    const at = [y + 4, y - 10, y + 18].find(
      (baseline) =>
        baseline > plot.top &&
        baseline < plot.bottom - 2 &&
        placed.every(
          (other) => Math.abs(other.y - baseline) >= LABEL_HEIGHT || other.to <= from || other.from >= from + width,
        ),
    );
    if (at === undefined || from < plot.left - 4) continue;
    const anchor = isLeft ? "end" : "start";
    placed.push({
      ...{ key: point.key, text: point.label, x: isLeft ? x - 8 : x + 8, y: at, anchor },
      ...{ from, to: from + width },
    });
  }
  return placed;
}
