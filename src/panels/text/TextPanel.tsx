// The text, token by token: the fill is the share of heads that keep a token, an underline marks the window, a strike-through
// tokens that every head has evicted, tints those that another token carries and those that the step left unread. Its controls
// choose whose cache, what the fill means, and visible white space.

import { max } from "d3";
import { memo, useMemo } from "react";
import { hasMerges } from "../../trace/carried";
import { selectsReads } from "../../trace/reading";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { writtenNumber } from "../../ui/numbers";
import type { PanelProps } from "../definePanel";
import type { Focus } from "../focus";
import { focusHead, shortFocusLabel } from "../focus";
import { windowNote } from "../layerWindowWords";
import { TextBody } from "./TextBody";
import type { TextView } from "./layout";
import { textState, textTable } from "./layout";
import "./text.css";

type TextPanelProps = PanelProps<
  "trace" | "step" | "focus" | "hovered" | "pinned" | "onHover" | "onPin" | "provenance" | "regret",
  TextView
>;

export const TextPanel = memo(function TextPanel(props: TextPanelProps) {
  const { heading, trace, step, focus, view, hovered, pinned, onHover, onPin } = props;
  const { heads } = view;
  // Only the focused head's own text depends on the focus.
  const { layer, kvHead } = heads === "focus" ? focus : anyFocus;
  const request = useMemo(() => ({ heads, focus: { layer, kvHead } }), [heads, layer, kvHead]);
  const state = useMemo(() => textState(trace, step, request), [trace, step, request]);
  const regret = view.fill === "regret" ? props.regret : null;
  const regretShare = useMemo(() => (regret === null ? null : sharesOf(regret)), [regret]);

  return (
    <Panel
      {...heading}
      subtitle={heads === "all" ? undefined : shortFocusLabel(focus)}
      provenance={regret === null ? [props.provenance] : [props.provenance, "derived"]}
      controls={<TextControls view={view} hasRegret={props.regret !== null} onView={props.onView} />}
      table={() => textTable(trace, step, request, regret)}
    >
      <TextBody
        trace={trace}
        state={state}
        hovered={hovered}
        pinned={pinned}
        hasWhitespace={view.hasWhitespace}
        regret={regretShare}
        onHover={onHover}
        onPin={onPin}
      />
      <TextLegend
        view={view}
        regret={regret}
        evicts={trace.header.policyId !== "fullCache"}
        merges={hasMerges(trace)}
        selects={selectsReads(trace)}
        note={windowNote(trace.header, heads === "all" ? null : focusHead(trace.header.model, focus))}
      />
    </Panel>
  );
});

const anyFocus: Focus = { layer: 0, kvHead: 0 };

/** The square root keeps small regrets visible next to the few large ones. */
function sharesOf(regret: Float64Array): (position: number) => number {
  const most = highest(regret);
  return (position) => (most === 0 ? 0 : Math.sqrt((regret.at(position) ?? 0) / most));
}

function highest(regret: Float64Array): number {
  return max(regret) ?? 0;
}

const headsLabels: Readonly<Record<TextView["heads"], string>> = { all: "all", focus: "focused" };
const fillLabels: Readonly<Record<TextView["fill"], string>> = { held: "held", regret: "regret" };

interface TextControlsProps {
  readonly view: TextView;
  /** The run was compared with the full cache, so regret is known. */
  readonly hasRegret: boolean;
  readonly onView: (view: TextView) => void;
}

function TextControls({ view, hasRegret, onView }: TextControlsProps) {
  return (
    <>
      <ToolChoice
        label="heads"
        value={view.heads}
        options={toolOptions(headsLabels)}
        onChange={(heads) => onView({ ...view, heads })}
      />
      {hasRegret && (
        <ToolChoice
          label="fill"
          value={view.fill}
          options={toolOptions(fillLabels)}
          onChange={(fill) => onView({ ...view, fill })}
        />
      )}
      <button
        type="button"
        className="tool-toggle"
        aria-pressed={view.hasWhitespace}
        aria-label="Show white space"
        title="Show white space"
        onClick={() => onView({ ...view, hasWhitespace: !view.hasWhitespace })}
      >
        ␣
      </button>
    </>
  );
}

interface TextLegendProps {
  readonly view: TextView;
  /** Regret as drawn, [position]; null if the fill shows what is held. */
  readonly regret: Float64Array | null;
  /** Tokens leave: not so of a full cache. */
  readonly evicts: boolean;
  /** Some tokens are carried on by others. */
  readonly merges: boolean;
  /** Not every slot that is held is read. */
  readonly selects: boolean;
  /** How tokens slide out of the layers with a window; null where no window does. */
  readonly note: string | null;
}

function TextLegend({ view, regret, evicts, merges, selects, note }: TextLegendProps) {
  const isOfAll = view.heads === "all";
  const gone = merges ? "dropped" : "evicted";
  return (
    <div className="legend">
      {regret === null && !evicts && !selects && <span className="legend-item">Every head holds every token.</span>}
      {regret === null && (evicts || selects) && (
        <span className="legend-item">
          {isOfAll ? `${selects ? "read" : "held"} by no head` : selects ? "not read" : gone}
          <Ramp />
          {isOfAll ? "every head" : selects ? "read" : "held"}
        </span>
      )}
      {regret !== null && (
        <span className="legend-item">
          regret 0
          <Ramp isRegret />
          {writtenNumber(highest(regret))} attention × heads × steps (√ scale)
        </span>
      )}
      {selects && (
        <span className="legend-item">
          <span className="token token-unread unread-4">held, unread{isOfAll ? " by some head" : ""}</span>
        </span>
      )}
      {merges && (
        <span className="legend-item">
          <span className="token token-carried carried-4">
            carried by another token{isOfAll ? " in some head" : ""}
          </span>
        </span>
      )}
      {merges && isOfAll && (
        <span className="legend-item">
          <span className="token token-carried carried-4 token-only-carried">only carried: no head holds it</span>
        </span>
      )}
      <span className="legend-item">
        <span className="token token-window">window</span>
      </span>
      {merges && (
        <span className="legend-item">
          <span className="token token-merging">being merged now</span>
        </span>
      )}
      {evicts && (
        <>
          <span className="legend-item">
            <span className="token token-evicting">
              being {gone} {merges ? "by" : "from"} {isOfAll ? "a head" : "this head"} now
            </span>
          </span>
          <span className="legend-item">
            <span className="token token-evicted">
              {gone} {merges ? "by" : "from"} {isOfAll ? "every head" : "this head"}
            </span>
          </span>
        </>
      )}
      {note !== null && <span className="legend-item">{note}</span>}
    </div>
  );
}

function Ramp({ isRegret = false }: { readonly isRegret?: boolean }) {
  return (
    <span className="legend-shares" aria-hidden="true">
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <span
          key={share}
          className={isRegret ? "legend-share legend-regret" : "legend-share"}
          style={{ "--share": share } as Record<string, number>}
        />
      ))}
    </span>
  );
}
