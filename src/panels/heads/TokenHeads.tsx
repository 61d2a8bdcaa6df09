// In which heads the pinned token survives, and buttons that step through them. Several panels show it; the keys H and
// Shift H do the same anywhere on the page.
import { memo } from "react";
import { headOf, kvHeadOf, layerOf } from "../../cache/headRows";
import type { Trace } from "../../trace/trace";
import { focusLabel, shortFocusLabel, type Focus } from "../focus";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { foundHeads, neighbourHead, keepingHeads } from "./keepingHeads";
import "./heads.css";

interface TokenHeadsProps {
  readonly trace: Trace;
  readonly step: number;
  readonly position: number;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
}

export const TokenHeads = memo(function TokenHeads({ trace, step, position, focus, onFocus }: TokenHeadsProps) {
  const found = keepingHeads(trace, step, position);
  const { kept, headCount, longest, longestUntil } = found;
  const { model } = trace.header;
  const heads = foundHeads(found);
  const place = heads.indexOf(headOf(model, focus.layer, focus.kvHead));
  const go = (by: -1 | 1): void => {
    const next = neighbourHead(trace, heads, focus, by);
    if (next !== null) onFocus(next);
  };
  // Where all that keep it hold it to the end, they have been named already.
  const isOwnAnswer = longest.length < headCount && longest.length !== kept.length;
  const longestHead = { layer: layerOf(model, longest[0]), kvHead: kvHeadOf(model, longest[0]) };
  return (
    <div className="token-heads" role="group" aria-label="Heads that keep the token">
      <span>
        <strong className="token-heads-word">{tokenLabel(tokenText(trace, position))}</strong> ({position}) kept in{" "}
        {kept.length} of {headCount} heads
      </span>
      <span className="token-heads-steps" data-not-exported>
        <button
          type="button"
          aria-label="Head before that keeps it"
          title="Head before (Shift H)"
          onClick={() => go(-1)}
        >
          ‹
        </button>
        <span className="token-heads-place" aria-live="polite">
          {place < 0 ? "–" : place + 1} / {heads.length}
        </span>
        <button type="button" aria-label="Next head that keeps it" title="Next head (H)" onClick={() => go(1)}>
          ›
        </button>
      </span>
      {isOwnAnswer && (
        <span data-not-exported>
          longest:{" "}
          <button
            type="button"
            aria-label={`Focus the head that holds it longest: ${focusLabel(longestHead)}`}
            onClick={() => onFocus(longestHead)}
          >
            {shortFocusLabel(longestHead)}
          </button>{" "}
          {longest.length > 1 && `and ${longest.length - 1} more, `}
          {longestUntil === null ? "to the end" : `to step ${longestUntil}`}
        </span>
      )}
    </div>
  );
});
