// What the panels may read of the page, from its store.
import { useMemo } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { errorMessage } from "../../lib/errors";
import type { Problem } from "../../problems/problem";
import { withoutDefaults } from "../../settings/inForce";
import { noLaneComparison, withoutOwnDefaults } from "../../settings/lanes";
import { settingTable } from "../../settings/settings";
import type { ChosenState } from "../../state/choices";
import { onMachineOf, stateOfRuns } from "../../state/recipe";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import type { PageStore } from "../../state/pageStore";
import { axisStepCount } from "../../state/timeAxis";
import { isCompared, regretByPosition } from "../../trace/fullCacheComparison";
import type { Trace } from "../../trace/trace";
import type { Theme } from "../../ui/scale";
import { useView, type MistakeNote, type PanelPage } from "../definePanel";
import type { Focus } from "../focus";
import { zoomRules } from "../viewRules";

interface Shown {
  /** The lane on the stage. */
  readonly lane: LaneRun;
  readonly theme: Theme;
  readonly expectedTokens: number | null;
  readonly mistake: MistakeNote | null;
}

export function usePanelPage(store: PageStore, { lane, theme, expectedTokens, mistake }: Shown): PanelPage {
  const { trace } = lane;
  const step = useStore(store, (state) => laneStep(lane, state.shownStep));
  const shownStep = useStore(store, (state) => state.shownStep);
  const clockSteps = useStore(store, (state) => state.stepCount);
  const axisSteps = useStore(store, (state) => axisStepCount(state, expectedTokens));
  const origin = useStore(store, (state) => state.origin);
  const isMoving = useStore(
    store,
    ({ isPlaying, isFollowing, runStatus }) => isPlaying || (isFollowing && runStatus === "running"),
  );
  const hover = useStore(store, (state) => state.hover?.position ?? null);
  const pinned = useStore(store, (state) => state.pinnedPosition);
  const layer = useStore(store, (state) => state.focusLayer);
  const kvHead = useStore(store, (state) => state.focusKvHead);
  const fullCacheRun = useStore(store, (state) => state.fullCacheRun);
  const isFullCacheRunning = useStore(store, (state) => state.isFullCacheRunning);
  const aftermath = useStore(
    store,
    useShallow(({ aftermath: figures, aftermathOf, aftermathFailure }) => ({
      ...{ aftermath: figures, aftermathOf, aftermathFailure },
    })),
  );
  const storageTrials = useStore(
    store,
    useShallow(({ bitsTrials, bitsWork, bitsFailure }) => ({ bitsTrials, bitsWork, bitsFailure })),
  );
  const characterisation = useStore(
    store,
    useShallow(({ characterisationRows, baselineId, characterisationWork }) => ({
      characterisationRows,
      baselineId,
      characterisationWork,
    })),
  );
  const checkpointTrials = useStore(
    store,
    useShallow(({ checkpointTrials: trials, checkpointWork, checkpointFailure }) => ({
      ...{ checkpointTrials: trials, checkpointWork, checkpointFailure },
    })),
  );
  const sessionRuns = useStore(store, (state) => state.sessionRuns);
  const backend = useStore(store, (state) => state.choices.backend ?? settingTable.backend.default);
  const keptHeads = useStore(store, (state) => state.keptHeads);
  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const problem = useStore(store, (state) => state.problem);
  const choices = useStore(store, (state) => state.views);
  const acts = useMemo(() => panelActs(store), [store]);
  const { view: zoom, onView: onZoom } = useView("zoom", zoomRules, { choices, onChoices: acts.onChoices });
  const focus = useMemo(() => focusWithin(trace, layer, kvHead), [trace, layer, kvHead]);
  const regret = useMemo(() => (isCompared(trace) ? regretByPosition(trace, step) : null), [trace, step]);
  const existing = (position: number | null): number | null =>
    position !== null && position <= trace.header.promptTokens.length + step ? position : null;
  return {
    trace,
    isEnded: lane.end !== null,
    step,
    focus,
    hovered: existing(hover),
    pinned: existing(pinned),
    axisStepCount: axisSteps,
    isMoving,
    theme,
    provenance: origin === "live" ? "measured" : "recorded",
    regret,
    fullCacheRun,
    isFullCacheRunning,
    aftermath,
    storageTrials,
    characterisation,
    checkpointTrials,
    sessionRuns,
    backend,
    keptHeads,
    lanes,
    stageLane,
    shownStep,
    clock: `${shownStep} of ${clockSteps}`,
    problem,
    mistake,
    choices,
    zoom,
    onZoom,
    ...acts,
  };
}

