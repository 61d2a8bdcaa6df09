// The streams of the view's store as panels, with the clock that plays them: all of them in the view, some in a lesson.
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { isUnderWay } from "../../state/shownRuns";
import type { StreamLook } from "../../state/streams/streamState";
import type { StreamStore } from "../../state/streams/streamStore";
import type { Theme } from "../../ui/scale";
import { StreamPanels } from "./StreamPanels";
import { streamPanelNames, type StreamPanelName } from "./streamPanels";

interface StreamStageProps {
  readonly streams: StreamStore;
  readonly theme: Theme;
  readonly panels?: readonly StreamPanelName[];
}

export function StreamStage({ streams, theme, panels = streamPanelNames }: StreamStageProps) {
  const { lanes, version, arrived, view, status, origin, isAsking } = useStore(streams);
  const { lookAt, playPause, ask } = streams.getState();
  useClock(streams, status === "running" || status === "loading" || view.isPlaying);
  const handlers = useMemo(
    () => ({
      onSeen: (next: number) => lookAt({ seen: next }),
      onFrame: (frame: number) => lookAt({ frame }),
      onHead: (head: number | null) => lookAt({ head }),
      onStageLane: (stageLane: number) => lookAt({ stageLane }),
      onLook: (look: StreamLook["look"]) => lookAt({ look }),
      onPlayPause: playPause,
    }),
    [lookAt, playPause],
  );
  if (lanes.length === 0) {
    return (
      <p className="page-waiting">
        {status === "loading"
          ? "Loading the model…"
          : "Press Run: a camera watches a room, and its memory is kept under a cap."}
      </p>
    );
  }
  const { seen, isFollowing } = view;
  return (
    <StreamPanels
      {...{ lanes, version, arrived, theme, seen, panels }}
      {...handlers}
      provenance={origin === "live" ? "measured" : "recorded"}
      stageLane={Math.min(view.stageLane, lanes.length - 1)}
      frame={Math.max(0, Math.min(view.frame ?? seen - 1, seen - 1))}
      head={view.head}
      look={view.look}
      isPlaying={view.isPlaying || (isFollowing && (status === "running" || status === "loading"))}
      ask={{ onAsk: ask, isBusy: isAsking, whyNot: whyNoQuestion(streams) }}
    />
  );
}

/** A live stream is asked where the camera is; a recorded one is watched anew up to the moment on show. */
function whyNoQuestion(streams: StreamStore): string | null {
  const { origin, status, arrived, view } = streams.getState();
  if (arrived === 0) return "The first frame has yet to come.";
  if (status === "loading") return "The model is loading.";
  const isLive = origin === "live" && (isUnderWay(status) || status === "ended");
  return isLive && view.seen < arrived ? "A question is asked where the camera is: go to the newest frame." : null;
}

/** Frames of the browser move what plays. */
function useClock(streams: StreamStore, isTicking: boolean): void {
  useEffect(() => {
    if (!isTicking) return;
    let before: number | null = null;
    let frame = requestAnimationFrame(tick);
    function tick(now: number): void {
      // A tab that was in the background continues where it was.
      if (before !== null) streams.getState().advanceClock(Math.min(100, now - before));
      before = now;
      frame = requestAnimationFrame(tick);
    }
    return () => cancelAnimationFrame(frame);
  }, [streams, isTicking]);
}
