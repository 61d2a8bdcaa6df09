// The axes: how high the plot reaches, its levels, the ticks of the steps, and the row of labels above. Pure.

import type { ScaleLinear } from "d3";
import { lengthRange, rowLengths } from "../../cache/headRows";
import type { StepRange } from "../../state/timeAxis";
import { memoryFigures } from "../../trace/figures";
import { hasUnevenHeads } from "../../trace/headBudgets";
import type { Trace } from "../../trace/trace";
import { writtenBytes } from "../../ui/numbers";

/** Below this width, in CSS pixels, the chart has no labels in its right margin. */
export const NARROW = 560;

const LABEL_HEIGHT = 13;

export interface Tick {
  readonly label: string;
  /** Where the label begins. */
  readonly left: number;
  readonly at: number;
}

/**
 * From the least to the most slots of the plot. It starts at zero unless the teeth would be too low to see, and goes a
 * quarter beyond the highest: the full cache is drawn as far as it fits.
 */
export function slotRange(trace: Trace, stepCount: number, lastStep: number): readonly [number, number] {
  const promptCount = trace.header.promptTokens.length;
  const { peakSlots } = memoryFigures(trace, stepCount - 1);
  const highest = Math.max(promptCount, peakSlots, ...levels(trace).map(({ slots }) => slots));
  const lowest = Math.min(
    promptCount,
    ...trace.events.map(({ survivors }) => lengthRange(rowLengths(survivors)).shortest),
  );
  const least = lowest < highest / 2 ? 0 : Math.max(0, Math.floor(lowest - (highest - lowest) / 4));
  const most = Math.min(promptCount + lastStep, Math.ceil(highest + (highest - least) / 4));
  return [least, Math.max(most, least + 1)];
}

/** B and B + s, if they are the same at every event; of heads that differ, their mean; B alone for an event on the prompt only. */
export function levels(trace: Trace): readonly { slots: number; label: string }[] {
  const { budgetSlots, intervalSteps, budgetMode, budgetBytes, schedule } = trace.header.parameters;
  if (trace.header.policyId === "fullCache" || budgetMode === "ratio") return [];
  if (typeof budgetSlots !== "number" || typeof intervalSteps !== "number") return [];
  const highest = budgetSlots + intervalSteps;
  const mean = hasUnevenHeads(trace) ? "mean " : "";
  const bytes = budgetMode === "bytes" ? ` · ${writtenBytes(Number(budgetBytes))}` : "";
  const budget = { slots: budgetSlots, label: `${mean}B ${budgetSlots}${bytes}` };
  return schedule === "once" ? [budget] : [budget, { slots: highest, label: `B + s ${highest}` }];
}

/** As many as fit with labels of 11 px, down to a height. */
export function slotTicks(
  y: ScaleLinear<number, number>,
  lowestY: number,
): readonly { readonly y: number; readonly label: string }[] {
  const ticksOf = (count: number) => y.ticks(count).filter((tick) => Number.isInteger(tick) && y(tick) <= lowestY);
  const ticks = [3, 2, 1].map(ticksOf).find(([one, two]) => two === undefined || y(one) - y(two) >= LABEL_HEIGHT) ?? [];
  return ticks.map((tick) => ({ y: y(tick), label: String(tick) }));
}

/** Numbers of steps; where steps stand far apart, the tokens that they generate as well. */
export function xTicks(trace: Trace, x: ScaleLinear<number, number>, known: StepRange, width: number): readonly Tick[] {
  const stepWidth = x(1) - x(0);
  return x
    .ticks(width < NARROW ? 4 : 10)
    .filter((step) => Number.isInteger(step))
    .map((step) => {
      const token = stepWidth >= 56 && step <= known.to ? ` ${trace.steps[step].text.trim().slice(0, 8)}` : "";
      const label = `${step}${token}`;
      const left = x(step) - textWidth(label) / 2;
      return { label, left: Math.max(34, Math.min(width - textWidth(label), left)), at: x(step) };
    });
}

export interface WantedLabel {
  readonly text: string;
  /** Place of the mark, in CSS pixels. */
  readonly x: number;
  readonly className: string;
}

export interface PlacedLabel extends WantedLabel {
  /** Where the text begins. */
  readonly left: number;
}

/** Of 11 px sans serif letters, on the wide side. */
const LETTER_WIDTH = 6.1;
const GAP = 5;

export function textWidth(text: string): number {
  return text.length * LETTER_WIDTH;
}

/**
 * Labels that never overlap: the first ones are placed first, on whichever side of their mark has room. A label with room
 * on neither side is left out; legend and table still have it. `taken`: stretches of the row that are occupied.
 */
export function placedLabels(
  wanted: readonly WantedLabel[],
  bounds: { readonly left: number; readonly right: number },
  taken: readonly { readonly left: number; readonly right: number }[] = [],
): readonly PlacedLabel[] {
  const occupied = [...taken];
  return wanted.flatMap((label) => {
    const width = textWidth(label.text);
    const left = [label.x + GAP, label.x - GAP - width].find(
      (start) =>
        start >= bounds.left &&
        start + width <= bounds.right &&
        occupied.every((other) => start > other.right + GAP || start + width < other.left - GAP),
    );
    if (left === undefined) return [];
    occupied.push({ left, right: left + width });
    return [{ ...label, left }];
  });
}
