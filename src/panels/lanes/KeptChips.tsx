// Tokens that one lane alone keeps. A chip lights its token in every panel while one points at it, and pins it on a click.
import { memo, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Selection, SelectionHandlers } from "../selection";
import type { Trace } from "../../trace/trace";
import { tokenLabel, tokenText } from "../tokenFacts";
import type { KeptLane } from "./keptChips";
import { laneClass, LaneMark } from "./LaneMark";
import { laneLabel } from "./laneNames";

interface KeptChipsProps extends Selection, SelectionHandlers {
  readonly kept: KeptLane;
  readonly trace: Trace;
  /** Heads are counted, all of them. */
  readonly isCounted: boolean;
}

/** More would be read by nobody; the table has them all. */
const MOST_CHIPS = 24;

export const KeptChips = memo(function KeptChips(props: KeptChipsProps) {
  const { kept, trace, isCounted, hovered, pinned, onHover, onPin } = props;
  const [active, setActive] = useState(0);
  const chips = kept.chips
    .slice(0, MOST_CHIPS)
    .map((chip) => ({ ...chip, label: tokenLabel(tokenText(trace, chip.position)) }));
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
  const count = `${kept.tokenCount} ${kept.tokenCount === 1 ? "token" : "tokens"}`;
  return (
    <div className={`lane-kept ${laneClass(kept.lane)}`}>
      <p className="lane-kept-name">
        <LaneMark lane={kept.lane} /> {laneLabel(kept.lane)} alone: {count}
        {isCounted && kept.tokenCount > 0 && ` in ${kept.headCount} slots of all heads`}
      </p>
      {chips.length > 0 && (
        <div
          className="lane-chips"
          role="group"
          aria-label={`Tokens that ${laneLabel(kept.lane)} alone keeps; arrow keys go through them`}
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
              aria-label={`${label}, position ${position}${isCounted ? `, in ${headCount} heads` : ""}`}
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
          {kept.chips.length > chips.length && (
            <span className="lane-note">and {kept.chips.length - chips.length} more in the table</span>
          )}
        </div>
      )}
    </div>
  );
});
