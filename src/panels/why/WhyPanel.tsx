// The why card: what decided about one token in the focused head, in numbers and in words, and which heads hold it.
import { memo, useMemo } from "react";
import type { Headed, MistakeNote, PanelPage } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { writtenNumber } from "../../ui/numbers";
import { FocusChoice } from "../heads/FocusChoice";
import { selectedPosition } from "../selection";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { tokenFacts } from "../tokenFacts";
import { closestCall, whyLayout, whyTable } from "./layout";
import { WhyCard } from "./WhyCard";
import "./why.css";

type WhyPanelProps = Headed &
  Pick<PanelPage, "trace" | "step" | "focus" | "hovered" | "pinned" | "onPin" | "onFocus" | "mistake">;

export const WhyPanel = memo(function WhyPanel(props: WhyPanelProps) {
  const { heading, trace, step, focus, onPin, onFocus, mistake, ...selection } = props;
  const position = selectedPosition(selection);
  const exists = position !== null && position <= trace.header.promptTokens.length + step;
  return exists ? (
    <TokenPanel {...{ heading, trace, step, focus, position, onFocus }} mistake={mistake} />
  ) : (
    <Panel
      {...heading}
      subtitle={<FocusChoice model={trace.header.model} {...{ focus, onFocus }} />}
      provenance={["derived"]}
    >
      <Invitation trace={trace} step={step} focus={focus} onPin={onPin} />
    </Panel>
  );
});

interface TokenPanelProps extends Pick<WhyPanelProps, "heading" | "trace" | "step" | "focus" | "onFocus" | "mistake"> {
  readonly position: number;
}

function TokenPanel({ heading, trace, step, focus, position, onFocus, mistake }: TokenPanelProps) {
  const why = useMemo(() => whyLayout(trace, step, focus, position), [trace, step, focus, position]);
  const facts = useMemo(() => tokenFacts(trace, step, position), [trace, step, position]);
  const { model } = trace.header;
  return (
    <Panel
      {...heading}
      subtitle={<FocusChoice {...{ model, focus, onFocus }} />}
      provenance={["derived"]}
      table={() => whyTable(why, { facts, focus, model })}
    >
      {mistake?.position === position && <WhyWrong {...mistake} />}
      <WhyCard {...{ trace, step, why, facts, focus, onFocus }} />
    </Panel>
  );
}

/** Of the first wrong word: the fact that it needed, and what became of it. */
function WhyWrong({ sentences, onGo }: MistakeNote) {
  return (
    <div className="why-wrong">
      <h3>Why it went wrong</h3>
      <p>{sentences.join(" ")}</p>
      <button type="button" onClick={onGo}>
        Go to the fact
      </button>
    </div>
  );
}

function gapWords(margin: number): string {
  if (margin === 0) return ". Their scores are equal; the older token stays.";
  if (margin < 0) return " although its score is higher: the other one is protected.";
  return `; ${writtenNumber(margin)} between their scores.`;
}

/** While no token is chosen: how to choose one, and the two most worth a look. */
function Invitation({ trace, step, focus, onPin }: Pick<WhyPanelProps, "trace" | "step" | "focus" | "onPin">) {
  const call = closestCall(trace, step, focus);
  const pinButton = (position: number) => (
    <button type="button" className="why-pick" onClick={() => onPin(position)}>
      {tokenLabel(tokenText(trace, position))} <span className="muted">({position})</span>
    </button>
  );
  return (
    <div className="panel-empty">
      <p>Point at any token to see why this head kept or evicted it. Click to pin it.</p>
      {call !== null && (
        <p>
          Closest call, at step {call.step}: {pinButton(call.keptPosition)} was kept, {pinButton(call.evictedPosition)}{" "}
          was evicted{gapWords(call.margin)}
        </p>
      )}
    </div>
  );
}
