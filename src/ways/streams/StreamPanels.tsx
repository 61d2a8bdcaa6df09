// The panels of a stream in their places: the player over the questions, the slots in use and the scores.
import { useMemo } from "react";
import { StreamHeat } from "../../panels/streamHeat/StreamHeat";
import { StreamPlayer } from "../../panels/streamPlayer/StreamPlayer";
import type { StreamAsk } from "../../panels/streamQuestions/AskForm";
import { framesSay } from "../../panels/streamQuestions/questionRows";
import { StreamQuestions } from "../../panels/streamQuestions/StreamQuestions";
import { StreamSlots } from "../../panels/streamSlots/StreamSlots";
import "./streams.css";
import { askedAt, type StreamHandlers, type StreamShown } from "../../panels/stream/streamShown";
import type { PanelHeading } from "../../ui/Panel";
import { streamPanels, type StreamPanelName } from "./streamPanels";

interface StreamPanelsProps extends StreamShown, StreamHandlers {
  readonly isPlaying: boolean;
  readonly onPlayPause: () => void;
  readonly ask: StreamAsk;
  readonly panels: readonly StreamPanelName[];
}

const noSights = [] as const;

export function StreamPanels({ ask, panels, ...shown }: StreamPanelsProps) {
  const { lanes, look } = shown;
  const asked = askedAt(lanes, look);
  const sights = useMemo(
    () => (asked === null ? noSights : (framesSay(lanes[0], asked.moment, asked.question)?.seen ?? noSights)),
    [lanes, asked],
  );
  return (
    <div className="stream-panels">
      {panels.includes("streamPlayer") && <StreamPlayer {...shown} heading={headings.streamPlayer} sights={sights} />}
      {panels.includes("streamQuestions") && (
        <StreamQuestions {...shown} heading={headings.streamQuestions} ask={ask} />
      )}
      {panels.includes("streamSlots") && <StreamSlots {...shown} heading={headings.streamSlots} />}
      {panels.includes("streamHeat") && <StreamHeat {...shown} heading={headings.streamHeat} />}
    </div>
  );
}

/** The same objects at every drawing. */
const headings = Object.fromEntries(
  Object.entries(streamPanels).map(([name, heading]): [string, PanelHeading] => [name, { name, ...heading }]),
) as Record<keyof typeof streamPanels, PanelHeading>;
