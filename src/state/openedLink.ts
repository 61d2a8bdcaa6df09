// Opening a link: its settings, lanes and moment, and whether its run may start unasked. The moment waits until the run that
// the link describes has come that far; if recorded runs of those settings are on screen, it is shown at once. When the run
// has ended, it is compared with the proofs in the link.
import { decodeLink, encodeLink } from "../settings/link";
import type { DecodedLink } from "../settings/linkContent";
import { errorMessage } from "../lib/errors";
import { withChange, type ChoicesState } from "./choices";
import type { ClockState } from "./clock";
import type { LessonsState } from "./lessons";
import { momentFragment, parseDeckText, type Deck } from "./deck";
import type { DeckActions, DecksState } from "./decks";
import { parseMoment, momentWithin, type Moment } from "./moment";
import { isPackedLink, readLink } from "./sharedLink";
import type { Tell } from "./notices";
import { withKnownProblem } from "./problem";
import { areAskedFor, askedRun, recipeCost } from "./recipe";
import type { ShownRunsActions, ShownRunsState } from "./shownRuns";
import type { StreamsDoorActions } from "./streams/streamsDoor";
import type { ViewState } from "./view";

/** What a moment may set. */
type MomentState = ChoicesState & ShownRunsState & ClockState & ViewState;
/** What a link may set: choices, their proofs, the moment, and the lesson. */
type LinkedState = MomentState & LessonsState;

export interface LinkActions {
  /**
   * A fragment of an address. A readable one takes effect before this returns. `mayStart`: a cheap run with a proof is
   * replayed.
   */
  readonly openLink: (fragment: string, mayStart?: boolean) => Promise<void>;
  /** Goes to a moment of the runs on screen at once; panels stay where they are. */
  readonly lookAt: (moment: Moment) => void;
}

interface LinkSurroundings {
  readonly set: (change: Partial<LinkedState & DecksState>) => void;
  readonly get: () => LinkedState &
    Pick<DeckActions, "openDeck"> &
    Pick<ShownRunsActions, "claimScreen"> &
    Pick<StreamsDoorActions, "openStreamLink"> & { readonly run: (mode: "run") => void };
  readonly tell: Tell;
  readonly nowMs: () => number;
  /** Shows the run of the settings again, if it was on screen before. */
  readonly restoreRun: () => void;
}

export function linkActions({ set, get, tell, nowMs, restoreRun }: LinkSurroundings): LinkActions {
  const apply = (opened: DecodedLink, mayStart: boolean): void => {
    const { link, deck } = withDeck(opened);
    if (link.lesson !== null && (link.way ?? "learn") === "learn") {
      // A lesson brings its own runs.
      set({ way: "learn", lesson: link.lesson, showFrom: null });
      for (const text of link.complaints) tell("warning", text);
      return;
    }
    if (link.stream !== null) {
      // What the other views show stays as it is.
      const isWatchingStream = link.way === "watch";
      set({ way: isWatchingStream ? "watch" : "streams", showFrom: null, isWatchingStream });
      for (const text of link.complaints) tell("warning", text);
      get().openStreamLink(link.stream, mayStart);
      return;
    }
    const { choices, complaint } = withKnownProblem(link.choices);
    const { moment, complaints } = parseMoment(link.moment);
    const before = { choices: get().choices, comparison: get().comparison };
    const isChange = encodeLink(before) !== encodeLink({ choices, comparison: link.comparison });
    set({
      choices,
      comparison: link.comparison,
      promisedProofs: link.proofs,
      verdicts: [],
      example: null,
      isWatchingStream: false,
      wantedMoment: moment,
      history: { ...(isChange ? withChange(get().history, before, "link", nowMs()) : get().history), last: null },
      ...(link.lesson !== null && { lesson: link.lesson }),
      ...(link.way !== null && { way: link.way, showFrom: null }),
      // A link without panels leaves them as they are.
      ...(moment !== null && link.moment.panels !== undefined && { arrangement: moment.arrangement }),
      ...(moment !== null && link.moment.views !== undefined && { views: moment.views }),
    });
    for (const text of [...link.complaints, ...complaints, ...(complaint === null ? [] : [complaint])])
      tell("warning", text);
    if (deck !== null) {
      get().openDeck(deck);
      set({ duePlace: deck.moments.length === 0 ? null : 0 });
    }
    if (mayStart && link.proofs.some((proof) => proof !== "")) startIfCheap();
    else restoreRun();
    const at = recordedMoment(get());
    if (at !== null) set(at);
  };

  const startIfCheap = (): void => {
    const cost = recipeCost(askedRun(get()));
    if (cost.type === "cheap") get().run("run");
    else
      tell(
        "info",
        `The link’s run is a long one (${cost.words}), so it did not start by itself. Press Run to replay it.`,
      );
  };

  return {
    async openLink(fragment, mayStart = false) {
      const isWanted = get().claimScreen();
      if (!isPackedLink(fragment)) {
        apply(decodeLink(fragment), mayStart);
        return;
      }
      const link = await readLink(fragment);
      // Something else may have been asked for while it was unpacked.
      if (isWanted()) apply(link, mayStart);
    },
    lookAt(moment) {
      if (get().lanes.length > 0) set({ ...atMoment(moment, get()), views: moment.views });
    },
  };
}

