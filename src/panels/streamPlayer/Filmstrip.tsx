// All frames of a stream in a row that scrolls, each as bright as it is still held. Only those in sight are drawn.
import { memo, useEffect, useRef, useState, type PointerEvent, type RefObject } from "react";
import { frameTokensOf, type StreamTrace } from "../../trace/stream/streamTrace";
import { useElementSize } from "../../ui/useElementSize";
import { cellUnder, FramePicture, type PatchRing } from "../stream/FramePicture";
import { shownBy } from "../stream/patchFacts";
import type { PatchTipAt } from "../stream/PatchTip";
import { framesInSight, patchShares } from "./filmstrip";

interface FilmstripProps {
  readonly trace: StreamTrace;
  readonly label: string;
  /** Width and height of a frame in CSS pixels. */
  readonly size: number;
  readonly seen: number;
  /** In the picture. */
  readonly frame: number;
  readonly shares: ArrayLike<number>;
  readonly rings: ReadonlyMap<number, readonly PatchRing[]>;
  readonly onFrame: (frame: number) => void;
  readonly onTip: (tip: PatchTipAt | null) => void;
}

const GAP = 6;
const NUMBER_HEIGHT = 20;

export function Filmstrip({ trace, label, size, seen, frame, shares, rings, onFrame, onTip }: FilmstripProps) {
  const [strip, { width }] = useElementSize<HTMLDivElement>({ width: 800, height: size });
  const pitch = size + GAP;
  const [scrolled, setScrolled] = useState(0);
  const frameCount = trace.header.frames.length;
  const frameTokens = frameTokensOf(trace);
  const sight = framesInSight(frameCount, pitch, scrolled, width);
  const follow = { strip, width, onScrolled: setScrolled };
  useFollowed(follow, seen, (at) => (at + 1) * pitch - width);
  useFollowed(follow, frame, (at) => {
    const left = strip.current?.scrollLeft ?? 0;
    const isInSight = at * pitch >= left && (at + 1) * pitch <= left + width;
    return isInSight ? left : at * pitch - width / 2;
  });
  return (
    <div
      ref={strip}
      className="filmstrip"
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => setScrolled(event.currentTarget.scrollLeft)}
      onPointerLeave={() => onTip(null)}
    >
      <div className="filmstrip-reel" style={{ width: frameCount * pitch, height: size + NUMBER_HEIGHT }}>
        {Array.from({ length: sight.end - sight.first }, (_, at) => {
          const each = sight.first + at;
          return (
            <Thumb
              key={each}
              size={size}
              patches={each < seen ? shownBy(trace, each) : null}
              heldShares={patchShares(shares, frameTokens, each)}
              rings={rings.get(each)}
              frame={each}
              isChosen={each === frame && seen > 0}
              onFrame={onFrame}
              onTip={onTip}
            />
          );
        })}
      </div>
    </div>
  );
}

interface Followed {
  readonly strip: RefObject<HTMLDivElement | null>;
  readonly width: number;
  readonly onScrolled: (left: number) => void;
}

/** Scrolls where `place` says whenever the number changes, and not when the reader has scrolled. */
function useFollowed({ strip, width, onScrolled }: Followed, value: number, place: (value: number) => number): void {
  const latest = useRef(place);
  useEffect(() => {
    latest.current = place;
  });
  useEffect(() => {
    strip.current?.scrollTo({ left: latest.current(value) });
    onScrolled(strip.current?.scrollLeft ?? 0);
  }, [strip, value, width, onScrolled]);
}

interface ThumbProps {
  readonly size: number;
  /** Null before the frame was seen. */
  readonly patches: readonly string[] | null;
  readonly heldShares: readonly number[];
  readonly rings: readonly PatchRing[] | undefined;
  readonly frame: number;
  readonly isChosen: boolean;
  readonly onFrame: (frame: number) => void;
  readonly onTip: (tip: PatchTipAt | null) => void;
}

function Thumb({ size, patches, heldShares, rings, frame, isChosen, onFrame, onTip }: ThumbProps) {
  const point = (event: PointerEvent<HTMLDivElement>): void => {
    const cell = cellUnder(event);
    onTip(cell === null ? null : { patch: { frame, cell }, x: event.clientX, y: event.clientY });
  };
  return (
    <div
      className={`filmstrip-frame${isChosen ? " filmstrip-chosen" : ""}`}
      style={{ left: frame * (size + GAP), width: size }}
    >
      {patches === null ? (
        <div className="filmstrip-future" style={{ width: size, height: size }} />
      ) : (
        // The keyboard goes from frame to frame with the picture's own buttons.
        <div className="filmstrip-thumb" onClick={() => onFrame(frame)} onPointerMove={point}>
          <FramePicture patches={patches} heldShares={heldShares} {...(rings !== undefined && { rings })} size={size} />
        </div>
      )}
      <FrameNumber frame={frame} />
    </div>
  );
}

const FrameNumber = memo(function FrameNumber({ frame }: { readonly frame: number }) {
  return <span className="filmstrip-number">{frame + 1}</span>;
});
