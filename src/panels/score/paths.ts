// Marks of many bars as one path each: a chart of thousands of bars stays a handful of elements.
import { crossPath } from "../TokenTip";
import type { Candidate } from "./candidates";
import { px, type ScoreBar, type ScoreLayout, type Span } from "./layout";

export interface BarPaths {
  /** Around all that adds; what it encloses beyond past and present comes from a neighbouring slot. */
  readonly outline: string;
  readonly filled: string;
  readonly rings: string;
  readonly loss: string;
  readonly marks: string;
}

/** The bars of one side: kept ones are marked with dots, evicted ones with crosses. */
export function barPaths(bars: readonly ScoreBar[], layout: ScoreLayout, side: "kept" | "evicted"): BarPaths {
  const { barWidth, join, plotTop, zeroY } = layout;
  const paths = { outline: "", filled: "", rings: "", loss: "", marks: "" };
  const inset = side === "evicted" ? 0.5 : 0;
  const rect = (x: number, width: number, span: Span): string => rectPath(x + inset, span, width - 2 * inset);
  for (const { candidate, x, gain, past, present, loss, totalY } of bars) {
    const isSplit = candidate.winner !== null && join === "race";
    const half = isSplit ? barWidth / 2 : barWidth;
    if (present === null && gain !== null) paths.filled += rect(x, barWidth, gain);
    if (present !== null) paths.filled += rect(x + barWidth - half, half, present);
    if (past !== null) {
      paths.filled += rect(x, half, past);
      paths.rings += ringsPath(x, past, half);
    }
    if (gain !== null && candidate.parts.pooled !== null) paths.outline += rectPath(x + 0.5, gain, barWidth - 1);
    if (gain === null && candidate.total > 0)
      paths.filled += rect(x, barWidth, { y: plotTop, height: zeroY - plotTop });
    if (loss !== null) paths.loss += rect(x, barWidth, loss);
    if (totalY !== null) paths.marks += markPath(x + barWidth / 2, totalY, { side, barWidth });
  }
  return paths;
}

/** Open triangles under those that are scored for the first time. */
export function newcomerPath(bars: readonly ScoreBar[], { barWidth, plotBottom }: ScoreLayout): string {
  const reach = Math.min(3.5, Math.max(2, barWidth / 2));
  return bars
    .filter(({ candidate }) => candidate.isNewcomer)
    .map(({ x }) => `M${px(x + barWidth / 2)},${plotBottom + 4}l${reach},6h${-2 * reach}z`)
    .join("");
}

/** Two short lines under those that tie at the cut-off. */
export function tiePath(bars: readonly ScoreBar[], { barWidth, plotBottom }: ScoreLayout): string {
  const reach = Math.min(3.5, Math.max(2, barWidth / 2));
  return bars
    .filter(({ candidate }) => candidate.isTied)
    .map(({ x }) => `M${px(x + barWidth / 2 - reach)},${plotBottom + 13}h${2 * reach}m0,3h${-2 * reach}`)
    .join("");
}

/** Brackets under plateaus: neighbouring slots to which pooling gave the same score. */
export function plateausPath({ bars, barWidth, plotBottom }: ScoreLayout): string {
  return plateaus(bars)
    .map(([first, last]) => `M${first.x},${plotBottom + 19}v4H${last.x + barWidth}v-4`)
    .join("");
}

/** First and last bar of each plateau of two or more, as they stand side by side. */
export function plateaus(bars: readonly ScoreBar[]): readonly (readonly [ScoreBar, ScoreBar])[] {
  const found: [ScoreBar, ScoreBar][] = [];
  let start = 0;
  for (let place = 1; place <= bars.length; place++) {
    if (place < bars.length && isSamePlateau(bars[place - 1].candidate, bars[place].candidate)) continue;
    if (place - start > 1) found.push([bars[start], bars[place - 1]]);
    start = place;
  }
  return found;
}

function isSamePlateau(left: Candidate, right: Candidate): boolean {
  const { pooled } = left.parts;
  return pooled !== null && pooled === right.parts.pooled && Math.abs(left.slot - right.slot) === 1;
}

export function rectPath(x: number, { y, height }: Span, width: number): string {
  return `M${px(x)},${px(y)}h${px(width)}v${px(height)}h${px(-width)}z`;
}

/** Rings across a bar, like those of a tree: this piece comes from the past. */
function ringsPath(x: number, { y, height }: Span, width: number): string {
  let path = "";
  for (let ring = y + 2; ring < y + height; ring += 3) path += `M${px(x)},${px(ring)}h${px(width)}`;
  return path;
}

function markPath(x: number, y: number, { side, barWidth }: { side: "kept" | "evicted"; barWidth: number }): string {
  const reach = Math.min(3, Math.max(2.2, barWidth / 2));
  if (side === "evicted") return crossPath(px(x), px(y), reach);
  return `M${px(x - reach)},${px(y)}a${reach},${reach} 0 1 0 ${2 * reach},0a${reach},${reach} 0 1 0 ${-2 * reach},0z`;
}
