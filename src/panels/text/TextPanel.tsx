// The text, token by token: fill is the share of heads that hold a token, an underline marks the window, a strike
// what is gone everywhere.
import { memo, useMemo } from "react";
import type { PanelProps } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { shortFocusLabel, type Focus } from "../focus";
import { textState, textTable, type TextView } from "./layout";
import { TextBody } from "./TextBody";
import { TextControls } from "./TextControls";
import { TextLegend } from "./TextLegend";
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
