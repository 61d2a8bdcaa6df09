// The store of the Streams view as Streams and Watch use it: it loads late, begins with a recorded stream, and has the keys of playback.
import { useEffect, useMemo } from "react";
import { useLatePart } from "../../ui/latePart";
import { keyBindings, type PageActs } from "../../panels/palette/pageActs";
import type { CommandId } from "../../panels/palette/commandTable";
import { firstStream } from "../../settings/streamSettings";
import type { PageStore } from "../../state/pageStore";
import { loadFirstStream } from "../../state/streams/recordedStreams";
import type { StreamStore } from "../../state/streams/streamStore";
import { usePageKeys } from "../usePage";

interface OpenStreams {
  /** Null until it is loaded. */
  readonly streams: StreamStore | null;
  /** Why it could not be loaded, in words. */
  readonly failure: string | null;
}

export function useStreams(store: PageStore): OpenStreams {
  const { part: streams, failure } = useLatePart(true, store.getState().openStreams, { what: "This view" });
  useFirstLook(streams);
  return { streams, failure };
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

const streamKeys: readonly CommandId[] = [
  ...(["playPause", "back", "forward", "previousEvent", "nextEvent", "first", "last", "unpin"] as const),
  ...(["lane1", "lane2", "lane3", "lane4"] as const),
];

/** The keys of playback mean frames here, and an event is a compression. */
export function useStreamKeys(streams: StreamStore): void {
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
