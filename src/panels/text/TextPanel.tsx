// The text, token by token: fill is the share of heads that hold a token, an underline marks the window, a strike
// what is gone everywhere.
import { memo, useMemo } from "react";
import { Panel, type Provenance } from "../../ui/Panel";
import type { Trace } from "../../trace/trace";
import { shortFocusLabel, type Focus } from "../focus";
import type { Selection, SelectionHandlers } from "../selection";
import { textState, textTable, type TextView } from "./layout";
import { TextBody } from "./TextBody";
import { TextControls } from "./TextControls";
import { TextLegend } from "./TextLegend";

interface TextPanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly view: TextView;
  /** Attention that the full cache has paid up to this step to what was evicted; null where it was not measured. [position] */
  readonly regret: Float64Array | null;
  readonly provenance: Provenance;
  readonly onView: (view: TextView) => void;
}

const explanation = {
  text:
    "What a person reads, as the cache sees it: the fuller a token’s ground, the more heads still hold its key and value; " +
    "the newest tokens in the window cannot be evicted. With regret as the fill, the ground tells how much the full cache " +
    "would still have looked at what is gone.",
  formula: "fill = heads that hold the token / (layers × KV heads)",
};

export const TextPanel = memo(function TextPanel(props: TextPanelProps) {
  const { trace, step, focus, view, hovered, pinned, onHover, onPin } = props;
  const { heads } = view;
  // Only the focused head's own text depends on the focus.
  const { layer, kvHead } = heads === "focus" ? focus : anyFocus;
  const request = useMemo(() => ({ heads, focus: { layer, kvHead } }), [heads, layer, kvHead]);
  const state = useMemo(() => textState(trace, step, request), [trace, step, request]);
  const regret = view.fill === "regret" ? props.regret : null;
  const regretShare = useMemo(() => (regret === null ? null : sharesOf(regret)), [regret]);

  return (
    <Panel
      name="text"
      title="Text"
      subtitle={heads === "all" ? undefined : shortFocusLabel(focus)}
      provenance={regret === null ? [props.provenance] : [props.provenance, "derived"]}
      controls={<TextControls view={view} hasRegret={props.regret !== null} onView={props.onView} />}
      explanation={explanation}
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
      <TextLegend view={view} regret={regret} />
    </Panel>
  );
});

const anyFocus: Focus = { layer: 0, kvHead: 0 };

/** The square root lets small regrets be seen beside the few large ones. */
function sharesOf(regret: Float64Array): (position: number) => number {
  const most = regret.reduce((high, value) => Math.max(high, value), 0);
  return (position) => (most === 0 ? 0 : Math.sqrt((regret.at(position) ?? 0) / most));
}
