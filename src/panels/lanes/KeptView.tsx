// What each lane alone has kept: tokens as chips, in the focused head or counted over all heads. A chip lights its token in
// every panel while the pointer is on it, and a click pins it.
import { memo, useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";
import { counted } from "../../lib/counted";
import type { Trace } from "../../trace/trace";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { shortFocusLabel } from "../focus";
import type { Selection, SelectionHandlers } from "../selection";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { laneClass, LaneMark } from "./LaneMark";
import { laneLabel } from "./laneRows";
import { keptAlone, keptNote, keptTokens, type LanesScene, type LanesView } from "./scene";

interface KeptViewProps extends LanesScene, Selection, SelectionHandlers {
  readonly onView: (view: LanesView) => void;
}

export function KeptView(props: KeptViewProps) {
  const { lanes, view, focus, hovered, pinned, onHover, onPin, onView } = props;
  const alone = keptAlone(props);
  const { kept } = alone;
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
      {kept?.headCounts.map((headCounts, place) => (
        <KeptChips
          key={alone.lanes[place]}
          lane={alone.lanes[place]}
          headCounts={headCounts}
          trace={lanes[alone.lanes[place]].trace}
          isCounted={isCounted}
          hovered={hovered}
          pinned={pinned}
          onHover={onHover}
          onPin={onPin}
        />
      ))}
      <p className="lane-note">
        {kept !== null &&
          `${counted(kept.comparedCount, "position")} that every lane has written${kept.isCutByDivergence ? ", only those before the answers diverge" : ""}${isCounted ? "; ×n: heads in which no other lane holds it" : ""}. `}
        {keptNote(alone, lanes.length)}
      </p>
    </section>
  );
}

interface KeptChipsProps extends Selection, SelectionHandlers {
  readonly lane: number;
  /** Stays the same from event to event. [position] */
  readonly headCounts: Uint16Array;
  readonly trace: Trace;
  /** All heads are counted, not the focused one alone. */
  readonly isCounted: boolean;
}

/** Nobody reads more; the table has them all. */
const MOST_CHIPS = 24;

const KeptChips = memo(function KeptChips(props: KeptChipsProps) {
  const { lane, headCounts, trace, isCounted, hovered, pinned, onHover, onPin } = props;
  const kept = useMemo(() => keptTokens(headCounts), [headCounts]);
  const [active, setActive] = useState(0);
  const chips = kept.tokens
    .slice(0, MOST_CHIPS)
    .map((token) => ({ ...token, label: tokenLabel(tokenText(trace, token.position)) }));
  const entry = Math.min(active, chips.length - 1);
  const point = (event: PointerEvent): void => {
    const chip = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-position]") : null;
    onHover(chip === null ? null : Number(chip.dataset.position), { x: event.clientX, y: event.clientY });
  };
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Enter" || event.key === " ") onPin(chips[entry].position);
    else if (by === 0 || event.shiftKey) return;
    else {
      const next = Math.min(chips.length - 1, Math.max(0, entry + by));
      setActive(next);
      event.currentTarget.querySelectorAll<HTMLElement>("[data-position]")[next].focus();
    }
    // Elsewhere these keys play and step through time.
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={`lane-kept ${laneClass(lane)}`}>
      <p className="lane-kept-name">
        <LaneMark lane={lane} /> {laneLabel(lane)} alone: {counted(kept.tokens.length, "token")}
        {isCounted && kept.tokens.length > 0 && ` in ${counted(kept.headCount, "slot")} of all heads`}
      </p>
      {chips.length > 0 && (
        <div
          className="lane-chips"
          role="group"
          aria-label={`Tokens that ${laneLabel(lane)} alone keeps; arrow keys go through them`}
          onPointerMove={point}
          onPointerLeave={() => onHover(null)}
          onKeyDown={press}
          onBlur={() => onHover(null)}
        >
          {chips.map(({ position, label, headCount }, place) => (
            <span
              key={position}
              role="button"
              className={`lane-token-chip${position === hovered ? " lane-token-hovered" : ""}`}
              data-position={position}
              tabIndex={place === entry ? 0 : -1}
              aria-pressed={position === pinned}
              aria-label={`${label}, position ${position}${isCounted ? `, in ${counted(headCount, "head")}` : ""}`}
              onClick={() => {
                setActive(place);
                onPin(position);
              }}
              onFocus={(event) => {
                const { left, bottom } = event.currentTarget.getBoundingClientRect();
                onHover(position, { x: left, y: bottom });
              }}
            >
              {label}
              {isCounted && <span className="lane-token-count">×{headCount}</span>}
            </span>
          ))}
          {kept.tokens.length > chips.length && (
            <span className="lane-note">and {kept.tokens.length - chips.length} more in the table</span>
          )}
        </div>
      )}
    </div>
  );
});
