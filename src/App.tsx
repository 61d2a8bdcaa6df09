// The page: header, controls, the line about the run, the panels, the results, and what opens over them
// (PageDialogs.tsx). Keys, clock and address are bound to the store here.
import { useEffect, useMemo, useState, memo } from "react";
import { useStore } from "zustand";
import { PageDialogs, useOpenDialog } from "./PageDialogs";
import { RunLine } from "./panels/header/RunLine";
import { divergenceMarks } from "./panels/lanes/partings";
import { keyBindings } from "./panels/palette/pageActs";
import { ReplayVerdict } from "./panels/share/ReplayVerdict";
import { Panels } from "./Panels";
import { browserAddress, followAddress } from "./state/addressBar";
import type { PageStore } from "./state/pageStore";
import { Notices } from "./ui/Notices";
import { useTheme, type ThemeChoice } from "./ui/useTheme";
import { PageHeader } from "./panels/header/PageHeader";
import { commandTip } from "./panels/palette/commandTable";
import type { PageActs } from "./panels/palette/pageActs";
import { HistoryButtons } from "./panels/share/HistoryButtons";
import { panelsAway } from "./panels/registry";
import { PanelsMenu } from "./panels/stage/PanelsMenu";
import { laneOnStage } from "./state/shownRuns";
import { ControlsPanel } from "./panels/controls/ControlsPanel";
import { shippedModels } from "./settings/shippedModels";
import { useNextRun, usePageKeys, usePageMarks, usePlayClock, useShownRun, type NextRun } from "./usePage";
import { ResultsPanel } from "./panels/results/ResultsPanel";
import { encodeLink } from "./settings/link";
import { settingTable } from "./settings/settings";
import { onMachineOf } from "./state/recipe";
import type { ResultTable, TableCell } from "./state/storedResults";

export function App({ store }: { readonly store: PageStore }) {
  const [themeChoice, setThemeChoice] = useState<ThemeChoice>("system");
  const theme = useTheme(themeChoice);
  const nextRun = useNextRun(store);
  const { isChanged } = nextRun;
  const axisTokens = isChanged ? null : nextRun.expectedTokens;
  const dialog = useOpenDialog(store, axisTokens);
  const { acts } = dialog;
  const shown = useShownRun(store);

  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const notices = useStore(store, (state) => state.notices);
  const verdicts = useStore(store, (state) => state.verdicts);
  const [readVerdicts, setReadVerdicts] = useState<typeof verdicts>([]);
  const recordedRuns = useStore(store, (state) => state.recordedRuns);
  const recordedId = useStore(store, (state) => state.recordedId);
  const isRecordedRunLoading = useStore(store, (state) => state.isRecordedRunLoading);

  usePlayClock(store, isPlaying || runStatus === "running" || runStatus === "loading");
  useEffect(() => followAddress(store, browserAddress()), [store]);
  usePageKeys(useMemo(() => keyBindings(acts), [acts]));

  const mistakes = shown?.mistakes;
  const marks = useMemo(
    () => [...(mistakes ?? []), ...divergenceMarks(lanes, stageLane)],
    [mistakes, lanes, stageLane],
  );
  const actions = store.getState();

  return (
    <main className="page" {...usePageMarks(store, shown?.verdict ?? null)}>
      <PageHead store={store} acts={acts} themeChoice={themeChoice} onTheme={setThemeChoice} />
      <PageControls store={store} nextRun={nextRun} onShare={acts.share} />
      <Notices notices={notices} onDismiss={actions.dismiss} />
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
            onPin={actions.pin}
            recordedRuns={recordedRuns}
            recordedId={recordedId}
            onRecordedRun={(id) => void actions.showRecordedRun(id)}
          />
          <Panels store={store} lane={shown.lane} theme={theme} expectedTokens={axisTokens} marks={marks} />
        </>
      )}
      <Results store={store} />
      <PageDialogs store={store} dialog={dialog} themeChoice={themeChoice} onTheme={setThemeChoice} />
    </main>
  );
}

interface PageHeadProps {
  readonly store: PageStore;
  readonly acts: PageActs;
  readonly themeChoice: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
}

/** The page's header with its tools. The clock does not re-render it. */
const PageHead = memo(function PageHead({ store, acts, themeChoice, onTheme }: PageHeadProps) {
  const engine = useStore(store, (state) => state.engine);
  const recordedModel = useStore(store, (state) => laneOnStage(state)?.trace.header.model ?? null);
  const recordedBackend = useStore(store, (state) => laneOnStage(state)?.trace.header.backend ?? null);
  const laneCount = useStore(store, (state) => state.lanes.length);
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const history = useStore(store, (state) => state.history);
  const arrangement = useStore(store, (state) => state.arrangement);
  return (
    <PageHeader
      model={recordedModel ?? engine?.model ?? null}
      backend={engine?.backend ?? recordedBackend}
      isEngineLoaded={engine !== null}
      themeChoice={themeChoice}
      onTheme={onTheme}
      tools={
        <>
          <HistoryButtons
            history={history}
            choices={choices}
            comparison={comparison}
            onUndo={acts.undo}
            onRedo={acts.redo}
          />
          <button type="button" title={commandTip("examples")} onClick={acts.examples}>
            Examples
          </button>
          <button type="button" title={commandTip("library")} onClick={acts.library}>
            Library
          </button>
          <PanelsMenu arrangement={arrangement} away={panelsAway(laneCount)} onArrange={store.getState().arrange} />
        </>
      }
      onResults={acts.results}
      onHelp={acts.help}
    />
  );
});

/** Tokens that "Continue" adds to a run that has ended. */
const CONTINUE_TOKENS = 64;

interface PageControlsProps {
  readonly store: PageStore;
  readonly nextRun: NextRun;
  readonly onShare: () => void;
}

/** The controls of the next run. The clock does not re-render them. */
const PageControls = memo(function PageControls({ store, nextRun, onShare }: PageControlsProps) {
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
      onShare={onShare}
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
  const { loadResultTable } = await import("./state/storedResults");
  return loadResultTable(modelId);
}

/** Takes over the cell's choices, except those about the machine. */
async function tryCell(store: PageStore, table: ResultTable, cell: TableCell): Promise<void> {
  const { cellTrial, TRIAL_LEAD } = await import("./state/storedResults");
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
