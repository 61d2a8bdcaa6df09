// The run over time: the cache's saw-tooth between B and B + s, the line of the full cache above it, events, what the
// observation windows see, the answer, and where the whole run is more than the axis shows, a minimap. Pure.
//
//   labels      ← full cache   answer 38   end
//   plot        saw-tooth, budget lines, answer, loop
//   strip       KL to the full cache, where it is known
//   lane        seen by a window │ by none            ← axisY
//   ticks
//   minimap     only when zoomed

import type { Trace } from "../../trace/trace";
import type { ScaleLinear } from "d3";
import { area, max, scaleLinear } from "d3";
import type { StepRange } from "../../state/timeAxis";
import { rangeOnAxis, stepsIn } from "../../state/timeAxis";
import { answerSteps } from "./answer";
import type { PlacedLabel, Tick, WantedLabel } from "./axes";
import { levels, NARROW, placedLabels, slotRange, slotTicks, textWidth, xTicks } from "./axes";
import type { MinimapLayout } from "./minimapLayout";
import { minimapLayout } from "./minimapLayout";
import { fullCacheEnd, sawToothArea, sawToothBand, sawToothPath } from "./sawTooth";
import type { TimelineComparison, StepMark, TimelineScene, TimelineSize } from "./scene";
import type { Band, Sight } from "./windows";
import { bandIn, bands, stretches } from "./windows";

