// The rank correlation of every head at the shown event: layers × KV heads. A click or the arrow keys choose the focused head.
import { useRef, type KeyboardEvent } from "react";
import { headOf, kvHeadOf, layerOf } from "../../cache/headRows";
import type { Trace } from "../../trace/trace";
import { inkOn } from "../../ui/inkOn";
import { sequentialColour, type Theme } from "../../ui/scale";
import { useElementSize } from "../../ui/useElementSize";
import { focusByKey, focusLabel, type Focus } from "../focus";
import { chanceBand, meanCorrelation, type EventForetold, type HeadResult } from "./foretoldWork";
import { twoDigits } from "./words";

interface HeadsGridProps {
  /** Null before the event was compared. */
  readonly result: EventForetold | null;
  readonly trace: Trace;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
  readonly theme: Theme;
}

/** CSS pixels; a narrower cell has no room for its number. */
const NUMBER_WIDTH = 34;
const LABEL_WIDTH = 30;
/** For "KV head 0" over a cell. */
const LABEL_ROOM = 70;

export function HeadsGrid({ result, trace, focus, onFocus, theme }: HeadsGridProps) {
  const { model } = trace.header;
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 360, height: 250 });
  const grid = useRef<HTMLDivElement>(null);
  const heads = result?.heads ?? [];
  const mean = meanCorrelation(heads);
  const cellWidth = (width - LABEL_WIDTH) / model.kvHeadCount;
  const hasNumbers = cellWidth >= NUMBER_WIDTH;
  const move = (event: KeyboardEvent): void => {
    const next = focusByKey(event, model, focus);
    if (next === null) return;
    onFocus(next);
    grid.current?.querySelectorAll<HTMLElement>("button")[headOf(model, next.layer, next.kvHead)]?.focus();
  };
  return (
    <figure ref={frame} className="foretold-chart">
      <figcaption>
        <strong>Head by head, at this event</strong>{" "}
        {mean === null ? "" : `mean of ${mean.count} heads ${twoDigits(mean.mean)}, chance 0 ± ${twoDigits(mean.band)}`}
      </figcaption>
      <div
        ref={grid}
        className={`foretold-heads ${model.layerCount > 10 ? "foretold-heads-low" : model.layerCount < 6 ? "foretold-heads-high" : ""}`}
        role="group"
        aria-label="Rank correlation of layers and KV heads; arrow keys move the focus"
        style={{ gridTemplateColumns: `${LABEL_WIDTH}px repeat(${model.kvHeadCount}, minmax(0, 1fr))` }}
        onKeyDown={move}
      >
        <span />
        {Array.from({ length: model.kvHeadCount }, (_, kvHead) => (
          <span key={kvHead} className="foretold-label">
            {!hasNumbers ? kvHead : cellWidth < LABEL_ROOM ? `KV ${kvHead}` : `KV head ${kvHead}`}
          </span>
        ))}
        {Array.from({ length: model.layerCount * model.kvHeadCount }, (_, head) => (
          <HeadCell
            key={head}
            place={{ layer: layerOf(model, head), kvHead: kvHeadOf(model, head) }}
            result={heads.at(head)}
            isFocused={head === headOf(model, focus.layer, focus.kvHead)}
            {...{ onFocus, theme, hasNumbers }}
          />
        ))}
      </div>
    </figure>
  );
}

interface HeadCellProps {
  readonly place: Focus;
  readonly result: HeadResult | undefined;
  readonly isFocused: boolean;
  readonly hasNumbers: boolean;
  readonly onFocus: (focus: Focus) => void;
  readonly theme: Theme;
}

/** What chance can give has no colour. */
function HeadCell({ place, result, isFocused, hasNumbers, onFocus, theme }: HeadCellProps) {
  const { correlation = NaN, count = 0 } = result ?? {};
  const isChance = !(Math.abs(correlation) > chanceBand(count));
  const colour = isChance || correlation < 0 ? null : sequentialColour(correlation, theme);
  const text = twoDigits(correlation);
  return (
    <>
      {place.kvHead === 0 && <span className="foretold-label">L{place.layer}</span>}
      <button
        type="button"
        className={correlation < 0 && !isChance ? "foretold-cell foretold-cell-below" : "foretold-cell"}
        aria-pressed={isFocused}
        tabIndex={isFocused ? 0 : -1}
        aria-label={`${focusLabel(place)}: ${Number.isNaN(correlation) ? "not known" : text}${isChance ? ", within chance" : ""}`}
        title={`${focusLabel(place)}: ${text}${count > 0 ? `, ${count} tokens, chance ± ${twoDigits(chanceBand(count))}` : ""}`}
        style={colour === null ? undefined : { background: colour, color: inkOn(colour) }}
        onClick={() => onFocus(place)}
      >
        {hasNumbers && text}
      </button>
    </>
  );
}
