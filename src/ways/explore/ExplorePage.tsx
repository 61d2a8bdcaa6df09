// Explore: every panel, every number. The controls of the next run, the line about the run on screen, the panels and the
// table of results.
import { memo, useMemo, useState } from "react";
import { useStore } from "zustand";
import { ControlsPanel } from "../../panels/controls/ControlsPanel";
import { RunLine } from "../../panels/header/RunLine";
import { divergenceMarks } from "../../panels/lanes/partings";
import { ResultsPanel } from "../../panels/results/ResultsPanel";
import { ReplayVerdict } from "../../panels/share/ReplayVerdict";
import { Panels } from "../../panels/stage/Panels";
import { encodeLink } from "../../settings/link";
import { settingTable } from "../../settings/settings";
import { shippedModels } from "../../settings/shippedModels";
import type { PageStore } from "../../state/pageStore";
import { onMachineOf } from "../../state/recipe";
import type { ResultTable, TableCell } from "../../state/storedResults";
import type { NextRun } from "../usePage";
import { goToMistake } from "../watch/goToCause";
import type { WayProps } from "../wayProps";

export function ExplorePage({ store, theme, nextRun, shown }: WayProps) {
  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const verdicts = useStore(store, (state) => state.verdicts);
  const [readVerdicts, setReadVerdicts] = useState<typeof verdicts>([]);
  const recordedRuns = useStore(store, (state) => state.recordedRuns);
  const recordedId = useStore(store, (state) => state.recordedId);
  const isRecordedRunLoading = useStore(store, (state) => state.isRecordedRunLoading);
  const { isChanged } = nextRun;
  const mistakes = shown?.mistakes;
  const marks = useMemo(
    () => [...(mistakes ?? []), ...divergenceMarks(lanes, stageLane)],
    [mistakes, lanes, stageLane],
  );
  const actions = store.getState();
  return (
    <>
      <PageControls store={store} nextRun={nextRun} />
      {verdicts !== readVerdicts && (
        <ReplayVerdict store={store} verdicts={verdicts} onDismiss={() => setReadVerdicts(verdicts)} />
      )}
      {shown === null ? (
        <p className={`page-waiting${isRecordedRunLoading ? " page-loading" : ""}`}>
          {isRecordedRunLoading
            ? "Loading the recorded run…"
            : "There is no recorded run here. Press Run for a live one."}
        </p>
      ) : (
        <>
          <RunLine
            trace={shown.lane.trace}
            origin={origin}
            runStatus={runStatus}
            isChanged={isChanged}
            verdict={shown.verdict}
            onPin={(position) => goToMistake(store, shown.lane, position)}
            recordedRuns={recordedRuns}
            recordedId={recordedId}
            onRecordedRun={(id) => void actions.showRecordedRun(id)}
          />
          <Panels
            store={store}
            lane={shown.lane}
            theme={theme}
            expectedTokens={isChanged ? null : nextRun.expectedTokens}
            marks={marks}
          />
        </>
      )}
      <Results store={store} />
    </>
  );
}

/** Tokens that "Continue" adds to a run that has ended. */
const CONTINUE_TOKENS = 64;

interface PageControlsProps {
  readonly store: PageStore;
  readonly nextRun: NextRun;
}

/** The controls of the next run. The clock does not re-render them. */
const PageControls = memo(function PageControls({ store, nextRun }: PageControlsProps) {
  const comparison = useStore(store, (state) => state.comparison);
  const runStatus = useStore(store, (state) => state.runStatus);
  const actions = store.getState();
  return (
    <ControlsPanel
      {...nextRun}
      settings={nextRun.lanes[0]}
      comparison={comparison}
      models={shippedModels}
      runStatus={runStatus}
      choose={actions.choose}
      onCompare={actions.compare}
      onRun={() => actions.run("run")}
      onPause={actions.pause}
      onResume={actions.resume}
      onStep={() => (runStatus === "paused" ? actions.stepOnce() : actions.run("step"))}
      onStop={actions.stop}
      onContinue={() => actions.continueRun(CONTINUE_TOKENS)}
    />
  );
});

/** The table of the chosen model, with its cells as settings to try. A live run does not re-render it. */
const Results = memo(function Results({ store }: { readonly store: PageStore }) {
  const modelId = useStore(store, (state) => state.choices.model ?? settingTable.model.default);
  return <ResultsPanel modelId={modelId} load={loadTable} onTry={(table, cell) => void tryCell(store, table, cell)} />;
});

/** The code that reads a table loads with the first table. */
async function loadTable(modelId: string): Promise<ResultTable> {
  const { loadResultTable } = await import("../../state/storedResults");
  return loadResultTable(modelId);
}

/** Takes over the cell's choices, except those about the machine. */
async function tryCell(store: PageStore, table: ResultTable, cell: TableCell): Promise<void> {
  const { cellTrial, TRIAL_LEAD } = await import("../../state/storedResults");
  const { choices, comparison, notices, openLink, dismiss, tell } = store.getState();
  const trial = cellTrial(table, cell);
  if (trial === null) {
    tell("warning", `This page knows no problems of the family “${cell.family}”.`);
    return;
  }
  void openLink(`#${encodeLink({ choices: onMachineOf(choices, trial.choices), comparison })}`);
  // Of several trials only the last one is in force, so only its notice stays.
  for (const { id, text } of notices) if (text.startsWith(TRIAL_LEAD)) dismiss(id);
  tell("info", trial.text);
  window.scrollTo({ top: 0 });
}