export interface TimelineLayout {
  readonly size: TimelineSize;
  readonly visible: StepRange;
  readonly lastStep: number;
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  /** Below plot and strip; the lane hangs from it. */
  readonly axisY: number;
  readonly x: ScaleLinear<number, number>; // step → CSS pixels
  readonly y: ScaleLinear<number, number>; // slots → CSS pixels
  readonly cachePath: string;
  /** From the shortest head to the longest; empty if they do not differ. */
  readonly cacheBand: string;
  /** Empty if the axis of slots does not begin at zero: an area would mislead. */
  readonly cacheArea: string;
  readonly fullPath: string;
  readonly levels: readonly { readonly y: number; readonly textY: number; readonly label: string }[];
  readonly events: readonly { readonly step: number; readonly x: number }[];
  /** Width of an event's mark: they thin out rather than overlap. */
  readonly eventWidth: number;
  readonly lane: Readonly<Record<Exclude<Sight, "open">, readonly Band[]>>;
  readonly answer: Band | null;
  readonly marks: readonly (StepMark & { readonly x: number })[];
  readonly kl: KlStrip | null;
  readonly loop: (Band & { readonly stepCount: number }) | null;
  readonly labels: readonly PlacedLabel[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly { readonly y: number; readonly label: string }[];
  /** Last step of a run that ended. */
  readonly endX: number | null;
  readonly minimap: MinimapLayout | null;
}

const LABEL_ROW = 13;
const LANE_AND_TICKS = 20;
const KL_HEIGHT = 13;
const MINIMAP_HEIGHT = 14;

/** In the right margin, for the names of the levels. */
function labelRoom(trace: Trace): number {
  return Math.max(70, ...levels(trace).map(({ label }) => textWidth(label) + 10));
}

export function timelineLayout(scene: TimelineScene, size: TimelineSize): TimelineLayout {
  const { trace, stepCount, comparison } = scene;
  const lastStep = Math.max(1, Math.max(scene.axisStepCount, stepCount) - 1);
  const visible = rangeOnAxis(scene.visible, lastStep);
  const isZoomed = stepsIn(visible) <= lastStep;
  const axisY = size.height - LANE_AND_TICKS - (isZoomed ? MINIMAP_HEIGHT : 0);
  const plot = {
    left: 44,
    right: size.width - (size.width < NARROW ? 14 : labelRoom(trace)),
    top: LABEL_ROW,
    bottom: axisY - (comparison === null ? 0 : KL_HEIGHT),
  };
  const x = scaleLinear([visible.from, visible.to], [plot.left, plot.right]);
  const y = scaleLinear(slotRange(trace, stepCount, lastStep), [plot.bottom, plot.top]);
  const known = { from: visible.from, to: Math.min(visible.to, stepCount - 1) };
  const band = bandIn(visible, x);

  const fullEnd = fullCacheEnd(trace, known, y.domain()[1]);
  const answer = answerSteps(trace, stepCount);
  const answerBand = answer === null ? null : band(answer);
  // All before the answer of a real model; the puzzles' reasoning has marks of its own.
  const thinking = answer?.text === "" && answer.from > 1 ? band({ from: 0, to: answer.from - 1 }) : null;
  const marks = scene.marks
    .filter(({ step }) => step >= visible.from && step <= visible.to)
    .map((mark) => ({ ...mark, x: x(mark.step) }));
  const events = trace.events
    .filter(({ step }) => step >= visible.from && step <= known.to)
    .map(({ step }) => ({ step, x: x(step) }));
  const endStep = trace.end === null || stepCount - 1 > visible.to ? null : stepCount - 1;
  const loopBand = scene.loop === null ? null : band(scene.loop);
  const loop = scene.loop === null || loopBand === null ? null : { ...loopBand, stepCount: stepsIn(scene.loop) };

  const lane = stretches(trace, stepCount);

  return {
    size,
    visible,
    lastStep,
    plot,
    axisY,
    x,
    y,
    cachePath: sawToothPath(trace, known, x, y),
    cacheBand: sawToothBand(trace, known, x, y),
    cacheArea: y.domain()[0] === 0 ? sawToothArea(trace, known, x, y) : "",
    fullPath:
      fullEnd === null
        ? ""
        : `M${x(known.from)},${y(trace.header.promptTokens.length + known.from)}L${x(fullEnd.step)},${y(fullEnd.slots)}`,
    levels: levels(trace).map(({ slots, label }, place) => ({
      y: y(slots),
      textY: Math.min(plot.bottom - (place === 0 ? 0 : 11), y(slots) + (place === 0 ? 9 : 0)),
      label,
    })),
    events,
    eventWidth: Math.min(6, Math.max(1.5, 0.8 * ((plot.right - plot.left) / Math.max(1, events.length)))),
    lane: {
      seen: bands(lane, "seen", band),
      blind: bands(lane, "blind", band),
    },
    answer: answerBand,
    marks,
    kl: comparison === null ? null : klStrip(comparison, known, x, { top: plot.bottom + 2, bottom: axisY - 1 }),
    loop,
    labels: placedLabels(
      [
        ...(answer === null || answerBand === null
          ? []
          : [labelAt(answerBand, `answer ${answer.text}`.trim(), "answer")]),
        ...(thinking === null ? [] : [labelAt(thinking, "thinking")]),
        ...marks.map(({ label, tone, x: at }) => labelAt({ x: at, width: 0 }, label, tone)),
        ...(fullEnd === null
          ? []
          : [labelAt({ x: x(fullEnd.step), width: 0 }, fullEnd.step < known.to ? "full cache ↗" : "full cache")]),
        ...(endStep === null ? [] : [labelAt({ x: x(endStep), width: 0 }, "end")]),
      ],
      plot,
      loop === null ? [] : [loopChip(loop, plot)],
    ),
    xTicks: xTicks(trace, x, known, size.width),
    // The label of the strip takes the place of the lowest tick's.
    yTicks: slotTicks(y, plot.bottom - (comparison === null ? 0 : 6)),
    endX: endStep === null ? null : x(endStep),
    minimap: isZoomed
      ? minimapLayout(
          { ...scene, visible, lastStep },
          { ...plot, top: size.height - MINIMAP_HEIGHT, bottom: size.height - 1 },
        )
      : null,
  };
}

/** The step under a horizontal place in the chart. */
export function stepAt({ x, visible }: TimelineLayout, place: number, stepCount: number): number {
  return Math.min(stepCount - 1, visible.to, Math.max(visible.from, Math.round(x.invert(place))));
}

/** The place of the button that says how many steps repeat. */
export function loopChip(
  { x, width, stepCount }: Band & { readonly stepCount: number },
  plot: { readonly left: number; readonly right: number },
): { readonly left: number; readonly right: number } {
  const chipWidth = textWidth(`${stepCount} steps ×`) + 26;
  const left = Math.max(plot.left, Math.min(plot.right - chipWidth, x + width / 2 - chipWidth / 2));
  return { left, right: left + chipWidth };
}

function labelAt({ x, width }: Band, text: string, kind = "plain"): WantedLabel {
  return { text, x: x + width / 2, className: `timeline-label timeline-label-${kind}` };
}

interface KlStrip {
  readonly path: string;
  readonly top: number;
  readonly bottom: number;
  /** The greatest of all steps, in nats: the height of the strip. */
  readonly highestNats: number;
}

/** If several steps share a pixel, the greatest is drawn: no spike disappears. */
function klStrip(
  { kl }: TimelineComparison,
  { from, to }: StepRange,
  x: ScaleLinear<number, number>,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): KlStrip {
  const highestNats = max(Array.from(kl), finite) ?? 0;
  const y = (nats: number): number => bottom - (highestNats === 0 ? 0 : (nats / highestNats) * (bottom - top));
  const columns = new Map<number, number>();
  for (let step = from; step <= Math.min(to, kl.length - 1); step++) {
    const column = Math.round(x(step));
    columns.set(column, Math.max(columns.get(column) ?? 0, finite(kl[step])));
  }
  const shape = area<readonly [number, number]>()
    .x(([column]) => column)
    .y0(bottom)
    .y1(([, nats]) => y(nats))
    .digits(1);
  return { path: shape([...columns]) ?? "", top, bottom, highestNats };
}

function finite(nats: number): number {
  return Number.isFinite(nats) ? Math.max(0, nats) : 0;
}
