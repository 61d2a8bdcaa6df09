// The panels of a stream in their places: the player over the questions, the slots in use and the scores.
import { useMemo } from "react";
import { StreamHeat } from "../../panels/streamHeat/StreamHeat";
import { StreamPlayer } from "../../panels/streamPlayer/StreamPlayer";
import { framesSay } from "../../panels/streamQuestions/questionRows";
import { StreamQuestions } from "../../panels/streamQuestions/StreamQuestions";
import type { StreamAsk } from "../../panels/streamQuestions/AskForm";
import { StreamSlots } from "../../panels/streamSlots/StreamSlots";
import type { StreamShown } from "../../panels/stream/streamShown";
import type { PanelHeading } from "../../ui/Panel";
import type { StreamView } from "./useStreamView";
import { streamPanels } from "./streamPanels";

interface StreamPanelsProps extends Pick<StreamShown, "lanes" | "version" | "provenance" | "theme"> {
  readonly view: StreamView;
  readonly ask: StreamAsk;
}

const noSights = [] as const;

export function StreamPanels({ view, ask, ...shown }: StreamPanelsProps) {
  const { lanes } = shown;
  const asked = view.look === null ? null : (lanes[view.look.lane]?.answers.at(view.look.answer)?.asked ?? null);
  const sights = useMemo(
    () => (asked === null ? noSights : (framesSay(lanes[0], asked.moment, asked.question)?.seen ?? noSights)),
    [lanes, asked],
  );
  const heading = (name: keyof typeof streamPanels): PanelHeading => ({ name, ...streamPanels[name] });
  return (
    <div className="stream-panels">
      <StreamPlayer {...shown} {...view} heading={heading("streamPlayer")} sights={sights} />
      <StreamQuestions {...shown} {...view} heading={heading("streamQuestions")} ask={ask} />
      <StreamSlots {...shown} {...view} heading={heading("streamSlots")} />
      <StreamHeat {...shown} {...view} heading={heading("streamHeat")} />
    </div>
  );
}
