// What each lane alone has kept: tokens as chips, in the focused head or counted over all.
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { shortFocusLabel } from "../focus";
import type { Selection, SelectionHandlers } from "../selection";
import { KeptChips } from "./KeptChips";
import { keptLanes } from "./keptChips";
import { keptAlone, keptNote, type LanesScene } from "./scene";
import type { LanesView } from "./view";

interface KeptViewProps extends Selection, SelectionHandlers {
  readonly scene: LanesScene;
  readonly onView: (view: LanesView) => void;
}

export function KeptView({ scene, hovered, pinned, onHover, onPin, onView }: KeptViewProps) {
  const { view, focus } = scene;
  const alone = keptAlone(scene);
  const { kept, lanes } = alone;
  const lists = kept === null ? [] : keptLanes(kept.headCounts, lanes);
  const isCounted = view.keptHeads === "all";
  return (
    <section className="lane-part lane-part-half" aria-label="Kept by one lane only">
      <div className="lane-part-header">
        <h3>Kept by one lane only</h3>
        <ToolChoice
          label="in"
          value={view.keptHeads}
          options={toolOptions({ all: "all heads, counted", focus: `the focused head, ${shortFocusLabel(focus)}` })}
          onChange={(keptHeads) => onView({ ...view, keptHeads })}
        />
      </div>
      {lists.map((list) => (
        <KeptChips
          key={list.lane}
          kept={list}
          trace={scene.lanes[list.lane].trace}
          isCounted={isCounted}
          hovered={hovered}
          pinned={pinned}
          onHover={onHover}
          onPin={onPin}
        />
      ))}
      <p className="lane-note">
        {kept !== null &&
          `${kept.comparedCount} positions that every lane has written${kept.isCutByDivergence ? ", only those before the tokens part" : ""}${isCounted ? "; ×n: heads in which no other lane holds it" : ""}. `}
        {keptNote(alone, scene.lanes.length)}
      </p>
    </section>
  );
}
