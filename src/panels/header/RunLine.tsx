// One line about the run on screen: recorded or live, model and machine, its parameters, and the answer verdict (the answer,
// the first mistake with a link to its token, the orders). It never takes a second line: what does not fit is cut.
import type { ReactNode } from "react";
import { unreachable } from "../../lib/errors";
import type { RunStatus, TraceOrigin } from "../../state/shownRuns";
import type { BackendCheck, BackendSummary, Trace } from "../../trace/trace";
import { runParameters } from "./runSummary";
import type { Mistake, OrderMark, RunVerdict } from "./verdict";

interface RunLineProps {
  readonly trace: Trace;
  readonly origin: TraceOrigin;
  readonly runStatus: RunStatus;
  readonly isChanged: boolean;
  readonly verdict: RunVerdict;
  /** Of the GPU that computes it; null for another run, or on the CPU. */
  readonly check: BackendCheck | null;
  /** What stands before it: the set-up in short. */
  readonly children?: ReactNode;
  readonly onPin: (position: number) => void;
}

export function RunLine({ trace, origin, runStatus, isChanged, verdict, check, children, onPin }: RunLineProps) {
  const { model, backend } = trace.header;
  const parameters = runParameters(trace.header);
  const machine = backendLabel(backend);
  const checked = check === null ? "" : ` · ${checkWords(check, model.layerCount)}`;
  return (
    <div className="run-line">
      {children}
      <span className={`run-state run-state-${origin === "live" ? runStatus : "recorded"}`}>
        {origin === "recorded" ? "Recorded run" : liveLabels[runStatus]}
      </span>
      {isChanged && <strong className="run-changed">Settings changed: press Run.</strong>}
      <VerdictMark verdict={verdict} onPin={onPin} />
      <span className="run-parameters" title={`${parameters} · ${model.label} · ${machine}${checked}`}>
        {parameters} · {model.label} ·{" "}
        <span className="backend">
          {machine}
          {check !== null && ", checked"}
        </span>
      </span>
    </div>
  );
}

const liveLabels: Readonly<Record<RunStatus, string>> = {
  none: "Live run",
  loading: "Loading",
  running: "Live run",
  paused: "Live run, paused",
  ended: "Live run, ended",
  failed: "Live run, failed",
};

/** The machine that computes, in words; says if the GPU is emulated on the CPU. */
function backendLabel(backend: BackendSummary): string {
  if (backend.type === "cpu") return `CPU: ${backend.adapter}`;
  return `WebGPU${backend.isSoftware ? ", software adapter" : ""}: ${backend.adapter} (${backend.weightType})`;
}

/** "checked at load: its numbers differ from the CPU's by at most 2.1e-6 of their size (4 of 28 layers, 120 ms)" */
function checkWords({ largestDifference, layerCount, elapsedMs }: BackendCheck, ofLayers: number): string {
  const most =
    largestDifference === 0 ? "not at all" : `by at most ${largestDifference.toExponential(1)} of their size`;
  const layers = layerCount === ofLayers ? `all ${ofLayers} layers` : `${layerCount} of ${ofLayers} layers`;
  return `checked at load: its numbers differ from the CPU’s ${most} (${layers}, ${Math.max(1, Math.round(elapsedMs))} ms)`;
}

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
      return `no answer by this step, expected ${expected}`;
    default:
      return unreachable(type);
  }
}

function MistakeMark({ mistake, onPin }: { readonly mistake: Mistake; readonly onPin: VerdictMarkProps["onPin"] }) {
  const { text, position } = mistake;
  if (position === null) return <span className="mistake">{text}</span>;
  return (
    <button
      type="button"
      className="mistake link-button"
      title={`${text}: go to that step`}
      onClick={() => onPin(position)}
    >
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
