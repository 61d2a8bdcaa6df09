// What the Streams view shows of its lanes: the clock and whether it runs, the frame in the picture, the head, the answer on show.
import { useCallback, useEffect, useMemo, useState } from "react";
import type { AnswerAt, StreamHandlers, StreamShown } from "../../panels/stream/streamShown";
import { framesSeenBy, type StreamTrace } from "../../trace/stream/streamTrace";

/** "Live at 4 frames a second." */
export const FRAME_MS = 250;

export interface StreamView
  extends Pick<StreamShown, "seen" | "frame" | "head" | "look" | "stageLane">, StreamHandlers {
  readonly isPlaying: boolean;
  readonly onPlayPause: () => void;
}

interface ViewState {
  readonly seen: number;
  /** Null: the newest frame. */
  readonly frame: number | null;
  readonly head: number | null;
  readonly look: AnswerAt | null;
  readonly stageLane: number;
  readonly isPlaying: boolean;
}

/** `plays`: from the first frame on, as soon as there is one. */
export function useStreamView(lanes: readonly StreamTrace[], isGrowing: boolean, plays: boolean): StreamView {
  const first: ViewState = { seen: 0, frame: null, head: null, look: null, stageLane: 0, isPlaying: plays };
  const [state, setState] = useState(first);
  const change = useCallback((next: Partial<ViewState>) => setState((before) => ({ ...before, ...next })), []);
  const arrived = lanes.length === 0 ? 0 : Math.min(...lanes.map(framesSeenBy));
  const isAtEnd = state.seen >= arrived;
  const isTicking = state.isPlaying && !isAtEnd;
  useEffect(() => {
    if (!isTicking) return;
    const timer = setInterval(() => setState((before) => ({ ...before, seen: before.seen + 1 })), FRAME_MS);
    return () => clearInterval(timer);
  }, [isTicking]);
  const isPlaying = state.isPlaying && (!isAtEnd || isGrowing);
  const seen = Math.min(state.seen, arrived);
  const handlers = useMemo<StreamHandlers>(
    () => ({
      onSeen: (next) => change({ seen: Math.max(0, next), frame: null, isPlaying: false }),
      onFrame: (frame) => change({ frame }),
      onHead: (head) => change({ head }),
      onStageLane: (stageLane) => change({ stageLane }),
      onLook: (look) => change({ look, isPlaying: false }),
    }),
    [change],
  );
  return {
    ...{ seen, isPlaying, head: state.head, look: state.look, stageLane: Math.min(state.stageLane, lanes.length - 1) },
    frame: Math.max(0, Math.min(state.frame ?? seen - 1, seen - 1)),
    ...handlers,
    onPlayPause: () =>
      change(
        isPlaying ? { isPlaying: false } : { isPlaying: true, frame: null, ...(isAtEnd && !isGrowing && { seen: 0 }) },
      ),
  };
}
