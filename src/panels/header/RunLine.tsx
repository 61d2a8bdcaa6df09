// One line about the run on screen: recorded or live, the numbers in force, and whether its answer is right.
import type { RecordedRun } from "../../state/recordings";
import type { RunStatus, TraceOrigin } from "../../state/shownRuns";
import type { Trace } from "../../trace/trace";
import { runParameters } from "./runSummary";
import type { Verdict } from "./verdict";
import { VerdictMark } from "./VerdictMark";

interface RunLineProps {
  readonly trace: Trace;
  readonly origin: TraceOrigin;
  readonly runStatus: RunStatus;
  readonly isChanged: boolean;
  readonly verdict: Verdict;
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

/** Which recorded run is on screen, or which one to go back to. */
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
