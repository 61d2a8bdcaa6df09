// What each command of the table does: the store's actions, and the dialogs that the page opens.
import { laneOnStage, laneStep } from "../../state/shownRuns";
import type { PageStore } from "../../state/pageStore";
import { zoomedRange } from "../../state/timeAxis";
import { foundHeads, neighbourHead, keepingHeads, type KeepingHeads } from "../heads/keepingHeads";
import { commandEntry, commandIds, type CommandId } from "./commandTable";

export type PageActs = Readonly<Record<CommandId, () => void>>;

export interface PageSurroundings {
  readonly openHelp: () => void;
  readonly openPalette: () => void;
  readonly goToResults: () => void;
  readonly openExamples: () => void;
  readonly openPapers: () => void;
  readonly share: () => void;
  readonly openFile: () => void;
  readonly openModels: () => void;
  readonly openLibrary: () => void;
  readonly openRecent: () => void;
  readonly addMoment: () => void;
  /** Steps on the time axis. */
  readonly axisStepCount: () => number;
}

export function pageActs(store: PageStore, surroundings: PageSurroundings): PageActs {
  const actions = store.getState();
  const zoom = (factor: number): void => {
    const { visibleSteps, shownStep } = store.getState();
    const lastStep = surroundings.axisStepCount() - 1;
    actions.showSteps(zoomedRange(visibleSteps, { factor, around: shownStep }, lastStep));
  };
  const pinNeighbour = (by: -1 | 1): void => {
    const { pinnedPosition, shownStep } = store.getState();
    const lane = laneOnStage(store.getState());
    if (lane === null) return;
    const newest = lane.trace.header.promptTokens.length + laneStep(lane, shownStep);
    const next = Math.min(newest, Math.max(0, (pinnedPosition ?? newest) + by));
    if (next !== pinnedPosition) actions.pin(next);
  };
  const focusFound = (by: -1 | 1, choose: (found: KeepingHeads) => readonly number[]): void => {
    const { pinnedPosition: position, shownStep, focusLayer, focusKvHead } = store.getState();
    const lane = laneOnStage(store.getState());
    const step = lane === null ? -1 : laneStep(lane, shownStep);
    if (lane === null || position === null || position > lane.trace.header.promptTokens.length + step) return;
    const heads = choose(keepingHeads(lane.trace, step, position));
    const next = neighbourHead(lane.trace, heads, { layer: focusLayer, kvHead: focusKvHead }, by);
    if (next !== null) actions.focusOn(next.layer, next.kvHead);
  };
  return {
    watch: () => actions.go("watch"),
    explore: () => actions.go("explore"),
    learn: () => actions.go("learn"),
    deck: () => actions.go("present"),
    streams: () => actions.go("streams"),
    present: actions.startShow,
    addMoment: surroundings.addMoment,
    playPause: actions.playPause,
    reversePause: actions.reversePause,
    back: () => actions.moveBy(-1),
    forward: () => actions.moveBy(1),
    previousEvent: () => actions.moveToEvent(-1),
    nextEvent: () => actions.moveToEvent(1),
    first: () => actions.moveTo(0),
    last: () => actions.moveTo(Infinity),
    backToLive: actions.backToLive,
    zoomIn: () => zoom(2),
    zoomOut: () => zoom(0.5),
    wholeRun: () => actions.showSteps(null),
    loopFrom: () => actions.loopFromHere("from"),
    loopTo: () => actions.loopFromHere("to"),
    loopInterval: actions.loopInterval,
    previousToken: () => pinNeighbour(-1),
    nextToken: () => pinNeighbour(1),
    nextHead: () => focusFound(1, foundHeads),
    previousHead: () => focusFound(-1, foundHeads),
    longestHead: () => focusFound(1, ({ longest }) => longest),
    unpin() {
      if (store.getState().loopRange === null) actions.pin(null);
      else actions.loopSteps(null);
    },
    lane1: () => actions.showLane(0),
    lane2: () => actions.showLane(1),
    lane3: () => actions.showLane(2),
    lane4: () => actions.showLane(3),
    equalBytes: () => actions.equaliseBytes(store.getState().stageLane),
    examples: surroundings.openExamples,
    share: surroundings.share,
    openFile: surroundings.openFile,
    models: surroundings.openModels,
    library: surroundings.openLibrary,
    undo: actions.undo,
    redo: actions.redo,
    recent: surroundings.openRecent,
    palette: surroundings.openPalette,
    help: surroundings.openHelp,
    papers: surroundings.openPapers,
    results: surroundings.goToResults,
  };
}

/** Key bindings in tinykeys notation, of all commands or of `ids`. */
export function keyBindings(
  acts: PageActs,
  ids: readonly CommandId[] = commandIds,
): Readonly<Record<string, () => void>> {
  return Object.fromEntries(
    ids.flatMap((id) =>
      commandEntry(id).keys.flatMap(({ bindings }) => bindings.map((binding) => [binding, acts[id]])),
    ),
  );
}
