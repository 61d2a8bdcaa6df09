// Slots in use against frames seen: each lane's line under its cap, beside what a cache that keeps all would take. Pure.
//
//   slots │            ╱ full cache (computed)
//         │        ╱
//     |M| │┄┄┄╱┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
//         │ ╱╲╱╲╱╲╱╲╱╲╱╲╱╲╱╲╱╲     a line rises with each block and falls with each compression
//         └────────────────────  frames seen
import { scaleLinear } from "d3";
import { bytesInWords } from "../../hub/bytesInWords";
import { counted } from "../../lib/counted";
import { fullSlotsAfter, slotsOverFrames } from "../../trace/stream/streamReplay";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { chartTicks, type ChartFrame, type ChartSize, type ChartTick } from "../../ui/chart";
import type { FigureTable } from "../../ui/figure/figureTable";
import { streamLaneNames } from "../stream/streamShown";

export interface SlotsLine {
  readonly lane: number;
  /** Up to the frames seen. */
  readonly path: string;
  /** From there on; empty where nothing follows. */
  readonly laterPath: string;
  /** Where |M| is; null where nothing is ever evicted. */
  readonly cap: { readonly y: number; readonly slots: number } | null;
}

export interface SlotsLayout extends ChartFrame {
  readonly lines: readonly SlotsLine[];
  /** The full cache, computed; null where a lane runs it. */
  readonly fullPath: string | null;
  /** Bytes of K and V at the ticks of the left axis; empty where lanes need different numbers of bytes a slot. */
  readonly byteTicks: readonly ChartTick[];
  readonly nowX: number;
}

const LABEL_ROOM = 58;
const TICK_PITCH = 34;

export function slotsLayout(lanes: readonly StreamTrace[], seen: number, size: ChartSize): SlotsLayout {
  const { width, height } = size;
  const frameCount = lanes[0].header.frames.length;
  const plot = { left: 52, right: Math.max(120, width - LABEL_ROOM), top: 14, bottom: height - 36 };
  const series = lanes.map(slotsOverFrames);
  const fullSlots = fullSlotsAfter(lanes[0], frameCount);
  const most = Math.max(fullSlots, ...series.map(({ capSlots }) => capSlots ?? 0));
  const x = scaleLinear([0, frameCount], [plot.left, plot.right]);
  const y = scaleLinear([0, most * 1.03], [plot.bottom, plot.top]);
  const place = (frames: number, slots: number): string => `${x(frames).toFixed(1)},${y(slots).toFixed(1)}`;
  const begin = place(0, fullSlotsAfter(lanes[0], 0));
  const lines = series.map(({ points, capSlots }, lane): SlotsLine => {
    const steps = (some: typeof points): readonly string[] =>
      some.flatMap(({ framesSeen, arrivedSlots, lengthSlots }) => [
        place(framesSeen, arrivedSlots),
        ...(arrivedSlots === lengthSlots ? [] : [place(framesSeen, lengthSlots)]),
      ]);
    const until = [begin, ...steps(points.filter(({ framesSeen }) => framesSeen <= seen))];
    const later = steps(points.filter(({ framesSeen }) => framesSeen > seen));
    return {
      ...{ lane, path: `M${until.join("L")}` },
      laterPath: later.length === 0 ? "" : `M${[until[until.length - 1], ...later].join("L")}`,
      cap: capSlots === null ? null : { y: y(capSlots), slots: capSlots },
    };
  });
  const isFullRun = series.some(({ capSlots }) => capSlots === null);
  const bytes = new Set(series.map(({ bytesPerSlot }) => bytesPerSlot));
  const byteTicks = chartTicks(y, TICK_PITCH, (slots) => bytesInWords(slots * series[0].bytesPerSlot));
  return {
    ...{ size, plot, lines },
    fullPath: isFullRun ? null : `M${begin}L${place(frameCount, fullSlots)}`,
    byteTicks: bytes.size === 1 ? byteTicks : [],
    xTicks: chartTicks(x, 60),
    yTicks: chartTicks(y, TICK_PITCH, (slots) => slots.toLocaleString("en")),
    nowX: x(seen),
  };
}

export interface SlotsNow {
  readonly name: string;
  readonly lengthSlots: number;
  /** The most that were in use until then, questions included. */
  readonly peakSlots: number;
  readonly capSlots: number | null;
  readonly bytes: number;
}

/** After `seen` frames. [lane] */
export function slotsNow(lanes: readonly StreamTrace[], seen: number): readonly SlotsNow[] {
  const names = streamLaneNames(lanes);
  return lanes.map((trace, lane) => {
    const { points, capSlots, bytesPerSlot } = slotsOverFrames(trace);
    const peaks = [
      ...trace.blocks.filter(({ framesSeen }) => framesSeen <= seen),
      ...trace.answers.filter(({ asked }) => asked.moment <= seen),
    ].map((one) => one.peakSlots);
    const peakSlots = peaks.reduce((most, peak) => Math.max(most, peak), fullSlotsAfter(trace, 0));
    const point = points.findLast(({ framesSeen }) => framesSeen <= seen);
    const lengthSlots = point?.lengthSlots ?? fullSlotsAfter(trace, 0);
    return { name: names[lane], lengthSlots, capSlots, peakSlots, bytes: lengthSlots * bytesPerSlot };
  });
}

export function slotsText(lanes: readonly StreamTrace[], seen: number): string {
  const parts = slotsNow(lanes, seen).map(
    ({ name, lengthSlots, capSlots, peakSlots }) =>
      `${name}: ${counted(lengthSlots, "slot")}, at most ${peakSlots}${capSlots === null ? "" : ` of ${capSlots}`}`,
  );
  const full = fullSlotsAfter(lanes[0], seen);
  return `Slots in use after ${counted(seen, "frame")}. ${parts.join("; ")}. A full cache: ${full}.`;
}

export function slotsTable(lanes: readonly StreamTrace[]): FigureTable {
  const names = streamLaneNames(lanes);
  return {
    caption: "Slots in use in every head against frames seen, and bytes of K and V over all heads",
    columns: [
      ...["lane", "frames seen", "slots with the block", "slots after compression", "bytes after compression"],
      ...["full cache (slots, computed)", "|M| (slots)"],
    ],
    rows: lanes.flatMap((trace, lane) => {
      const { points, capSlots, bytesPerSlot } = slotsOverFrames(trace);
      return points.map(({ framesSeen, arrivedSlots, lengthSlots, fullSlots }) => [
        ...[`${lane + 1} ${names[lane]}`, framesSeen, arrivedSlots, lengthSlots, lengthSlots * bytesPerSlot],
        ...[fullSlots, capSlots],
      ]);
    }),
  };
}
