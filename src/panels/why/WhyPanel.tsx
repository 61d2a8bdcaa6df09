// The why card: what decided about one token in the focused head, in numbers and in words, and where else it lives.
import { memo, useMemo } from "react";
import type { Trace } from "../../trace/trace";
import { Panel, type Explanation } from "../../ui/Panel";
import { shortFocusLabel, type Focus } from "../focus";
import { scoreFormula } from "../score/words";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { notedTable, termNote } from "../termNote";
import { tokenFacts, tokenLabel } from "../tokenFacts";
import { headFates } from "./heads";
import { Invitation } from "./Invitation";
import { whyLayout } from "./layout";
import { whyTable } from "./table";
import { WhyCard } from "./WhyCard";

interface WhyPanelProps extends Selection, Pick<SelectionHandlers, "onPin"> {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  /** Moves the focus to another head; without it the heads cannot be clicked. */
  readonly onFocus?: (focus: Focus) => void;
}

export const WhyPanel = memo(function WhyPanel(props: WhyPanelProps) {
  const { trace, step, focus, onPin, onFocus, ...selection } = props;
  const position = selectedPosition(selection);
  const exists = position !== null && position <= trace.header.promptTokens.length + step;
  return exists ? (
    <TokenPanel trace={trace} step={step} focus={focus} position={position} onFocus={onFocus} />
  ) : (
    <Panel
      name="why"
      title="Why"
      subtitle={shortFocusLabel(focus)}
      provenance={["derived"]}
      explanation={explanationOf(trace)}
    >
      <Invitation trace={trace} step={step} focus={focus} onPin={onPin} />
    </Panel>
  );
});

interface TokenPanelProps extends Pick<WhyPanelProps, "trace" | "step" | "focus" | "onFocus"> {
  readonly position: number;
}

function TokenPanel({ trace, step, focus, position, onFocus }: TokenPanelProps) {
  const why = useMemo(() => whyLayout(trace, step, focus, position), [trace, step, focus, position]);
  const facts = useMemo(() => tokenFacts(trace, step, position), [trace, step, position]);
  const fates = useMemo(() => headFates(trace, facts), [trace, facts]);
  return (
    <Panel
      name="why"
      title="Why"
      subtitle={shortFocusLabel(focus)}
      provenance={["derived"]}
      explanation={explanationOf(trace)}
      table={() => notedTable(whyTable(why, { word: tokenLabel(facts.text), position, focus, fates }), trace.header)}
    >
      <WhyCard why={why} facts={facts} fates={fates} focus={focus} onFocus={onFocus} note={termNote(trace.header)} />
    </Panel>
  );
}

function explanationOf({ header }: Trace): Explanation {
  return {
    text:
      "The figures that decided about one token in this head at the event that judged it last, and the smallest change of α, λ or budget that would have turned it. " +
      "Only that event is decided again: its scores from the past are taken as they were, and what other queries or keys would have given is not recorded.",
    formula: scoreFormula(header),
  };
}