/** A link with a deck opens the deck's first moment, in Present unless it names another view. */
function withDeck(link: DecodedLink): { readonly link: DecodedLink; readonly deck: Deck | null } {
  if (link.deck === "") return { link, deck: null };
  try {
    const { deck, complaints } = parseDeckText(link.deck);
    const [first] = deck.moments;
    const said = [...link.complaints, ...complaints];
    if (first === undefined) return { link: { ...link, complaints: said }, deck };
    const { choices, comparison, moment } = decodeLink(momentFragment(first));
    const way = link.way ?? "present";
    return { link: { ...link, choices, comparison, moment, proofs: [], way, complaints: said }, deck };
  } catch (error) {
    return { link: { ...link, complaints: [...link.complaints, errorMessage(error)] }, deck: null };
  }
}

/**
 * Adds to a change of the page: once the step of a moment that is waited for is there, the page goes to it. A live run of
 * other settings that was on screen before is not the one waited for.
 */
export function withWantedMoment<Change extends Partial<MomentState>>(
  before: MomentState,
  change: Change,
): Change & Partial<MomentState> {
  const after = { ...before, ...change };
  const { wantedMoment: wanted, lanes, origin } = after;
  if (wanted === null || lanes.length === 0 || origin !== "live") return change;
  const isThere = after.stepCount > wanted.step || lanes.every(({ end }) => end !== null);
  const isWaitedFor = change.lanes !== undefined || isOfSettings(after);
  return isThere && isWaitedFor ? { ...change, ...atMoment(wanted, after) } : change;
}

/** Whether the runs on screen are those that the settings ask for. */
function isOfSettings({ lanes, problem, choices, comparison }: MomentState): boolean {
  const headers = lanes.map(({ trace }) => trace.header);
  return areAskedFor(headers, problem?.id ?? null, { choices, comparison });
}

/** The page at the wanted moment, if the recorded runs on screen are those the settings ask for; null otherwise. */
export function recordedMoment(state: MomentState): Partial<MomentState> | null {
  const { wantedMoment: wanted, lanes, origin, runStatus } = state;
  if (wanted === null || lanes.length === 0 || origin !== "recorded" || runStatus !== "none") return null;
  return isOfSettings(state) ? atMoment(wanted, state) : null;
}

/** What is on screen, as a link would say it. */
export function momentOf(state: MomentState): Moment {
  const { shownStep, stageLane, focusLayer, focusKvHead, pinnedPosition, visibleSteps, loopRange } = state;
  return {
    step: shownStep,
    lane: stageLane,
    layer: focusLayer,
    kvHead: focusKvHead,
    pinnedPosition,
    visibleSteps,
    loopRange,
    arrangement: state.arrangement,
    views: state.views,
  };
}

/** The clock goes as far as the longest lane; everything else is about the lane on the stage. */
function atMoment(wanted: Moment, { lanes, stepCount }: MomentState): Partial<MomentState> {
  const stageLane = Math.min(wanted.lane, lanes.length - 1);
  const { layer, kvHead, pinnedPosition, visibleSteps, loopRange } = momentWithin(wanted, lanes[stageLane].trace);
  return {
    wantedMoment: null,
    stageLane,
    shownStep: Math.min(wanted.step, stepCount - 1),
    focusLayer: layer,
    focusKvHead: kvHead,
    pinnedPosition,
    visibleSteps,
    loopRange,
    isFollowing: false,
    isPlaying: false,
  };
}
