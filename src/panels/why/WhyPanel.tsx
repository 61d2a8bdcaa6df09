// The why card: what decided about one token in the focused head, in numbers and in words, and where else it lives.
import { memo } from "react";
import { writtenNumber } from "../../ui/numbers";
import { Panel } from "../../ui/Panel";
import type { Trace } from "../../trace/trace";
import { shortFocusLabel, type Focus } from "../focus";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { tokenFacts, tokenLabel, tokenSentence, tokenText } from "../tokenFacts";
import { HeadGrid } from "../TokenTip";
import { closestCall, whyLayout } from "./layout";

interface WhyPanelProps extends Selection, Pick<SelectionHandlers, "onPin"> {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
}

export const WhyPanel = memo(function WhyPanel({ trace, step, focus, onPin, ...selection }: WhyPanelProps) {
  const position = selectedPosition(selection);
  const exists = position !== null && position <= trace.header.promptTokens.length + step;
  return (
    <Panel name="why" title="Why" subtitle={shortFocusLabel(focus)} provenance={["derived"]}>
      {exists ? (
        <WhyCard trace={trace} step={step} focus={focus} position={position} />
      ) : (
        <Invitation trace={trace} step={step} focus={focus} onPin={onPin} />
      )}
    </Panel>
  );
});

interface InvitationProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly onPin: (position: number) => void;
}

/** While no token is chosen: how to choose one, and the two that are worth it most. */
function Invitation({ trace, step, focus, onPin }: InvitationProps) {
  const call = closestCall(trace, step, focus);
  const pinButton = (position: number) => (
    <button type="button" className="why-pick" onClick={() => onPin(position)}>
      {tokenLabel(tokenText(trace, position))} <span className="muted">({position})</span>
    </button>
  );
  return (
    <div className="panel-empty">
      <p>Point at a token anywhere to see what decided about it in this head; click to hold it.</p>
      {call !== null && (
        <p>
          Closest call, at step {call.step}: {pinButton(call.keptPosition)} stayed, {pinButton(call.gonePosition)} went,{" "}
          {writtenNumber(call.margin)} apart.
        </p>
      )}
    </div>
  );
}

interface WhyCardProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly position: number;
}

function WhyCard({ trace, step, focus, position }: WhyCardProps) {
  const why = whyLayout(trace, step, focus, position);
  const facts = tokenFacts(trace, step, position);
  return (
    <div className="why-card">
      <div className="why-token">
        <strong className={`why-word why-${why.verdict}`}>{tokenLabel(facts.text)}</strong>
        <span>
          position {position}
          {facts.isPrompt ? ", prompt" : ""}
          {facts.ageSteps >= 0 ? `, age ${facts.ageSteps}` : ""}
        </span>
      </div>
      <p className="why-headline">{why.headline}</p>
      <p>{why.reason}</p>
      {why.rows.length > 0 && (
        <table className="why-table">
          <tbody>
            {why.rows.map((row) => (
              <tr key={row.symbol} className={row.isSummand ? "why-summand" : row.symbol === "Z" ? "why-total" : ""}>
                <th scope="row">{row.symbol}</th>
                <td>{row.meaning}</td>
                <td className="number">{row.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="why-heads">
        <HeadGrid trace={trace} deathSteps={facts.deathSteps} isWritten={facts.ageSteps >= 0} />
        <span>
          {tokenSentence(facts)} <span className="muted">Layers across, KV heads down.</span>
        </span>
      </div>
    </div>
  );
}
