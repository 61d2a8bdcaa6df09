// The page inside a frame: a bar, the panels that were asked for, the timeline. It has the store of the page and none
// of its surroundings: no address, no results, no menus beyond those of the panels.
import { useMemo, useRef } from "react";
import { useStore } from "zustand";
import type { StoreApi } from "zustand/vanilla";
import { EmbedBar } from "./embed/EmbedBar";
import type { EmbedOptions } from "./state/embedQuery";
import { EmbedStage } from "./embed/EmbedStage";
import { useContentHeight } from "./embed/useContentHeight";
import { areRunsOf, runParameters } from "./panels/header/runSummary";
import { laneVerdict } from "./panels/header/verdict";
import { commandEntry, commandIds } from "./panels/palette/commandTable";
import { keyBindings, pageActs } from "./panels/palette/pageActs";
import { verdictMarks } from "./panels/timeline/verdictMarks";
import { Panels } from "./Panels";
import { settingsOfLanes } from "./settings/lanes";
import { encodeLink } from "./settings/link";
import { laneOnStage, laneStep } from "./state/laneRun";
import type { PageStore } from "./state/pageStore";
import { expectedTokenCount, problemOf } from "./state/problem";
import { recipeOrNull } from "./state/recipe";
import { axisStepCount } from "./state/timeAxis";
import { usePageKeys } from "./state/usePageKeys";
import { usePlayClock } from "./state/usePlayClock";
import { Notices } from "./ui/Notices";
import { useTheme } from "./ui/useTheme";

/** The colours in force: the query's, then what the page around chooses. */
export type EmbedTheme = StoreApi<{ readonly choice: EmbedOptions["theme"] }>;

interface EmbedPageProps {
  readonly store: PageStore;
  readonly options: EmbedOptions;
  readonly theme: EmbedTheme;
  readonly onHeight: (height: number) => void;
}

/** What keys do here: they move through the run, and open nothing. */
const embedCommands = commandIds.filter((id) => commandEntry(id).group !== "Page");

export function EmbedPage({ store, options, theme, onHeight }: EmbedPageProps) {
  const page = useRef<HTMLElement>(null);
  const colours = useTheme(useStore(theme, (state) => state.choice));
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const lanes = useStore(store, (state) => state.lanes);
  const lane = useStore(store, laneOnStage);
  const problemOfRun = useStore(store, (state) => state.problem);
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const notices = useStore(store, (state) => state.notices);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const stepCount = useStore(store, (state) => state.stepCount);
  const shownStep = useStore(store, (state) => state.shownStep);
  const recordedRuns = useStore(store, (state) => state.recordedRuns);
  const recordedId = useStore(store, (state) => state.recordedId);
  const isLoading = useStore(store, (state) => state.isRecordedRunLoading);

  usePlayClock(store, isPlaying || runStatus === "running" || runStatus === "loading");
  useContentHeight(page, onHeight);

  const inForce = useMemo(() => settingsOfLanes(choices, comparison), [choices, comparison]);
  const [{ settings }] = inForce;
  const problem = useMemo(() => problemOf(settings.problem), [settings.problem]);
  const expectedTokens = useMemo(() => expectedTokenCount(problem), [problem]);
  const recipes = useMemo(() => inForce.map((of) => recipeOrNull(of.settings, problem)), [inForce, problem]);
  const isChanged = lanes.length > 0 && !areRunsOf(recipes, settings.model, lanes);
  const verdict = useMemo(
    () => (lane === null ? null : laneVerdict(lane, laneStep(lane, shownStep), problemOfRun)),
    [lane, shownStep, problemOfRun],
  );
  const marks = useMemo(() => {
    if (lane === null || lane.end === null) return [];
    return verdictMarks(laneVerdict(lane, lane.stepCount - 1, problemOfRun), lane.trace);
  }, [lane, problemOfRun]);
  const address = useMemo(() => fullAddress(encodeLink({ choices, comparison })), [choices, comparison]);
  const axisSteps = isChanged ? null : expectedTokens;
  const keys = useMemo(() => {
    const nothing = (): void => undefined;
    const acts = pageActs(store, {
      openHelp: nothing,
      openPalette: nothing,
      goToResults: nothing,
      openExamples: nothing,
      share: nothing,
      openFile: nothing,
      openLibrary: nothing,
      openRecent: nothing,
      axisStepCount: () => axisStepCount(store.getState(), axisSteps),
    });
    return keyBindings(acts, embedCommands);
  }, [store, axisSteps]);
  usePageKeys(keys);

  const actions = store.getState();
  const hasTimeline = options.panels.includes("timeline");
  const shown = options.panels.filter((panel) => panel !== "timeline");
  const isBusy = runStatus === "loading" || runStatus === "running" || isPlaying || isLoading;
  return (
    <main
      ref={page}
      className="embed"
      data-idle={!isBusy}
      data-run-status={runStatus}
      data-origin={origin}
      data-step-count={stepCount}
      data-step={shownStep}
      data-verdict={verdict?.type}
    >
      <h1 className="visually-hidden">Winnow</h1>
      <EmbedBar
        options={options}
        origin={origin}
        runStatus={runStatus}
        runText={lane === null ? null : runParameters(lane.trace.header)}
        verdict={verdict}
        isChanged={isChanged}
        address={address}
        settings={settings}
        problem={problem}
        recordedRuns={recordedRuns}
        recordedId={origin === "recorded" ? recordedId : null}
        isPlaying={isPlaying}
        hasTimeline={hasTimeline}
        choose={actions.choose}
        onPin={actions.pin}
        onPlayPause={actions.playPause}
        onRun={() => actions.run("run")}
        onPause={actions.pause}
        onResume={actions.resume}
        onStep={() => (runStatus === "paused" ? actions.stepOnce() : actions.run("step"))}
        onStop={actions.stop}
        onRecordedRun={(id) => void actions.showRecordedRun(id)}
      />
      <Notices notices={notices} onDismiss={actions.dismiss} />
      {lane === null ? (
        <p className={`page-waiting${isLoading ? " page-loading" : ""}`}>
          {isLoading ? "Loading the recorded run…" : "There is no recorded run here."}
        </p>
      ) : (
        <Panels
          store={store}
          lane={lane}
          theme={colours}
          expectedTokens={axisSteps}
          marks={marks}
          hasTimeline={hasTimeline}
          renderPanels={(panels) =>
            shown.length > 0 && <EmbedStage panels={panels} shown={shown} onTell={actions.tell} />
          }
        />
      )}
    </main>
  );
}

/** The full page with this fragment. */
function fullAddress(fragment: string): string {
  const address = new URL(window.location.href);
  address.search = "";
  address.hash = fragment;
  return address.href;
}
