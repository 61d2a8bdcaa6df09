// The controls of an interactive embedded page, minus what its query hides: run, the problem, the policy and its numbers.
import { problemLabel } from "../panels/controls/families";
import { SettingControl } from "../panels/controls/SettingControl";
import { curatedProblems } from "../problems/families";
import type { Problem } from "../problems/problem";
import { isUnusedByPolicy } from "../settings/inForce";
import { settingRow, type SettingId, type Settings } from "../settings/settings";
import type { SettingValue } from "../settings/settingRow";
import type { RunStatus } from "../state/pageState";
import type { RecordedRun } from "../state/recordedRun";
import { ToolChoice } from "../ui/ToolChoice";
import type { EmbedControl } from "../state/embedQuery";

export interface EmbedControlsProps {
  readonly hidden: readonly EmbedControl[];
  readonly settings: Settings;
  /** Null for a text. */
  readonly problem: Problem | null;
  readonly runStatus: RunStatus;
  readonly recordedRuns: readonly RecordedRun[];
  /** Null while a live run or a file is on screen. */
  readonly recordedId: string | null;
  readonly choose: (id: SettingId, value: SettingValue) => void;
  readonly onRun: () => void;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onStep: () => void;
  readonly onStop: () => void;
  readonly onRecordedRun: (id: string) => void;
}

const rows = { policy: "policyId", budget: "budgetSlots" } as const satisfies Partial<Record<EmbedControl, SettingId>>;
const moreRows = {
  window: "windowSlots",
  interval: "intervalSteps",
  alpha: "alpha",
  lambda: "lambda",
} as const satisfies Partial<Record<EmbedControl, SettingId>>;

export function EmbedControls(props: EmbedControlsProps) {
  const { hidden, settings, choose } = props;
  const controls = (table: Partial<Record<EmbedControl, SettingId>>) =>
    (Object.entries(table) as [EmbedControl, SettingId][])
      .filter(([control]) => !hidden.includes(control))
      .map(([control, id]) => (
        <SettingControl
          key={control}
          row={settingRow(id)}
          value={settings[id]}
          isUnused={isUnusedByPolicy(id, settings.policyId)}
          onChange={(value) => choose(id, value)}
        />
      ));
  const more = controls(moreRows);
  const hasRecorded = !hidden.includes("recorded") && props.recordedRuns.length > 0;
  return (
    <div className="embed-controls" role="group" aria-label="Settings of the next run">
      <RunButtons {...props} />
      {!hidden.includes("problem") && <ProblemChoice {...props} />}
      {controls(rows)}
      {(more.length > 0 || hasRecorded) && (
        <details className="embed-more">
          <summary>More</summary>
          <div className="embed-more-controls">
            {more}
            {hasRecorded && <RecordedChoice {...props} />}
          </div>
        </details>
      )}
    </div>
  );
}

function RunButtons({ hidden, runStatus, onRun, onPause, onResume, onStep, onStop }: EmbedControlsProps) {
  if (hidden.includes("run")) return null;
  const isUnderWay = runStatus === "running" || runStatus === "paused";
  const isLoading = runStatus === "loading";
  return (
    <>
      {runStatus === "running" && (
        <button type="button" className="button-primary" onClick={onPause}>
          Pause
        </button>
      )}
      {runStatus === "paused" && (
        <button type="button" className="button-primary" onClick={onResume}>
          Resume
        </button>
      )}
      {!isUnderWay && (
        <button type="button" className="button-primary" disabled={isLoading} onClick={onRun}>
          {isLoading ? "Loading…" : "Run"}
        </button>
      )}
      {!hidden.includes("step") && (
        <button type="button" disabled={isLoading || runStatus === "running"} onClick={onStep}>
          Step
        </button>
      )}
      {isUnderWay && (
        <button type="button" onClick={onStop}>
          Stop
        </button>
      )}
    </>
  );
}

/** The ready problems, and the one in force where it is none of them. */
function ProblemChoice({ problem, settings, choose }: EmbedControlsProps) {
  const isReady = curatedProblems.some(({ id }) => id === settings.problem);
  const own = problem === null ? "Own text" : `${problemLabel(problem)} (${problem.id})`;
  return (
    <ToolChoice
      label="Problem"
      value={settings.problem}
      options={[
        ...curatedProblems.map((ready) => [ready.id, problemLabel(ready)] as const),
        ...(isReady ? [] : [[settings.problem, own] as const]),
      ]}
      onChange={(id) => choose("problem", id)}
    />
  );
}

function RecordedChoice({ recordedRuns, recordedId, onRecordedRun }: EmbedControlsProps) {
  return (
    <ToolChoice
      label="Recorded runs"
      value={recordedId ?? ""}
      options={[
        ...(recordedId === null ? [["", "(another run on screen)"] as const] : []),
        ...recordedRuns.map(({ id, title }) => [id, title] as const),
      ]}
      onChange={(id) => {
        if (id !== "") onRecordedRun(id);
      }}
    />
  );
}
