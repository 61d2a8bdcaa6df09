// Streams: a camera under a cap. Opens the view's own store, which loads with it, and shows what it holds.
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { keyBindings, type PageActs } from "../../panels/palette/pageActs";
import type { CommandId } from "../../panels/palette/commandTable";
import { isUnderWay } from "../../state/shownRuns";
import { streamRequest } from "../../state/streams/streamRecipe";
import type { StreamLook } from "../../state/streams/streamState";
import type { StreamStore } from "../../state/streams/streamStore";
import { streamVerdictWords } from "../../trace/stream/streamProof";
import { LateNote, useLatePart } from "../../ui/latePart";
import type { Theme } from "../../ui/scale";
import { usePageKeys } from "../usePage";
import type { WayProps } from "../wayProps";
import { StreamPanels } from "./StreamPanels";
import { StreamSetup } from "./StreamSetup";
import "./streams.css";

export function StreamsPage({ store, theme }: WayProps) {
  const { part: streams, failure } = useLatePart(true, store.getState().openStreams, { what: "This view" });
  return streams === null ? <LateNote failure={failure} /> : <StreamsView streams={streams} theme={theme} />;
}

interface StreamsViewProps {
  readonly streams: StreamStore;
  readonly theme: Theme;
}

export function StreamsView({ streams, theme }: StreamsViewProps) {
  const { lanes, version, arrived, view, status, origin, verdicts } = useStore(streams);
  const chosen = useStore(streams, (state) => state.chosen);
  const isAsking = useStore(streams, (state) => state.isAsking);
  const { lookAt, playPause, ask, prepare } = streams.getState();
  const isChanged = useMemo(() => lanes.length > 0 && !isOnScreen(chosen, lanes), [chosen, lanes]);
  const isLivePlay = view.isFollowing && (status === "running" || status === "loading");
  useClock(streams, status === "running" || status === "loading" || view.isPlaying);
  useStreamKeys(streams);
  // The model is there by the first Run. It has an engine of its own, so the other views keep theirs.
  useEffect(prepare, [prepare]);
  const { seen } = view;
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
  return (
    <div
      className="streams"
      data-stream-status={status}
      data-stream-origin={lanes.length === 0 ? "none" : origin}
      data-stream-seen={seen}
      data-stream-arrived={arrived}
    >
      <StreamSetup streams={streams} isChanged={isChanged} />
      {verdicts.map((verdict, lane) =>
        verdict === null ? null : (
          <p key={lane} className="stream-verdict" role="status">
            {lanes.length > 1 && `Lane ${lane + 1}: `}
            {streamVerdictWords(verdict)}
          </p>
        ),
      )}
      {lanes.length === 0 ? (
        <p className="page-waiting">
          {status === "loading"
            ? "Loading the model…"
            : "Press Run: a camera watches a room, and its memory is kept under a cap."}
        </p>
      ) : (
        <StreamPanels
          {...{ lanes, version, arrived, theme, seen }}
          {...handlers}
          provenance={origin === "live" ? "measured" : "recorded"}
          stageLane={Math.min(view.stageLane, lanes.length - 1)}
          frame={Math.max(0, Math.min(view.frame ?? seen - 1, seen - 1))}
          head={view.head}
          look={view.look}
          isPlaying={view.isPlaying || isLivePlay}
          ask={{ onAsk: ask, isBusy: isAsking, whyNot: whyNoQuestion(streams) }}
        />
      )}
    </div>
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

/** The streams on screen are those of the choices. */
function isOnScreen(
  chosen: Parameters<typeof streamRequest>[0],
  lanes: ReturnType<StreamStore["getState"]>["lanes"],
): boolean {
  try {
    const wanted = streamRequest(chosen).lanes;
    return (
      wanted.length === lanes.length &&
      wanted.every(({ streamId, policyId, choices }, lane) => {
        const { recipe } = lanes[lane].header;
        return (
          recipe.streamId === streamId &&
          recipe.policyId === policyId &&
          JSON.stringify(Object.entries(recipe.choices).sort()) === JSON.stringify(Object.entries(choices).sort())
        );
      })
    );
  } catch {
    return false;
  }
}

/** The view's clock: frames of the browser move what plays. */
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

const streamKeys: readonly CommandId[] = [
  ...(["playPause", "back", "forward", "previousEvent", "nextEvent", "first", "last", "unpin"] as const),
  ...(["lane1", "lane2", "lane3", "lane4"] as const),
];

/** The keys of playback mean frames here, and an event is a compression. */
function useStreamKeys(streams: StreamStore): void {
  const bindings = useMemo(() => {
    const { lookAt, playPause } = streams.getState();
    const seenBy = (by: number) => (): void => lookAt({ seen: streams.getState().view.seen + by });
    const toLane = (lane: number) => (): void => {
      if (lane < streams.getState().lanes.length) lookAt({ stageLane: lane });
    };
    const toCompression = (by: -1 | 1) => (): void => {
      const { lanes, view } = streams.getState();
      const all = lanes.at(view.stageLane)?.compressions.map(({ framesSeen }) => framesSeen) ?? [];
      const next = by > 0 ? all.find((at) => at > view.seen) : all.findLast((at) => at < view.seen);
      if (next !== undefined) lookAt({ seen: next });
    };
    const acts: Partial<Record<CommandId, () => void>> = {
      playPause,
      ...{ back: seenBy(-1), forward: seenBy(1), first: seenBy(-Infinity), last: seenBy(Infinity) },
      ...{ previousEvent: toCompression(-1), nextEvent: toCompression(1), unpin: () => lookAt({ look: null }) },
      ...{ lane1: toLane(0), lane2: toLane(1), lane3: toLane(2), lane4: toLane(3) },
    };
    return keyBindings(acts as PageActs, streamKeys);
  }, [streams]);
  usePageKeys(bindings);
}
