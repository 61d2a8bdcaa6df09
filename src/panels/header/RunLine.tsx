// One line about the run on screen: recorded or live, its parameters, and the answer verdict (the answer, the first
// mistake with a link to its token, the orders).

import { unreachable } from "../../lib/errors";
import type { RecordedRun } from "../../state/recordings";
import type { RunStatus, TraceOrigin } from "../../state/shownRuns";
import type { Trace } from "../../trace/trace";
import { runParameters } from "./runSummary";
import type { Mistake, OrderMark, RunVerdict } from "./verdict";

interface RunLineProps {
  readonly trace: Trace;
  readonly origin: TraceOrigin;
  readonly runStatus: RunStatus;
  readonly isChanged: boolean;
  readonly verdict: RunVerdict;
  readonly recordedRuns: readonly RecordedRun[];
  readonly recordedId: string | null;
  readonly onRecordedRun: (id: string) => void;
  readonly onPin: (position: number) => void;
}

export function RunLine(props: RunLineProps) {
  const { trace, origin, runStatus, isChanged, verdict, onPin } = props;
  return (
    <div className="run-line">
      <span className={`run-state run-state-${origin === "live" ? runStatus : "recorded"}`}>
        {origin === "recorded" ? "Recorded run" : liveLabels[runStatus]}
      </span>
      <span className="run-parameters">{runParameters(trace.header)}</span>
      <VerdictMark verdict={verdict} onPin={onPin} />
      <RecordedRunChoice {...props} />
      {isChanged && <strong className="run-changed">Settings changed: press Run.</strong>}
    </div>
  );
}

/** The recorded run on screen, or the one to return to. */
function RecordedRunChoice({ origin, recordedRuns, recordedId, onRecordedRun }: RunLineProps) {
  if (recordedRuns.length === 0) return null;
  const compared = recordedRuns.filter(({ files }) => files.length > 1);
  return (
    <label className="tool">
      <span>recorded runs</span>
      <select
        value={origin === "recorded" ? (recordedId ?? "") : ""}
        onChange={(event) => onRecordedRun(event.target.value)}
      >
        {origin === "live" && <option value="">(live run on screen)</option>}
        <RunOptions runs={recordedRuns.filter(({ files }) => files.length === 1)} />
        {compared.length > 0 && (
          <optgroup label="side by side">
            <RunOptions runs={compared} />
          </optgroup>
        )}
      </select>
    </label>
  );
}

function RunOptions({ runs }: { readonly runs: readonly RecordedRun[] }) {
  return runs.map(({ id, title }) => (
    <option key={id} value={id}>
      {title}
    </option>
  ));
}

const liveLabels: Readonly<Record<RunStatus, string>> = {
  none: "Live run",
  loading: "Loading",
  running: "Live run",
  paused: "Live run, paused",
  ended: "Live run, ended",
  failed: "Live run, failed",
};

interface VerdictMarkProps {
  readonly verdict: RunVerdict;
  readonly onPin: (position: number) => void;
}

export function VerdictMark({ verdict, onPin }: VerdictMarkProps) {
  if (verdict.type === "unknown") return null;
  return (
    <>
      <span className={`verdict verdict-${verdict.type}`}>{answerText(verdict)}</span>
      {verdict.mistake !== null && <MistakeMark mistake={verdict.mistake} onPin={onPin} />}
      {verdict.orders.length > 0 && <OrderMarks orders={verdict.orders} />}
    </>
  );
}

function answerText({ type, expected, given, isExact }: Exclude<RunVerdict, { type: "unknown" }>): string {
  switch (type) {
    case "right":
      return `✓ right answer: ${expected}${isExact ? ", without a mistake" : ""}`;
    case "wrong":
      return `${given === null ? "✗ no answer" : `✗ wrong answer: ${given}`}, expected ${expected}`;
    case "open":
      return `no answer yet, expected ${expected}`;
    default:
      return unreachable(type);
  }
}

function MistakeMark({ mistake, onPin }: { readonly mistake: Mistake; readonly onPin: VerdictMarkProps["onPin"] }) {
  const { text, position } = mistake;
  if (position === null) return <span className="mistake">{text}</span>;
  return (
    <button type="button" className="mistake link-button" title="Go to that step" onClick={() => onPin(position)}>
      {text}
    </button>
  );
}

const marks: Readonly<Record<OrderMark["verdict"], string>> = { kept: "✓", broken: "✗", open: "·" };
const words: Readonly<Record<OrderMark["verdict"], string>> = { kept: "kept", broken: "broken", open: "to come" };

function OrderMarks({ orders }: { readonly orders: readonly OrderMark[] }) {
  return (
    <ul className="order-marks" aria-label="Orders">
      {orders.map(({ text, verdict }) => (
        <li key={text} className={`order-${verdict}`}>
          <span aria-hidden="true">{marks[verdict]}</span> {text}
          <span className="visually-hidden">: {words[verdict]}</span>
        </li>
      ))}
    </ul>
  );
}
