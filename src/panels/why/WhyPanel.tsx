// The why card: what decided about one token in the focused head, in numbers and in words, and where else it lives.
import { memo, useMemo } from "react";
import type { Headed, PanelPage } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { shortFocusLabel } from "../focus";
import { selectedPosition } from "../selection";
import { tokenFacts, tokenLabel } from "../tokenFacts";
import { headFates } from "./heads";
import { Invitation } from "./Invitation";
import { whyLayout } from "./layout";
import { whyTable } from "./table";
import { WhyCard } from "./WhyCard";
import "./why.css";

type WhyPanelProps = Headed &
  Pick<PanelPage, "trace" | "step" | "focus" | "hovered" | "pinned" | "onPin"> &
  // Without it the heads cannot be clicked.
  Partial<Pick<PanelPage, "onFocus">>;

export const WhyPanel = memo(function WhyPanel(props: WhyPanelProps) {
  const { heading, trace, step, focus, onPin, onFocus, ...selection } = props;
  const position = selectedPosition(selection);
  const exists = position !== null && position <= trace.header.promptTokens.length + step;
  return exists ? (
    <TokenPanel heading={heading} trace={trace} step={step} focus={focus} position={position} onFocus={onFocus} />
  ) : (
    <Panel {...heading} subtitle={shortFocusLabel(focus)} provenance={["derived"]}>
      <Invitation trace={trace} step={step} focus={focus} onPin={onPin} />
    </Panel>
  );
});

interface TokenPanelProps extends Pick<WhyPanelProps, "heading" | "trace" | "step" | "focus" | "onFocus"> {
  readonly position: number;
}

function TokenPanel({ heading, trace, step, focus, position, onFocus }: TokenPanelProps) {
  const why = useMemo(() => whyLayout(trace, step, focus, position), [trace, step, focus, position]);
  const facts = useMemo(() => tokenFacts(trace, step, position), [trace, step, position]);
  const fates = useMemo(() => headFates(trace, facts), [trace, facts]);
  return (
    <Panel
      {...heading}
      subtitle={shortFocusLabel(focus)}
      provenance={["derived"]}
      table={() => whyTable(why, { word: tokenLabel(facts.text), position, focus, fates })}
    >
      <WhyCard why={why} facts={facts} fates={fates} focus={focus} onFocus={onFocus} />
    </Panel>
  );
}
