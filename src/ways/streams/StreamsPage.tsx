// Streams: a camera under a cap. Opens the view's own store, which loads with it, and shows what it holds.
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { keyBindings, type PageActs } from "../../panels/palette/pageActs";
import type { CommandId } from "../../panels/palette/commandTable";
import { firstStream } from "../../settings/streamSettings";
import { loadFirstStream } from "../../state/streams/recordedStreams";
import type { StreamStore } from "../../state/streams/streamStore";
import { streamVerdictWords } from "../../trace/stream/streamProof";
import { LateNote, useLatePart } from "../../ui/latePart";
import type { Theme } from "../../ui/scale";
import { usePageKeys } from "../usePage";
import type { WayProps } from "../wayProps";
import { isStreamOnScreen } from "./onScreen";
import { StreamSetup } from "./StreamSetup";
import { StreamStage } from "./StreamStage";

export function StreamsPage({ store, theme }: WayProps) {
  const { part: streams, failure } = useLatePart(true, store.getState().openStreams, { what: "This view" });
  useFirstLook(streams);
  return streams === null ? <LateNote failure={failure} /> : <StreamsView streams={streams} theme={theme} />;
}

/** Where nothing else was asked for, a recorded stream plays: no engine is needed for that. */
function useFirstLook(streams: StreamStore | null): void {
  useEffect(() => {
    if (streams === null || !isUntouched(streams)) return;
    loadFirstStream().then(
      (traces) => {
        if (isUntouched(streams)) streams.getState().showStreams(traces, !matchMedia(REDUCED_MOTION).matches);
      },
      () => {
        // Without it the view says how to watch one live.
      },
    );
  }, [streams]);
}

function isUntouched(streams: StreamStore): boolean {
  const { lanes, status, chosen } = streams.getState();
  return lanes.length === 0 && status === "none" && JSON.stringify(chosen) === JSON.stringify(firstStream);
}

const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";

interface StreamsViewProps {
  readonly streams: StreamStore;
  readonly theme: Theme;
}

function StreamsView({ streams, theme }: StreamsViewProps) {
  const { chosen, lanes, arrived, view, status, origin, verdicts } = useStore(streams);
  const isChanged = useMemo(() => lanes.length > 0 && !isStreamOnScreen(chosen, lanes), [chosen, lanes]);
  useStreamKeys(streams);
  const { prepare } = streams.getState();
  // The model is there by the first Run. It has an engine of its own, so the other views keep theirs.
  useEffect(prepare, [prepare]);
  return (
    <div
      className="streams"
      data-stream-status={status}
      data-stream-origin={lanes.length === 0 ? "none" : origin}
      data-stream-seen={view.seen}
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
      <StreamStage streams={streams} theme={theme} />
    </div>
  );
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
