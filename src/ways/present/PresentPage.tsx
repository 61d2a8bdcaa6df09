// Present: a deck of moments, prepared on its desk and shown on a full screen. Both walk the deck the same way.
import { useCallback, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { loadRecordedRun } from "../../state/recordings";
import type { PageStore } from "../../state/pageStore";
import type { WayProps } from "../wayProps";
import { showsOf } from "./addMoment";
import { Desk } from "./Desk";
import { NotesWindow, useNotesWindow } from "./NotesWindow";
import "./present.css";
import { presentAct, takerOf, type PresentAct } from "./presentKeys";
import { Show } from "./Show";
import { useFullScreen } from "./useFullScreen";
import { createWalk, type Walk } from "./walk";

export function PresentPage(props: WayProps) {
  const { store } = props;
  const [deck] = useStore(store, (state) => state.decks);
  const momentPlace = useStore(store, (state) => state.momentPlace);
  const isShow = useStore(store, (state) => state.showFrom !== null);
  const walk = useWalk(store);
  const { isAtMoment, card } = useStore(walk.state);
  const [isSpotlit, setSpotlit] = useState(false);
  const [isBlack, setBlack] = useState(false);
  const [startedMs, setStartedMs] = useState<number | null>(null);
  const { endShow } = store.getState();
  const fullScreen = useFullScreen(isShow, endShow);
  const { ask } = fullScreen;

  const step = useCallback(
    (by: number) => {
      setBlack(false);
      const { decks, momentPlace: at } = store.getState();
      const count = decks[0].moments.length;
      // Before the deck was entered, the next moment is the one that was shown last.
      const next = at === null ? 0 : walk.state.getState().isAtMoment ? at + by : at;
      if (next >= 0 && next < count) walk.goTo(next);
    },
    [store, walk],
  );
  const start = useCallback(() => {
    const { decks, momentPlace: at, startShow } = store.getState();
    setStartedMs((before) => before ?? Date.now());
    startShow();
    if (decks[0].moments.length > 0 && !walk.state.getState().isAtMoment) walk.goTo(at ?? 0);
  }, [store, walk]);
  const acts = useMemo((): Readonly<Record<PresentAct, () => void>> => {
    const { go } = store.getState();
    return {
      next: () => step(1),
      previous: () => step(-1),
      first: () => walk.goTo(0),
      last: () => walk.goTo(store.getState().decks[0].moments.length - 1),
      black: () => setBlack((is) => !is),
      spotlight: () => setSpotlit((is) => !is),
      fullScreen: ask,
      start,
      leave() {
        if (store.getState().showFrom !== null) endShow();
        else go(store.getState().wayBefore);
      },
    };
  }, [store, walk, step, start, ask, endShow]);
  const onKey = useCallback(
    (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open], [role=menu], [role=dialog]") !== null) return;
      const act = presentAct(pressOf(event), store.getState().showFrom !== null);
      if (act === null) return;
      event.preventDefault();
      event.stopPropagation();
      acts[act]();
    },
    [store, acts],
  );
  const notes = useNotesWindow(onKey);
  useEffect(() => {
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, [onKey]);
  useShowEnds(isShow, { setBlack, setSpotlit, setStartedMs });
  useDueMoment(store, walk);

  const place = isAtMoment && momentPlace !== null && momentPlace < deck.moments.length ? momentPlace : null;
  const own = useStore(store, showsOf);
  const shows = place === null ? own : deck.moments[place].shows;
  return (
    <>
      {isShow ? (
        <Show
          page={props}
          shows={shows}
          moments={deck.moments}
          place={place}
          card={card}
          isSpotlit={isSpotlit}
          isBlack={isBlack}
          isFullScreenRefused={fullScreen.isRefused}
          isNotesBlocked={notes.isBlocked}
          onStep={step}
          onLeave={acts.leave}
          onSpotlight={acts.spotlight}
          onBlack={acts.black}
          onNotes={notes.open}
          onFullScreen={ask}
        />
      ) : (
        <Desk page={props} shows={shows} place={place} card={card} onGo={walk.goTo} onStart={start} notes={notes} />
      )}
      <NotesWindow
        notes={notes}
        deck={deck}
        place={place}
        startedMs={startedMs}
        onGo={walk.goTo}
        onReset={() => setStartedMs(Date.now())}
      />
    </>
  );
}

function pressOf({ key, altKey, ctrlKey, metaKey, shiftKey, target }: KeyboardEvent): Parameters<typeof presentAct>[0] {
  return { key, altKey, ctrlKey, metaKey, shiftKey, taker: takerOf(target) };
}

function useWalk(store: PageStore): Walk {
  const [walk] = useState(() =>
    createWalk(store, {
      loadRun: loadRecordedRun,
      isMotionWelcome: () => !document.hidden && !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    }),
  );
  useEffect(() => () => walk.stop(), [walk]);
  return walk;
}

interface ShowSetters {
  readonly setBlack: (is: boolean) => void;
  readonly setSpotlit: (is: boolean) => void;
  readonly setStartedMs: (set: (before: number | null) => number | null) => void;
}

/** The show begins with its clock, and leaves nothing dark. */
function useShowEnds(isShow: boolean, { setBlack, setSpotlit, setStartedMs }: ShowSetters): void {
  useEffect(() => {
    if (!isShow) return;
    setStartedMs((before) => before ?? Date.now());
    return () => {
      setBlack(false);
      setSpotlit(false);
    };
  }, [isShow, setBlack, setSpotlit, setStartedMs]);
}

/** The moment that a link brought, once the recordings that may hold its run are known. */
function useDueMoment(store: PageStore, walk: Walk): void {
  const duePlace = useStore(store, (state) => state.duePlace);
  const isLoading = useStore(store, (state) => state.isRecordedRunLoading);
  useEffect(() => {
    if (duePlace !== null && !isLoading) walk.goTo(duePlace);
  }, [walk, duePlace, isLoading]);
}
