// One token in the focused head: the figures that decided, what would have changed the outcome, and its fate in every head.
import { memo, useContext } from "react";
import { counted } from "../../lib/counted";
import { headOf } from "../../cache/headRows";
import type { ModelSummary, Trace } from "../../trace/trace";
import { PanelFrameContext } from "../../ui/Panel";
import { focusLabel, type Focus } from "../focus";
import { windowNote } from "../layerWindowWords";
import { TokenHeads } from "../heads/TokenHeads";
import { tokenLabel } from "../../trace/tokenText";
import { tokenSentence, type TokenFacts } from "../tokenFacts";
import type { Why } from "./layout";

interface WhyCardProps {
  readonly trace: Trace;
  readonly step: number;
  readonly why: Why;
  readonly facts: TokenFacts;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
}

export function WhyCard({ trace, step, why, facts, focus, onFocus }: WhyCardProps) {
  const { model } = trace.header;
  const note = windowNote(trace.header, null);
  return (
    <div className="why-card">
      <div className="why-token">
        <strong className={`why-word why-${why.verdict}`}>{tokenLabel(facts.text)}</strong>
        <span>
          position {facts.position}
          {facts.isPrompt ? ", prompt" : ""}
          {facts.ageSteps >= 0 ? `, age ${counted(facts.ageSteps, "step")}` : ""}
        </span>
      </div>
      <p className="why-headline">{why.headline}</p>
      <p>{why.reason}</p>
      {why.merges.length > 0 && <Rows title="What became of it in this head" rows={why.merges} />}
      {why.whatIfs.length > 0 && <WhatIfs why={why} />}
      {why.rows.length > 0 && <Figures why={why} />}
      {why.evidence.length > 0 && <Rows title="Behind the score" rows={why.evidence} />}
      <h3>In every head</h3>
      <TokenHeads {...{ trace, step, focus, onFocus }} position={facts.position} />
      <p className="why-note">
        {tokenSentence(facts)} ● held, {facts.isMerging && "◆ step at which another took it in, "}✕ step at which it was{" "}
        {facts.isMerging ? "dropped" : "evicted"}. Columns: KV heads.
        {note !== null && ` ${note}`}
      </p>
      {facts.ageSteps >= 0 && (
        <HeadTable {...{ model, focus, onFocus }} evictedSteps={facts.evictedSteps} carriers={facts.carriers} />
      )}
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
      () => frame?.onTell("info", "The figures are on the clipboard, with all digits."),
      () => frame?.onTell("error", "The browser did not allow the copy. The panel’s menu has the figures as CSV."),
    );
  };
  return (
    <button type="button" className="why-copy" onClick={copy}>
      Copy all digits
    </button>
  );
}

interface RowsProps {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly text: string }[];
}

function Rows({ title, rows }: RowsProps) {
  return (
    <>
      <h3>{title}</h3>
      <dl className="why-evidence">
        {rows.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

const whatIfTitles: Readonly<Record<Why["verdict"], string>> = {
  evicted: "What would have saved it",
  carried: "What would have kept its own slot",
  kept: "What would have evicted it",
  window: "What would have evicted it",
  none: "What would have evicted it",
};

function WhatIfs({ why }: { readonly why: Why }) {
  return (
    <>
      <h3>{whatIfTitles[why.verdict]}</h3>
      <ul className="why-what-ifs">
        {why.whatIfs.map(({ symbol, text, exact }) => (
          <li key={symbol} title={exact}>
            <strong>{symbol}</strong>
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <p className="why-note">At this event, with everything before it as it was.</p>
    </>
  );
}

interface HeadTableProps {
  readonly model: ModelSummary;
  readonly evictedSteps: readonly number[]; // [layer][kvHead]
  /** Who carries it, −1 for nobody. [layer][kvHead] */
  readonly carriers: readonly number[];
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
}

/** The token's fate in every layer and KV head: held, or the step at which it was evicted. A click moves the focus. */
const HeadTable = memo(function HeadTable({ model, evictedSteps, carriers, focus, onFocus }: HeadTableProps) {
  const layers = Array.from({ length: model.layerCount }, (_, layer) => layer);
  const kvHeads = Array.from({ length: model.kvHeadCount }, (_, kvHead) => kvHead);
  return (
    <div
      className="why-heads"
      role="region"
      aria-label="Held or evicted, by head"
      tabIndex={layers.length > 8 ? 0 : undefined}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">layer</th>
            {kvHeads.map((kvHead) => (
              <th key={kvHead} scope="col" aria-label={`KV head ${kvHead}`}>
                {kvHead}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {layers.map((layer) => (
            <tr key={layer}>
              <th scope="row">{layer}</th>
              {kvHeads.map((kvHead) => (
                <td key={kvHead}>
                  <HeadCell
                    head={{ layer, kvHead }}
                    evictedAt={evictedSteps[headOf(model, layer, kvHead)]}
                    carrier={carriers[headOf(model, layer, kvHead)]}
                    isFocus={layer === focus.layer && kvHead === focus.kvHead}
                    onFocus={onFocus}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});

interface HeadCellProps {
  readonly head: Focus;
  /** Infinity while it is held. */
  readonly evictedAt: number;
  /** −1: nobody carries it. */
  readonly carrier: number;
  readonly isFocus: boolean;
  readonly onFocus: HeadTableProps["onFocus"];
}

function HeadCell({ head, evictedAt, carrier, isFocus, onFocus }: HeadCellProps) {
  const [state, sign, words] =
    evictedAt === Infinity
      ? (["held", "●", "held"] as const)
      : carrier >= 0
        ? (["carried", `◆${evictedAt}`, `evicted at step ${evictedAt}, now carried by position ${carrier}`] as const)
        : (["evicted", `✕${evictedAt}`, `evicted at step ${evictedAt}`] as const);
  const label = `${focusLabel(head)}: ${words}`;
  const className = `why-head why-head-${state}`;
  return (
    <button
      type="button"
      className={className}
      title={label}
      aria-label={label}
      aria-pressed={isFocus}
      onClick={() => onFocus(head)}
    >
      {sign}
    </button>
  );
}
