// Watch with a stream of frames in place of a text: what happens in words, the camera's picture, the questions and the memory, and
// the rule and the room that it has, which run at once when they are changed. It shares the store of the Streams view.
import { useMemo } from "react";
import { useStore } from "zustand";
import { streamPolicies } from "../../policy/streamChoices";
import { laneInForce, streamLaneTable, withValue, type StreamLaneSettings } from "../../settings/streamSettings";
import type { PageStore } from "../../state/pageStore";
import type { StreamStore } from "../../state/streams/streamStore";
import type { Theme } from "../../ui/scale";
import { LateNote } from "../../ui/latePart";
import { streamRules, streamWords } from "../../words/en/watchStream";
import type { StreamPanelName } from "../streams/streamPanels";
import { StreamStage } from "../streams/StreamStage";
import { useStreamKeys, useStreams } from "../streams/useStreams";
import { CaptionLine } from "./Caption";
import { MemorySlider, RuleChoice, RunStateMark } from "./SqueezeControls";
import { streamCaption } from "./streamCaption";
import "./watchStream.css";

interface WatchStreamProps {
  readonly store: PageStore;
  readonly theme: Theme;
}

export function WatchStream({ store, theme }: WatchStreamProps) {
  const { streams, failure } = useStreams(store);
  return streams === null ? <LateNote failure={failure} /> : <Stream streams={streams} theme={theme} />;
}

const panels: readonly StreamPanelName[] = ["streamPlayer", "streamQuestions", "streamSlots"];

function Stream({ streams, theme }: { readonly streams: StreamStore; readonly theme: Theme }) {
  const { status, view, arrived } = useStore(streams);
  useStreamKeys(streams);
  return (
    <div
      className="watch-stream"
      data-stream-status={status}
      data-stream-seen={view.seen}
      data-stream-arrived={arrived}
    >
      <div className="watch-caption">
        <StreamCaption streams={streams} />
      </div>
      <div className="watch-stream-panels">
        <StreamStage streams={streams} theme={theme} panels={panels} />
      </div>
      <div className="watch-stream-foot">
        <StreamSqueeze streams={streams} />
      </div>
    </div>
  );
}

function StreamCaption({ streams }: { readonly streams: StreamStore }) {
  const { lanes, view, status, version } = useStore(streams);
  const trace = lanes.at(view.stageLane) ?? null;
  const { seen, isPlaying, isFollowing } = view;
  const isMoving = isPlaying || (isFollowing && status === "running");
  // Traces grow in place: `version` says when.
  const caption = useMemo(
    () => (trace === null || version < 0 ? null : streamCaption({ trace, seen, isMoving })),
    [trace, seen, isMoving, version],
  );
  return caption === null ? null : <CaptionLine caption={caption} />;
}

const caps = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** One lane: others, which Streams adds, go. */
function StreamSqueeze({ streams }: { readonly streams: StreamStore }) {
  const { chosen, lanes, status, origin, view } = useStore(streams);
  const lane = chosen.lanes[Math.min(view.stageLane, chosen.lanes.length - 1)];
  const { policyId, capFrames } = laneInForce(lane);
  const frameCount = lanes.at(0)?.header.frames.length ?? null;
  const { chooseAll, run } = streams.getState();
  const choose = (id: keyof StreamLaneSettings, value: string | number): void => {
    chooseAll({ shared: chosen.shared, lanes: [withValue(streamLaneTable, lane, id, value)] });
  };
  const stops = caps.includes(capFrames) ? caps : [...caps, capFrames].sort((one, other) => one - other);
  return (
    <div className="squeeze">
      <RuleChoice
        rules={streamRules}
        chosen={policyId}
        otherLabel={streamRules.some(([rule]) => rule === policyId) ? null : streamPolicies[policyId].label}
        onRule={(rule) => {
          choose("policyId", rule);
          run("run");
        }}
      />
      <MemorySlider
        stops={stops}
        at={policyId === "full" ? null : capFrames}
        value={policyId === "full" ? streamWords.whole : streamWords.memory(capFrames)}
        onStop={(stop) => choose("capFrames", stop)}
        onEnd={() => run("run")}
      >
        {policyId !== "full" && frameCount !== null && streamWords.share(capFrames, frameCount)}
      </MemorySlider>
      <RunStateMark state={status === "none" || origin === "recorded" ? "recorded" : status} />
    </div>
  );
}
