// What a moment shows: the picture of Watch, or one panel of Explore alone.
import { Panels } from "../../panels/stage/Panels";
import { StageCell } from "../../panels/stage/StageCell";
import type { Shows } from "../../state/deck";
import { WatchStage } from "../watch/WatchStage";
import "../watch/watch.css";
import type { WayProps } from "../wayProps";

interface MomentStageProps extends WayProps {
  readonly shows: Shows;
}

export function MomentStage({ shows, ...props }: MomentStageProps) {
  const { store, shown, theme, nextRun } = props;
  if (shows === "watch" || shown === null) {
    return (
      <div className="watch present-watch">
        <WatchStage {...props} />
      </div>
    );
  }
  return (
    <div className="present-panel">
      <Panels
        store={store}
        lane={shown.lane}
        theme={theme}
        expectedTokens={nextRun.isChanged ? null : nextRun.expectedTokens}
        marks={shown.mistakes}
        hasTimeline={false}
        stage={<StageCell key={shows} name={shows} />}
      />
    </div>
  );
}
