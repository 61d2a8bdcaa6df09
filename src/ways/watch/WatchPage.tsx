// One screen that tells the story of a run: what the model was told, what it thinks, and what its memory lets go. Each part
// has its place in the grid of watch.css.
import { useState } from "react";
import { useStore } from "zustand";
import type { Trace } from "../../trace/trace";
import { BreakStrip } from "./BreakStrip";
import { Caption } from "./Caption";
import { RunEnd } from "./RunEnd";
import { SqueezeControls } from "./SqueezeControls";
import "./watch.css";
import { WatchClock } from "./WatchClock";
import { LateNote, useLatePart } from "../../ui/latePart";
import { WatchStage } from "./WatchStage";
import type { WayProps } from "../wayProps";

export function WatchPage(props: WayProps) {
  const isStream = useStore(props.store, (state) => state.isWatchingStream);
  return isStream ? <LateStream store={props.store} theme={props.theme} /> : <WatchText {...props} />;
}

/** Its code comes with that of Streams. */
function LateStream(props: Pick<WayProps, "store" | "theme">) {
  const { part, failure } = useLatePart(true, loadStream, { what: "The stream" });
  return part === null ? <LateNote failure={failure} /> : <part.WatchStream {...props} />;
}

const loadStream = () => import("./WatchStream");

function WatchText(props: WayProps) {
  // The run whose card of the cause is open.
  const [explained, setExplained] = useState<Trace | null>(null);
  return (
    <div className="watch">
      <div className="watch-caption">
        <Caption {...props} />
      </div>
      <WatchStage {...props} />
      <div className="watch-end">
        <RunEnd {...props} explained={explained} onExplain={setExplained} />
      </div>
      <div className="watch-foot">
        <div className="watch-squeeze">
          <SqueezeControls {...props} />
        </div>
        <div className="watch-breaks">
          <BreakStrip {...props} />
        </div>
        <div className="watch-clock">
          <WatchClock {...props} onExplain={setExplained} />
        </div>
      </div>
    </div>
  );
}
