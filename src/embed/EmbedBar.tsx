// The bar above the panels of an embedded page: what is on screen and a link to the full page; in an interactive page also
// the controls that its query does not hide (run, problem, policy and parameters).

import { SettingControl } from "../panels/controls/SettingControl";
import { problemLabel } from "../panels/controls/families";
import { VerdictMark } from "../panels/header/RunLine";
import type { RunVerdict } from "../panels/header/verdict";
import { curatedProblems } from "../problems/families";
import type { Problem } from "../problems/problem";
import { isUnusedByPolicy } from "../settings/inForce";
import type { SettingValue } from "../settings/settingRow";
import type { SettingId, Settings } from "../settings/settings";
import { settingRow } from "../settings/settings";
import type { EmbedControl, EmbedOptions } from "../state/embedQuery";
import type { RunStatus, TraceOrigin } from "../state/shownRuns";
import type { RecordedRun } from "../state/recordings";
import { ToolChoice } from "../ui/ToolChoice";

interface EmbedBarProps extends Omit<EmbedControlsProps, "hidden"> {
  readonly options: EmbedOptions;
  readonly origin: TraceOrigin;
  /** Policy and parameters of the run on screen; null before there is one. */
  readonly runText: string | null;
  readonly verdict: RunVerdict | null;
  /** The settings are not those of the run on screen. */
  readonly isChanged: boolean;
  /** Address of the full page with the same settings. */
  readonly address: string;
  readonly isPlaying: boolean;
  /** The timeline has its own play button. */
  readonly hasTimeline: boolean;
  readonly onPin: (position: number) => void;
  readonly onPlayPause: () => void;
}

export function EmbedBar(props: EmbedBarProps) {
  const { options, origin, runStatus, runText, verdict, isChanged, address, hasTimeline, onPin } = props;
  const { mode, hidden } = options;
  return (
    <header className="embed-bar">
      {mode === "interactive" && <EmbedControls {...props} hidden={hidden} />}
      {runText !== null && !hasTimeline && !hidden.includes("play") && (
        <button type="button" className="embed-play" onClick={props.onPlayPause}>
          {props.isPlaying ? "Pause playback" : "Play"}
        </button>
      )}
      <p className="embed-line">
        {runText !== null && (
          <>
            <span className={`run-state run-state-${origin === "live" ? runStatus : "recorded"}`}>
              {origin === "recorded" ? "Recorded" : stateWords[runStatus]}
            </span>
            <span className="run-parameters">{runText}</span>
          </>
        )}
        {isChanged && <strong className="run-changed">{changedText(props)}</strong>}
      </p>
      {verdict !== null && !hidden.includes("verdict") && (
        <div className="embed-verdict">
          <VerdictMark verdict={verdict} onPin={onPin} />
        </div>
      )}
      {!hidden.includes("open") && (
        <a className="embed-open" href={address} target="_blank" rel="noopener">
          Open in Winnow <span aria-hidden="true">↗</span>
        </a>
      )}
    </header>
  );
}

const stateWords: Readonly<Record<RunStatus, string>> = {
  none: "Live",
  loading: "Loading…",
  running: "Running",
  paused: "Paused",
  ended: "Live, ended",
  failed: "Failed",
};

/** How to get a run of the current settings when another run is on screen. */
function changedText({ options, runStatus }: EmbedBarProps): string {
  if (options.mode === "interactive" && !options.hidden.includes("run")) {
    return runStatus === "loading" ? "" : "Settings changed: press Run.";
  }
  return options.hidden.includes("open")
    ? "Not a run of this link’s settings."
    : "Not a run of this link’s settings: open it in Winnow and press Run.";
}

interface EmbedControlsProps {
  readonly hidden: readonly EmbedControl[];
  readonly settings: Settings;
  /** Null for the reader's own text. */
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

function EmbedControls(props: EmbedControlsProps) {
  const { hidden, settings, choose } = props;
  const controls = (table: Partial<Record<EmbedControl, SettingId>>) =>
    (Object.entries(table) as [EmbedControl, SettingId][])
      .filter(([control]) => !hidden.includes(control))
      .map(([control, id]): [EmbedControl, SettingId] => [
        control,
        id === "budgetSlots" && settings.budgetMode === "bytes" ? "budgetBytes" : id,
      ])
      .map(([control, id]) => (
        <SettingControl
          key={control}
          row={settingRow(id)}
          value={settings[id]}
          isUnused={isUnusedByPolicy(id, settings.policyId, settings)}
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

/** The ready problems, plus the one in force if it isn't among them. */
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
