// One token in the focused head: the figures that decided, what would have turned it, and its fate in the other heads.
import { useContext } from "react";
import { PanelFrameContext } from "../../ui/Panel";
import type { Focus } from "../focus";
import { tokenLabel, tokenSentence, type TokenFacts } from "../tokenFacts";
import type { HeadFate } from "./heads";
import { HeadTable } from "./HeadTable";
import type { Why } from "./layout";

interface WhyCardProps {
  readonly why: Why;
  readonly facts: TokenFacts;
  readonly fates: readonly (readonly HeadFate[])[];
  readonly focus: Focus;
  readonly onFocus?: (focus: Focus) => void;
  /** What is to be said of the digits of the figures, if anything. */
}

export function WhyCard({ why, facts, fates, focus, onFocus }: WhyCardProps) {
  return (
    <div className="why-card">
      <div className="why-token">
        <strong className={`why-word why-${why.verdict}`}>{tokenLabel(facts.text)}</strong>
        <span>
          position {facts.position}
          {facts.isPrompt ? ", prompt" : ""}
          {facts.ageSteps >= 0 ? `, age ${facts.ageSteps} steps` : ""}
        </span>
      </div>
      <p className="why-headline">{why.headline}</p>
      <p>{why.reason}</p>
      {why.rows.length > 0 && <Figures why={why} />}
      {why.evidence.length > 0 && <Evidence why={why} />}
      {why.whatIfs.length > 0 && <WhatIfs why={why} />}
      <h3>In every head</h3>
      <p className="why-note">{tokenSentence(facts)} ● held, ✕ the step at which it was evicted. KV heads across.</p>
      {facts.ageSteps >= 0 && <HeadTable fates={fates} focus={focus} onFocus={onFocus} />}
    </div>
  );
}

function Figures({ why }: { readonly why: Why }) {
  return (
    <>
      <table className="why-table">
        <tbody>
          {why.rows.map((row) => (
            <tr key={row.symbol} className={row.isSummand ? "why-summand" : row.symbol === "Z" ? "why-total" : ""}>
              <th scope="row">{row.symbol}</th>
              <td>{row.meaning}</td>
              <td className="number" title={Number.isNaN(row.figure) ? undefined : String(row.figure)}>
                {row.value}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <CopyFigures why={why} />
    </>
  );
}

/** All digits, as lines of symbol and value. */
function CopyFigures({ why }: { readonly why: Why }) {
  const frame = useContext(PanelFrameContext);
  const copy = (): void => {
    const lines = why.rows.map(({ symbol, figure }) => `${symbol}\t${figure}`).join("\n");
    navigator.clipboard.writeText(lines).then(
      () => frame?.onTell("info", "The figures are on the clipboard, with all their digits."),
      () => frame?.onTell("error", "The browser did not let the page copy; the panel's menu has the figures as CSV."),
    );
  };
  return (
    <button type="button" className="why-copy" onClick={copy}>
      Copy all digits
    </button>
  );
}

function Evidence({ why }: { readonly why: Why }) {
  return (
    <>
      <h3>What stands behind the scores</h3>
      <dl className="why-evidence">
        {why.evidence.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function WhatIfs({ why }: { readonly why: Why }) {
  return (
    <>
      <h3>What would have turned it</h3>
      <ul className="why-what-ifs">
        {why.whatIfs.map(({ symbol, text, exact }) => (
          <li key={symbol} title={exact}>
            <strong>{symbol}</strong>
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <p className="why-note">At this event, everything before it unchanged.</p>
    </>
  );
}
