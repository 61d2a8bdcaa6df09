// Puts the run of a lesson's part on the stage: a recorded run is fetched, settings are run live; what is on screen already
// stays. Then the moment: step, head, pinned token, what the panels show.
import { encodeLink, decodeLink } from "../../settings/link";
import type { LessonPlace } from "../../settings/linkContent";
import type { PageState, PageStore } from "../../state/pageStore";
import { areAskedFor, onMachineOf } from "../../state/recipe";
import type { ChosenState } from "../../state/choices";
import type { PanelChoices } from "../../state/moment";
import { parseStreamTexts } from "../../settings/streamLink";
import { firstStream } from "../../settings/streamSettings";
import { loadFirstStream } from "../../state/streams/recordedStreams";
import type { StreamStore } from "../../state/streams/streamStore";
import { whenPage } from "../../state/whenPage";
import type { LessonStageSpec } from "./lessonFile";
import { recipeFragment } from "./lessonFile";
import { isStreamOnScreen } from "../streams/onScreen";

export type StagedRun = Pick<LessonStageSpec, "recording" | "recipe" | "stream" | "at" | "plays" | "views">;

/** Resolves once the run is on screen; a live one is then still growing. `isWanted`: false once something else was opened. */
export async function stageLesson(store: PageStore, stage: StagedRun, isWanted: () => boolean): Promise<void> {
  if (stage.stream !== undefined) {
    await stageStream(store, stage, isWanted);
    return;
  }
  const { openLink, run, play, setViews, views } = store.getState();
  const moment = { at: stage.at };
  setViews({ ...withoutBeat(views), ...stage.views });
  if (stage.recording !== undefined) {
    await recordingsListed(store);
    if (!isWanted()) return;
    const { recordedRuns, tell, showRecordedRun } = store.getState();
    if (!recordedRuns.some(({ id }) => id === stage.recording)) {
      const known = recordedRuns.map(({ id }) => id).join(", ");
      tell("warning", `The lesson asks for the recorded run “${stage.recording}”; there are ${known}.`);
      return;
    }
    if (!isOnScreen(store.getState(), stage)) await showRecordedRun(stage.recording);
    if (!isWanted()) return;
    const { choices, comparison } = store.getState();
    await openLink(encodeLink({ choices, comparison, moment }));
  } else {
    const wanted = wantedState(store.getState(), stage);
    const isThere = isOnScreen(store.getState(), stage);
    await openLink(encodeLink({ ...wanted, moment }));
    if (!isThere) run("atOnce");
  }
  if (stage.plays) await playFromMoment(store, play, isWanted);
  else store.getState().pausePlayback();
}

/** A stream is watched at once, and the stage goes to its moment when that comes. */
async function stageStream(
  store: PageStore,
  { stream: text = "", plays }: StagedRun,
  isWanted: () => boolean,
): Promise<void> {
  const { stream } = decodeLink(recipeFragment(text));
  const streams = await store.getState().openStreams();
  if (stream === null || !isWanted()) return;
  const { openLinked, run, lookAt, chosen: before } = streams.getState();
  openLinked(stream, false);
  const { chosen, lanes } = streams.getState();
  const isThere = JSON.stringify(chosen) === JSON.stringify(before) && isStreamOnScreen(chosen, lanes);
  const seen = parseStreamTexts(stream).place?.seen ?? Infinity;
  if (isThere) lookAt({ seen });
  else if (JSON.stringify(chosen) !== JSON.stringify(firstStream)) run("atOnce");
  else await showFirstStream(streams, seen, isWanted);
  if (plays && isWanted()) lookAt({ isPlaying: true });
}

/** The stream that the view begins with is recorded. */
async function showFirstStream(streams: StreamStore, seen: number, isWanted: () => boolean): Promise<void> {
  const { showStreams, lookAt, run } = streams.getState();
  try {
    const traces = await loadFirstStream();
    if (!isWanted()) return;
    showStreams(traces);
    lookAt({ seen });
  } catch {
    if (isWanted()) run("atOnce");
  }
}

/** The panels as the reader left them, but for the beat of a decision: that one belongs to the run before. */
function withoutBeat({ score = {}, ...others }: PanelChoices): PanelChoices {
  const left = Object.fromEntries(Object.entries(score).filter(([choice]) => choice !== "beat"));
  return Object.keys(left).length === 0 ? others : { ...others, score: left };
}

/** Whether that very place is still open: the reader has not gone elsewhere. */
export function isOpenAt(store: PageStore, place: LessonPlace | null): boolean {
  return store.getState().lesson === place;
}

/** Whether the run that the stage asks for is the one on screen, or on its way there. */
function isOnScreen(state: PageState, stage: StagedRun): boolean {
  const { lanes, problem, origin, recordedId, runStatus } = state;
  if (lanes.length === 0 || runStatus === "failed") return false;
  const headers = lanes.map(({ trace }) => trace.header);
  if (stage.recording !== undefined) {
    // Settings tried out since then would be those of another run.
    return origin === "recorded" && recordedId === stage.recording && areAskedFor(headers, problem?.id ?? null, state);
  }
  const isCut = lanes.some(({ end }) => end === "stopped" || end === "failed");
  return !isCut && areAskedFor(headers, problem?.id ?? null, wantedState(state, stage));
}

function wantedState({ choices }: PageState, { recipe }: StagedRun): ChosenState {
  const link = decodeLink(recipeFragment(recipe ?? ""));
  return { choices: onMachineOf(choices, link.choices), comparison: link.comparison };
}

/** The recorded runs, and the first of them, arrive a moment after the page. */
function recordingsListed(store: PageStore): Promise<void> {
  return whenPage(store, ({ isRecordedRunLoading }) => !isRecordedRunLoading);
}

async function playFromMoment(store: PageStore, play: () => void, isWanted: () => boolean): Promise<void> {
  const isThere = ({ wantedMoment, runStatus }: PageState): boolean =>
    wantedMoment === null || runStatus === "none" || runStatus === "failed" || !isWanted();
  await whenPage(store, isThere);
  if (isWanted()) play();
}
