// The column of the token pointed at, with its total, or during the beats its way through the slots, written on top.
import { signedNumber, writtenNumber } from "../../ui/numbers";
import type { ScoreFrame } from "./beats";
import type { ScoreBar, ScoreLayout } from "./layout";

interface LitBarProps {
  readonly layout: ScoreLayout;
  readonly frame: ScoreFrame;
  readonly position: number | null;
  /** Stretch of the chart that is in view, in CSS pixels. */
  readonly from: number;
  readonly to: number;
}

/** Half of what is written, at its longest. */
const HALF_TEXT = 125;

export function LitBar({ layout, frame, position, from, to }: LitBarProps) {
  const drawn = frame.bars.find(({ bar }) => bar.position === position);
  if (drawn === undefined) return null;
  const { bar } = drawn;
  const centre = drawn.x + layout.barWidth / 2;
  const anchor = centre - from < HALF_TEXT ? "start" : to - centre < HALF_TEXT ? "end" : "middle";
  const textX = anchor === "start" ? from + 6 : anchor === "end" ? to - 6 : centre;
  return (
    <g aria-hidden="true">
      <rect
        className="score-lit"
        x={centre - layout.pitch / 2}
        y={layout.plotTop}
        width={layout.pitch}
        height={layout.plotBottom - layout.plotTop}
      />
      <text className="score-value" x={textX} y={layout.plotTop - 7} textAnchor={anchor}>
        {frame.hasSlots ? travels(bar) : measures(bar, layout)}
      </text>
    </g>
  );
}

function travels({ text, position, slot, newSlot }: ScoreBar): string {
  return `${text}, position ${position}: slot ${slot} → ${newSlot === null ? "gone" : newSlot}`;
}

function measures({ text, total, rank, parts }: ScoreBar, { cutOffY }: ScoreLayout): string {
  if (cutOffY === null) return `${text} S = ${writtenNumber(Number(parts.localRaw))}`;
  return `${text} Z = ${signedNumber(total)}, rank ${rank}`;
}
