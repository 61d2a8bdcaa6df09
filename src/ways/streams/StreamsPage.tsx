// Streams: a camera under a cap. Opens the view's own store, which loads with it, and shows what it holds.
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import type { StreamStore } from "../../state/streams/streamStore";
import { streamVerdictWords } from "../../trace/stream/streamProof";
import { LateNote } from "../../ui/latePart";
import type { Theme } from "../../ui/scale";
import type { WayProps } from "../wayProps";
import { isStreamOnScreen } from "./onScreen";
import { StreamSetup } from "./StreamSetup";
import { StreamStage } from "./StreamStage";
import { useStreamKeys, useStreams } from "./useStreams";

export function StreamsPage({ store, theme }: WayProps) {
  const { streams, failure } = useStreams(store);
  return streams === null ? <LateNote failure={failure} /> : <StreamsView streams={streams} theme={theme} />;
}

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
