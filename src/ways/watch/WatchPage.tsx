// One screen that tells the story of a run: what the model was told, what it thinks, and what its memory lets go.
import { BreakStrip } from "./BreakStrip";
import { Caption } from "./Caption";
import { RunEnd } from "./RunEnd";
import { SqueezeControls } from "./SqueezeControls";
import { WatchClock } from "./WatchClock";
import { WatchStage } from "./WatchStage";
import type { WayProps } from "../wayProps";

export function WatchPage(props: WayProps) {
  return (
    <div className="watch">
      <Caption {...props} />
      <WatchStage {...props} />
      <RunEnd {...props} />
      <div className="watch-foot">
        <SqueezeControls {...props} />
        <BreakStrip {...props} />
        <WatchClock {...props} />
      </div>
    </div>
  );
}
