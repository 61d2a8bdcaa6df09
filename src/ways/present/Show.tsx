// The show: stage, caption and a thin clock on a full screen, for a projector. Where the browser refuses full screen, it
// fills the window. Its tools appear when the pointer moves.
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { isUnderWay } from "../../state/shownRuns";
import { placeOf, type DeckMoment, type Shows } from "../../state/deck";
import { presentWords as words } from "../../words/en/present";
import { Caption } from "../watch/Caption";
import type { WayProps } from "../wayProps";
import { momentName } from "./addMoment";
import { MomentStage } from "./MomentStage";
import { ShowClock } from "./ShowClock";
import { Spotlight } from "./Spotlight";
import type { WalkState } from "./walk";

export interface ShowActs {
  /** By so many moments. */
  readonly onStep: (by: number) => void;
  readonly onLeave: () => void;
  readonly onSpotlight: () => void;
  readonly onBlack: () => void;
  readonly onNotes: () => void;
  readonly onFullScreen: () => void;
}

interface ShowProps extends ShowActs {
  readonly page: WayProps;
  readonly shows: Shows;
  readonly moments: readonly DeckMoment[];
  /** Null: the page as it is, before the deck. */
  readonly place: number | null;
  readonly card: WalkState["card"];
  readonly isSpotlit: boolean;
  readonly isBlack: boolean;
  readonly isFullScreenRefused: boolean;
  readonly isNotesBlocked: boolean;
}

export function Show(props: ShowProps) {
  const { page, shows, moments, place, card, isSpotlit, isBlack, isFullScreenRefused, isNotesBlocked, ...acts } = props;
  const { store, shown } = page;
  const isStirred = useStirring();
  const pinned = useStore(store, (state) => state.pinnedPosition);
  const moment = place === null ? null : (moments.at(place) ?? null);
  const deckNote = place === null ? (moments.length === 0 ? words.noDeck : words.onlyPresent(moments.length)) : null;
  const note = isNotesBlocked ? words.notesBlocked : isFullScreenRefused ? words.noFullScreen : deckNote;
  useShowMark();
  // A pointer that was left on the decision holds it no longer.
  const { hold } = store.getState();
  useEffect(() => {
    if (!isStirred) hold(false);
  }, [isStirred, hold]);
  return (
    <div className="show" data-stirred={isStirred} data-spotlit={isSpotlit} data-card={card !== null}>
      <div className="show-caption">
        <Caption {...page} length="projector" />
      </div>
      <div className="show-stage">
        <MomentStage {...page} shows={shows} />
      </div>
      {shown !== null && <ShowClock store={store} lane={shown.lane} shows={shows} />}
      {card !== null && moment !== null && place !== null && (
        <TitleCard page={page} moment={moment} number={place + 1} count={moments.length} card={card} />
      )}
      {isSpotlit && <Spotlight pinned={pinned} />}
      {isBlack && <button type="button" className="show-black" aria-label={words.blackLabel} onClick={acts.onBlack} />}
      <ShowBar
        {...acts}
        place={place}
        count={moments.length}
        isSpotlit={isSpotlit}
        isFullScreenRefused={isFullScreenRefused}
      />
      {note !== null && <p className="show-note">{note}</p>}
      <p className="visually-hidden" role="status">
        {moment === null || place === null
          ? ""
          : `${words.placeOf({ number: place + 1, count: moments.length })}: ${momentName(moment)}`}
      </p>
    </div>
  );
}

interface ShowBarProps extends ShowActs {
  readonly place: number | null;
  readonly count: number;
  readonly isSpotlit: boolean;
  readonly isFullScreenRefused: boolean;
}

function ShowBar({ place, count, isSpotlit, isFullScreenRefused, ...acts }: ShowBarProps) {
  const at = place ?? -1;
  return (
    <div
      className="show-bar"
      role="toolbar"
      aria-label={words.deck}
      // A button that was clicked leaves Space to the clock.
      onPointerUp={(event) => {
        if (event.target instanceof HTMLElement) event.target.blur();
      }}
    >
      {count > 0 && (
        <>
          <button
            type="button"
            aria-label={words.previous}
            title={words.previousTip}
            disabled={at <= 0}
            onClick={() => acts.onStep(-1)}
          >
            ◀
          </button>
          <span className="show-place">
            {place === null ? words.momentCount(count) : words.placeOf({ number: place + 1, count })}
          </span>
          <button
            type="button"
            aria-label={words.next}
            title={words.nextTip}
            disabled={at >= count - 1}
            onClick={() => acts.onStep(1)}
          >
            ▶
          </button>
        </>
      )}
      <button type="button" title={words.spotlightTip} aria-pressed={isSpotlit} onClick={acts.onSpotlight}>
        {words.spotlight}
      </button>
      <button type="button" title={words.blackTip} onClick={acts.onBlack}>
        {words.black}
      </button>
      <button type="button" title={words.notesWindowTip} onClick={acts.onNotes}>
        {words.notesWindow}
      </button>
      {isFullScreenRefused && (
        <button type="button" title={words.fullScreenTip} onClick={acts.onFullScreen}>
          {words.fullScreen}
        </button>
      )}
      <button type="button" title={words.leaveTip} onClick={acts.onLeave}>
        {words.leave}
      </button>
    </div>
  );
}

interface TitleCardProps {
  readonly page: WayProps;
  readonly moment: DeckMoment;
  readonly number: number;
  readonly count: number;
  readonly card: NonNullable<WalkState["card"]>;
}

/** What comes next, while its run is opened or made. */
export function TitleCard({ page: { store }, moment, number, count, card }: TitleCardProps) {
  const steps = useStore(store, (state) => (isUnderWay(state.runStatus) ? state.stepCount : 0));
  const isModelLoading = useStore(store, (state) => state.totalBytes !== null);
  const state = card.hasFailed
    ? words.failed
    : card.source === "opened"
      ? words.opening
      : isModelLoading
        ? words.loadingModel
        : words.running({ steps, wanted: placeOf(moment).step });
  return (
    <div className="title-card">
      <p className="title-card-number">{words.placeOf({ number, count })}</p>
      <p className="title-card-title">{moment.title}</p>
      <p className="title-card-state">{state}</p>
    </div>
  );
}

/** How long the tools stay after the pointer has moved. */
const STIRRED_MS = 3500;

/** True for a while after the pointer moved or was pressed, and at first. */
function useStirring(): boolean {
  const [isStirred, setStirred] = useState(true);
  useEffect(() => {
    let timer = setTimeout(rest, STIRRED_MS);
    function rest(): void {
      setStirred(false);
    }
    function stir(): void {
      clearTimeout(timer);
      timer = setTimeout(rest, STIRRED_MS);
      setStirred(true);
    }
    window.addEventListener("pointermove", stir);
    window.addEventListener("pointerdown", stir);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointermove", stir);
      window.removeEventListener("pointerdown", stir);
    };
  }, []);
  return isStirred;
}

/** Takes everything else of the page away. */
function useShowMark(): void {
  useEffect(() => {
    document.documentElement.dataset.show = "";
    return () => {
      delete document.documentElement.dataset.show;
    };
  }, []);
}
