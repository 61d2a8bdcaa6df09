// The cloud of queries that a score was foretold from, and the keys of the head, in the plane in which the queries spread
// most. Both axes have one scale, so that angles are true: a key scores by how far it lies along the queries. Pure.
//
//   axis 2 │   · ·⎛· ●⎞        · query   ● key that stayed   × key that left
//          │  × · ⎝· ·⎠ ●      ( ) two standard deviations of a query head's queries
//        0 ┼─────────────── axis 1
import { scaleLinear } from "d3";
import { headRow } from "../../cache/headRows";
import type { EvictionEvent, ModelSummary } from "../../trace/trace";
import { chartTicks, type ChartFrame, type ChartPlot, type ChartSize } from "../../ui/chart";
import { writtenShare } from "../../ui/numbers";

/** One head's queries and keys in their plane at an event. */
export interface HeadCloud {
  /** Of each query head of the group, [query][2]. */
  readonly members: readonly Float32Array[];
  readonly keys: Float32Array; // [slot][2]
  readonly positions: Int32Array; // [slot]
  readonly isKept: Uint8Array; // [slot]
  /** Of the queries along each axis, as a share of their variance in all dimensions; NaN where nothing spreads. */
  readonly shares: readonly [number, number];
}

/** Null where the event recorded none. */
export function headCloud(event: EvictionEvent, head: number, model: ModelSummary): HeadCloud | null {
  const { queryPoints, keyPoints, queryVariance, positionsBefore, survivors } = event;
  if (queryPoints === undefined || keyPoints === undefined || queryVariance === undefined) return null;
  const points = headRow(queryPoints, head);
  const memberCount = model.headCount / model.kvHeadCount;
  const width = points.length / memberCount;
  const members = Array.from({ length: memberCount }, (_, member) =>
    points.subarray(member * width, (member + 1) * width),
  );
  const spreads = members.map(spreadOf);
  const positions = headRow(positionsBefore, head);
  const isKept = new Uint8Array(positions.length);
  for (const slot of headRow(survivors, head)) isKept[slot] = 1;
  const share = (axis: "xx" | "yy"): number =>
    spreads.reduce((sum, spread) => sum + spread[axis], 0) / memberCount / queryVariance[head];
  return { members, keys: headRow(keyPoints, head), positions, isKept, shares: [share("xx"), share("yy")] };
}

interface Spread {
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/** Mean and covariance of points. */
function spreadOf(points: Float32Array): Spread {
  const count = points.length / 2;
  let [x, y, xx, xy, yy] = [0, 0, 0, 0, 0];
  for (let at = 0; at < points.length; at += 2) {
    x += points[at] / count;
    y += points[at + 1] / count;
  }
  for (let at = 0; at < points.length; at += 2) {
    const [dx, dy] = [points[at] - x, points[at + 1] - y];
    xx += (dx * dx) / count;
    xy += (dx * dy) / count;
    yy += (dy * dy) / count;
  }
  return { x, y, xx, xy, yy };
}

export interface CloudEllipse {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  /** Clockwise on the screen. */
  readonly degrees: number;
}

export interface CloudKey {
  readonly position: number;
  readonly x: number;
  readonly y: number;
  readonly isKept: boolean;
}

export interface CloudLayout extends ChartFrame {
  readonly queries: readonly (readonly [x: number, y: number])[];
  /** Two standard deviations of each query head. */
  readonly ellipses: readonly CloudEllipse[];
  readonly keys: readonly CloudKey[];
  /** Where a vector of no length lies. */
  readonly origin: readonly [x: number, y: number];
  readonly xTitle: string;
  readonly yTitle: string;
}

export function cloudLayout({ members, keys, positions, isKept, shares }: HeadCloud, size: ChartSize): CloudLayout {
  const plot: ChartPlot = { left: 44, right: Math.max(120, size.width - 8), top: 8, bottom: size.height - 36 };
  const ellipses = members.map(ellipseOf);
  const reach = ellipses.flatMap(({ x, y, rx }) => [x - rx, y - rx, x + rx, y + rx]);
  const [x, y] = equalScales([...members, keys, Float32Array.from([0, 0, ...reach])], plot);
  const unit = Math.abs(x(1) - x(0));
  return {
    size,
    plot,
    queries: members.flatMap((points) => pairs(points).map(([left, up]) => [x(left), y(up)] as const)),
    ellipses: ellipses.map((ellipse) => ({
      x: x(ellipse.x),
      y: y(ellipse.y),
      rx: ellipse.rx * unit,
      ry: ellipse.ry * unit,
      degrees: -ellipse.degrees,
    })),
    keys: pairs(keys).map(([left, up], slot) => {
      return { position: positions[slot], x: x(left), y: y(up), isKept: isKept[slot] === 1 };
    }),
    origin: [x(0), y(0)],
    xTicks: chartTicks(x, 60, tickText),
    yTicks: chartTicks(y, 40, tickText),
    xTitle: `axis 1, ${shareText(shares[0])} of the queries’ variance`,
    yTitle: `axis 2, ${shareText(shares[1])}`,
  };
}

/** From the covariance's two eigenvalues; degrees counter-clockwise. */
function ellipseOf(points: Float32Array): CloudEllipse {
  const { x, y, xx, xy, yy } = spreadOf(points);
  const middle = (xx + yy) / 2;
  const half = Math.hypot((xx - yy) / 2, xy);
  return {
    ...{ x, y },
    rx: 2 * Math.sqrt(middle + half),
    ry: 2 * Math.sqrt(Math.max(0, middle - half)),
    degrees: (Math.atan2(2 * xy, xx - yy) * 90) / Math.PI,
  };
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

/** One unit is as long on both axes; what is drawn lies in the middle. */
function equalScales(all: readonly Float32Array[], { left, right, top, bottom }: ChartPlot): readonly [Scale, Scale] {
  const [from, to] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (const points of all) {
    points.forEach((value, at) => {
      from[at % 2] = Math.min(from[at % 2], value);
      to[at % 2] = Math.max(to[at % 2], value);
    });
  }
  const [width, height] = [right - left - 2 * MARGIN, bottom - top - 2 * MARGIN];
  const perPixel = Math.max((to[0] - from[0]) / width, (to[1] - from[1]) / height, 1e-9);
  const scale = (axis: number, start: number, end: number): Scale => {
    const middle = (from[axis] + to[axis]) / 2;
    const reach = (Math.abs(end - start) / 2) * perPixel;
    return scaleLinear([middle - reach, middle + reach], [start, end]);
  };
  return [scale(0, left, right), scale(1, bottom, top)];
}

/** CSS pixels between the marks and the edge of the plot. */
const MARGIN = 8;

function pairs(points: Float32Array): readonly (readonly [x: number, y: number])[] {
  return Array.from({ length: points.length / 2 }, (_, at) => [points[2 * at], points[2 * at + 1]] as const);
}

function tickText(value: number): string {
  return String(value).replace("-", "−");
}

export function shareText(share: number): string {
  return Number.isFinite(share) ? writtenShare(share) : "–";
}
