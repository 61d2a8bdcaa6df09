// The whole stream in one line: how much of each frame is still held, where the cache was compressed, and the clock over it.
import { useElementSize } from "../../ui/useElementSize";

interface ScrubberProps {
  /** Mean share of the heads that hold each frame's patches. [frame seen] */
  readonly shares: ArrayLike<number>;
  /** Frames seen at each compression. */
  readonly compressions: readonly number[];
  readonly frameCount: number;
  readonly arrived: number;
  readonly seen: number;
  readonly onSeen: (seen: number) => void;
}

const HEIGHT = 34;
/** A range's thumb stands half of its width inside its track. */
const THUMB = 16;

export function Scrubber({ shares, compressions, frameCount, arrived, seen, onSeen }: ScrubberProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 800, height: HEIGHT });
  const inner = Math.max(0, width - THUMB);
  const x = (at: number): number => THUMB / 2 + (at / frameCount) * inner;
  const bars = Array.from(shares, (share, at) => {
    const height = share * (HEIGHT - 8);
    return `M${x(at).toFixed(1)},${HEIGHT - 6}V${(HEIGHT - 6 - height).toFixed(1)}H${x(at + 0.86).toFixed(1)}V${HEIGHT - 6}z`;
  });
  const marks = compressions.map((at) => `M${x(at).toFixed(1)},${HEIGHT - 4}v4`).join("");
  return (
    <div ref={frame} className="stream-scrubber">
      <svg width={width} height={HEIGHT} aria-hidden="true">
        <rect className="stream-scrubber-ground" x={x(0)} width={inner} y={2} height={HEIGHT - 8} />
        <rect
          className="stream-scrubber-future"
          x={x(arrived)}
          width={x(frameCount) - x(arrived)}
          y={2}
          height={HEIGHT - 8}
        />
        <path className="stream-scrubber-held" d={bars.join("")} />
        <path className="stream-scrubber-compressions" d={marks} />
        <line className="stream-scrubber-now" x1={x(seen)} x2={x(seen)} y1={0} y2={HEIGHT} />
      </svg>
      <input
        type="range"
        min={0}
        max={frameCount}
        step={1}
        value={seen}
        aria-label="Frames seen"
        aria-valuetext={`${seen} of ${frameCount} frames seen`}
        onChange={(event) => onSeen(Math.min(arrived, Number(event.target.value)))}
      />
      <p className="stream-scrubber-note">
        height: share of the heads that still hold the frame’s patches; ticks: compressions
      </p>
    </div>
  );
}