/** What panels may do; the same functions at every step. */
function panelActs(store: PageStore) {
  const { hoverOver, pin, focusOn, showLane, moveTo, runFullCache, measureAftermath } = store.getState();
  const { measureBits, searchBits, stopBits } = store.getState();
  const { addCharacterisationRow, changeCharacterisationRow, removeCharacterisationRow, pinCharacterisationRow } =
    store.getState();
  const { measureCharacterisation, stopCharacterisation } = store.getState();
  const { decodeCheckpoints, stopCheckpoints } = store.getState();
  return {
    onHover: (position, anchor) => {
      hoverOver(position === null || anchor === undefined ? null : { position, anchor });
    },
    onPin: pin,
    onFocus: ({ layer, kvHead }) => focusOn(layer, kvHead),
    onKeepHead: ({ layer, kvHead }) => store.getState().keepHead(layer, kvHead),
    onLane: showLane,
    onMove: moveTo,
    onFullCacheRun: runFullCache,
    onAftermath: measureAftermath,
    onStorageTrials: { measureBits, searchBits, stopBits },
    onCharacterisation: {
      ...{ addCharacterisationRow, changeCharacterisationRow, removeCharacterisationRow, pinCharacterisationRow },
      ...{ measureCharacterisation, stopCharacterisation },
    },
    onCheckpointTrials: { decodeCheckpoints, stopCheckpoints },
    onTry: (problem, change) => {
      const { choices } = stateOnStage(store, problem);
      runState(store, { choices: withoutDefaults({ ...choices, ...change }), comparison: noLaneComparison });
    },
    onRun: (choices, others) => {
      const { choices: now } = store.getState();
      const lanes = others.map(withoutOwnDefaults);
      runState(store, {
        choices: withoutDefaults(onMachineOf(now, choices)),
        comparison: { ...noLaneComparison, others: lanes },
      });
    },
    onStream: (chosen) => {
      const { openStreams, go, tell } = store.getState();
      openStreams().then(
        (streams) => {
          streams.getState().chooseAll(chosen);
          go("streams");
          streams.getState().run("atOnce");
        },
        (error: unknown) => tell("error", errorMessage(error)),
      );
    },
    onBeside: (problem, change) => {
      const { choices, comparison } = stateOnStage(store, problem);
      const others = comparison.others.map((lane) => withoutOwnDefaults({ ...lane, ...change }));
      runState(store, { choices, comparison: { ...comparison, others } });
    },
    onCheckpoints: (problem, [base, changed]) => {
      const { choices, comparison } = stateOnStage(store, problem);
      const others = comparison.others.map((lane) => withoutOwnDefaults({ ...lane, model: changed }));
      runState(store, {
        choices: withoutDefaults({ ...choices, model: base, hasTaps: true }),
        comparison: { others, isForced: true },
      });
    },
    onChoices: (name, chosen) => {
      const { views, setViews } = store.getState();
      const others = Object.entries(views).filter(([other]) => other !== name);
      setViews(Object.fromEntries(Object.keys(chosen).length === 0 ? others : [...others, [name, chosen]]));
    },
  } satisfies Partial<PanelPage>;
}

/** The run on the stage, and a lane beside it that is the same. */
function stateOnStage(store: PageStore, problem: Problem | null): ChosenState {
  const { lanes, stageLane, choices } = store.getState();
  const { header } = lanes[stageLane].trace;
  const state = stateOfRuns([header, header], problem?.id ?? null);
  return { ...state, choices: onMachineOf(choices, state.choices) };
}

function runState(store: PageStore, state: ChosenState): void {
  const { chooseState, run } = store.getState();
  chooseState(state);
  run("atOnce");
}

/** A focus that a smaller model does not have falls back to its last layer or head. */
function focusWithin(trace: Trace, layer: number, kvHead: number): Focus {
  const { layerCount, kvHeadCount } = trace.header.model;
  return { layer: Math.min(layer, layerCount - 1), kvHead: Math.min(kvHead, kvHeadCount - 1) };
}
