// The page: reads the store, hands each panel what it shows, and binds keys, clock and address to the store.
import { useCallback, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { ControlsPanel } from "./panels/controls/ControlsPanel";
import { PageHeader } from "./panels/header/PageHeader";
import { RunLine } from "./panels/header/RunLine";
import { areRunsOf } from "./panels/header/runSummary";
import { laneVerdict } from "./panels/header/verdict";
import { divergenceMarks } from "./panels/lanes/divergenceMarks";
import { HelpDialog } from "./panels/help/HelpDialog";
import { commandTip } from "./panels/palette/commandTable";
import { keyBindings, pageActs } from "./panels/palette/pageActs";
import { pageCommands, stepCommand } from "./panels/palette/pageCommands";
import { PaletteDialog } from "./panels/palette/PaletteDialog";
import { Panels } from "./Panels";
import { verdictMarks } from "./panels/timeline/verdictMarks";
import { goToPlace } from "./panels/share/goToPlace";
import { HistoryButtons } from "./panels/share/HistoryButtons";
import { ReplayVerdict } from "./panels/share/ReplayVerdict";
import { PresetsDialog } from "./panels/presets/PresetsDialog";
import { PanelsMenu } from "./panels/stage/PanelsMenu";
import { goToResults, Results } from "./Results";
import { pickAndShow, ShareDialogs, type ShareDialogName } from "./ShareDialogs";
import { settingsOfLanes } from "./settings/lanes";
import { shippedModels } from "./settings/shippedModels";
import { browserAddress, followAddress } from "./state/addressBar";
import { panelsAway } from "./state/arrangement";
import { laneOnStage, laneStep } from "./state/laneRun";
import { expectedTokenCount, problemOf } from "./state/problem";
import type { PageStore } from "./state/pageStore";
import { recipeOrNull } from "./state/recipe";
import { axisStepCount } from "./state/timeAxis";
import { usePageKeys } from "./state/usePageKeys";
import { usePlayClock } from "./state/usePlayClock";
import { Notices } from "./ui/Notices";
import { useTheme, type ThemeChoice } from "./ui/useTheme";

type DialogName = "help" | "palette" | "examples" | ShareDialogName;

export function App({ store }: { readonly store: PageStore }) {
  const [themeChoice, setThemeChoice] = useState<ThemeChoice>("system");
  const [openDialog, setOpenDialog] = useState<DialogName | null>(null);
  // A dialog tells that it is closed a moment later: what it opened meanwhile stays open.
  const closeDialog = useCallback((name: DialogName) => setOpenDialog((open) => (open === name ? null : open)), []);
  const theme = useTheme(themeChoice);

  const choices = useStore(store, (state) => state.choices);
  const arrangement = useStore(store, (state) => state.arrangement);
  const comparison = useStore(store, (state) => state.comparison);
  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const lane = useStore(store, laneOnStage);
  const problemOfRun = useStore(store, (state) => state.problem);
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const engine = useStore(store, (state) => state.engine);
  const notices = useStore(store, (state) => state.notices);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const stepCount = useStore(store, (state) => state.stepCount);
  const shownStep = useStore(store, (state) => state.shownStep);
  const history = useStore(store, (state) => state.history);
  const verdicts = useStore(store, (state) => state.verdicts);
  const [readVerdicts, setReadVerdicts] = useState<typeof verdicts>([]);
  const recordedRuns = useStore(store, (state) => state.recordedRuns);
  const recordedId = useStore(store, (state) => state.recordedId);
  const isRecordedRunLoading = useStore(store, (state) => state.isRecordedRunLoading);

  usePlayClock(store, isPlaying || runStatus === "running" || runStatus === "loading");
  useEffect(() => followAddress(store, browserAddress()), [store]);

  const inForce = useMemo(() => settingsOfLanes(choices, comparison), [choices, comparison]);
  const [{ settings }] = inForce;
  const problems = useMemo(() => [...new Set(inForce.flatMap((of) => of.problems))], [inForce]);
  const problem = useMemo(() => problemOf(settings.problem), [settings.problem]);
  const expectedTokens = useMemo(() => expectedTokenCount(problem), [problem]);
  const recipes = useMemo(() => inForce.map((of) => recipeOrNull(of.settings, problem)), [inForce, problem]);
  const isChanged = lanes.length > 0 && !areRunsOf(recipes, settings.model, lanes);
  const trace = lane?.trace ?? null;
  const verdict = useMemo(() => {
    return lane === null ? null : laneVerdict(lane, laneStep(lane, shownStep), problemOfRun);
  }, [lane, shownStep, problemOfRun]);
  // The whole of a run that has ended is judged once, so that its mistake stays marked when one looks back.
  const mistakes = useMemo(() => {
    if (lane === null || lane.end === null) return [];
    return verdictMarks(laneVerdict(lane, lane.stepCount - 1, problemOfRun), lane.trace);
  }, [lane, problemOfRun]);
  const marks = useMemo(() => [...mistakes, ...divergenceMarks(lanes, stageLane)], [mistakes, lanes, stageLane]);
  const actions = store.getState();
  const acts = useMemo(
    () =>
      pageActs(store, {
        openHelp: () => setOpenDialog("help"),
        openPalette: () => setOpenDialog("palette"),
        goToResults,
        openExamples: () => setOpenDialog("examples"),
        share: () => setOpenDialog("share"),
        openFile: () => pickAndShow(store),
        openLibrary: () => setOpenDialog("library"),
        openRecent: () => setOpenDialog("recent"),
        axisStepCount: () => axisStepCount(store.getState(), isChanged ? null : expectedTokens),
      }),
    [store, isChanged, expectedTokens],
  );
  usePageKeys(useMemo(() => keyBindings(acts), [acts]));
  const isBusy = runStatus === "loading" || runStatus === "running" || isPlaying || isRecordedRunLoading;

  // What hears nothing of the clock keeps its elements: a step passes it by.
  const laneCount = lanes.length;
  const model = trace?.header.model ?? engine?.model ?? null;
  const backend = engine?.backend ?? trace?.header.backend ?? null;
  const isEngineLoaded = engine !== null;
  const header = useMemo(
    () => (
      <PageHeader
        model={model}
        backend={backend}
        isEngineLoaded={isEngineLoaded}
        themeChoice={themeChoice}
        onTheme={setThemeChoice}
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
        onResults={goToResults}
        onHelp={acts.help}
      />
    ),
    [store, acts, model, backend, isEngineLoaded, themeChoice, history, choices, comparison, arrangement, laneCount],
  );
  const controls = useMemo(() => {
    const actions = store.getState();
    return (
      <ControlsPanel
        settings={settings}
        comparison={comparison}
        lanes={inForce.map((of) => of.settings)}
        problem={problem}
        models={shippedModels}
        problems={problems}
        runStatus={runStatus}
        expectedTokens={expectedTokens}
        isChanged={isChanged}
        choose={actions.choose}
        onCompare={actions.compare}
        onRun={() => actions.run("run")}
        onPause={actions.pause}
        onResume={actions.resume}
        onStep={() => (runStatus === "paused" ? actions.stepOnce() : actions.run("step"))}
        onStop={actions.stop}
        onContinue={() => actions.continueRun(CONTINUE_TOKENS)}
        onShare={acts.share}
      />
    );
  }, [store, acts, inForce, settings, comparison, problem, problems, runStatus, expectedTokens, isChanged]);
  const dialogs = useMemo(
    () => (
      <>
        <Results store={store} />
        <PresetsDialog
          isOpen={openDialog === "examples"}
          onOpen={({ link }) => void store.getState().openLink(link, true)}
          onClose={() => closeDialog("examples")}
        />
        <ShareDialogs store={store} open={openDialog} onClose={closeDialog} />
        <HelpDialog isOpen={openDialog === "help"} onClose={() => closeDialog("help")} />
      </>
    ),
    [store, openDialog, closeDialog],
  );

  return (
    <main
      className="page"
      data-idle={!isBusy}
      data-run-status={runStatus}
      data-origin={origin}
      data-step-count={stepCount}
      data-step={shownStep}
      data-verdict={verdict?.type}
    >
      {header}
      {controls}
      <Notices notices={notices} onDismiss={actions.dismiss} />
      {verdicts !== readVerdicts && (
        <ReplayVerdict
          verdicts={verdicts}
          onGoTo={(place) => goToPlace(store, place)}
          onDismiss={() => setReadVerdicts(verdicts)}
        />
      )}
      {lane === null || trace === null || verdict === null ? (
        <p className={`page-waiting${isRecordedRunLoading ? " page-loading" : ""}`}>
          {isRecordedRunLoading
            ? "Loading the recorded run…"
            : "There is no recorded run here. Press Run for a live one."}
        </p>
      ) : (
        <>
          <RunLine
            trace={trace}
            origin={origin}
            runStatus={runStatus}
            isChanged={isChanged}
            verdict={verdict}
            onPin={actions.pin}
            recordedRuns={recordedRuns}
            recordedId={recordedId}
            onRecordedRun={(id) => void actions.showRecordedRun(id)}
          />
          <Panels
            store={store}
            lane={lane}
            theme={theme}
            expectedTokens={isChanged ? null : expectedTokens}
            marks={marks}
          />
        </>
      )}
      {dialogs}
      <PaletteDialog
        isOpen={openDialog === "palette"}
        commands={() => pageCommands(store, acts, { theme: themeChoice, onTheme: setThemeChoice })}
        stepCommand={(step) => stepCommand(store, step)}
        onClose={() => closeDialog("palette")}
      />
    </main>
  );
}

/** Tokens that "Continue" adds to a run that has ended. */
const CONTINUE_TOKENS = 64;
