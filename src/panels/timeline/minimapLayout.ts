// The whole run in small, and which part of it the axis shows. Pure.
import { scaleLinear, type ScaleLinear } from "d3";
import type { StepRange } from "../../state/timeAxis";
import { memoryFigures } from "../../trace/figures";
import type { Trace } from "../../trace/trace";
import { sawToothArea } from "./sawTooth";

export interface MinimapLayout {
  readonly x: ScaleLinear<number, number>; // step → CSS pixels
  readonly top: number;
  readonly bottom: number;
  readonly area: string;
  readonly viewport: { readonly x: number; readonly width: number };
  readonly loop: { readonly x: number; readonly width: number } | null;
}

interface MinimapScene {
  readonly trace: Trace;
  readonly stepCount: number;
  readonly lastStep: number;
  readonly visible: StepRange;
  readonly loop: StepRange | null;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Wide enough to grab, even on a run of many thousand steps. */
const LEAST_WIDTH = 10;

export function minimapLayout(scene: MinimapScene, { left, right, top, bottom }: Box): MinimapLayout {
  const { trace, stepCount, lastStep, visible, loop } = scene;
  const x = scaleLinear([0, lastStep], [left, right]);
  const y = scaleLinear([0, Math.max(1, memoryFigures(trace, stepCount - 1).peakSlots)], [bottom, top + 1]);
  const part = ({ from, to }: StepRange) => ({ x: x(from), width: x(to) - x(from) });
  const exact = part(visible);
  const width = Math.max(LEAST_WIDTH, exact.width);
  return {
    x,
    top,
    bottom,
    area: sawToothArea(trace, { from: 0, to: stepCount - 1 }, x, y),
    viewport: { x: Math.max(left, Math.min(right - width, exact.x + exact.width / 2 - width / 2)), width },
    loop: loop === null ? null : part(loop),
  };
}
