// The recorded run on screen, or the one to return to.
import { useId } from "react";
import type { RecordedRun } from "../../state/recordings";
import type { TraceOrigin } from "../../state/shownRuns";

interface RecordedRunChoiceProps {
  readonly origin: TraceOrigin;
  readonly recordedRuns: readonly RecordedRun[];
  readonly recordedId: string | null;
  readonly onRecordedRun: (id: string) => void;
}

export function RecordedRunChoice({ origin, recordedRuns, recordedId, onRecordedRun }: RecordedRunChoiceProps) {
  const id = useId();
  if (recordedRuns.length === 0) return null;
  const compared = recordedRuns.filter(({ files }) => files.length > 1);
  return (
    <div className="setting setting-choice" title="Runs that came with the page: they play without the engine.">
      <label htmlFor={id}>Recorded runs</label>
      <select
        id={id}
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
    </div>
  );
}

function RunOptions({ runs }: { readonly runs: readonly RecordedRun[] }) {
  return runs.map(({ id, title }) => (
    <option key={id} value={id}>
      {title}
    </option>
  ));
}
