// The end of a lesson: the link that a student hands in. It holds the run, the moment on screen and a proof.
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { CopyField } from "../../panels/share/CopyField";
import { pageAddress } from "../../panels/share/pageAddress";
import { momentOf } from "../../state/openedLink";
import type { PageState, PageStore } from "../../state/pageStore";
import { sharedLink, type SharedLink } from "../../state/sharedLink";
import { areAskedFor } from "../../state/recipe";
import { streamAddress } from "../../state/streams/streamAddress";
import { learnWords } from "../../words/en/learn";
import { Prose } from "./Prose";
import "../../styles/shareBody.css";

interface HandInProps {
  readonly store: PageStore;
  readonly lessonId: string;
  /** What to hand in. */
  readonly ask: string;
  /** A stream is on the stage. */
  readonly isStream: boolean;
  readonly openTasks: number;
  readonly onGo: (at: string) => void;
}

const words = learnWords.handIn;

export function HandIn({ store, lessonId, ask, isStream, openTasks, onGo }: HandInProps) {
  const link = useHandInLink(store, lessonId, isStream);
  return (
    <section className="lesson-hand-in" aria-label={words.title}>
      <h3>{words.title}</h3>
      <p>
        <Prose text={ask} onGo={onGo} />
      </p>
      {openTasks > 0 && <p className="muted">{words.open(openTasks)}</p>}
      <CopyField label={words.link} text={link?.address ?? ""} rows={3} isBusy={link === null} />
      {link?.isLong === true && <p className="muted">{words.long}</p>}
      <p className="muted">{words.explain}</p>
    </section>
  );
}

/** The link to what is on screen, made again when that rests; null until it is made. */
function useHandInLink(store: PageStore, lessonId: string, isStream: boolean): SharedLink | null {
  const [link, setLink] = useState<SharedLink | null>(null);
  const key = useStore(store, isStream ? streamKey : handInKey);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      const making = isStream ? streamHandIn(store) : handInLink(store.getState(), lessonId);
      void making.then((made) => {
        if (isCurrent) setLink(made);
      });
    }, 150);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [store, lessonId, isStream, key]);
  return link;
}

/** Changes whenever the link does, but not while the run plays. */
function handInKey(state: PageState): string {
  const { shownStep, stageLane, focusLayer, focusKvHead, pinnedPosition, isPlaying, runStatus, recordedId } = state;
  if (isPlaying || runStatus === "running" || runStatus === "loading") return "moving";
  const settings = JSON.stringify([state.choices, state.comparison]);
  return [shownStep, stageLane, focusLayer, focusKvHead, pinnedPosition, runStatus, recordedId, settings].join();
}

/** The same of a stream. */
function streamKey({ streamFacts }: PageState): string {
  if (streamFacts === null || streamFacts.status === "running" || streamFacts.view.isPlaying) return "moving";
  const { version, view, status } = streamFacts;
  return [version, status, view.seen, view.stageLane, view.head].join();
}

async function streamHandIn(store: PageStore): Promise<SharedLink> {
  const state = (await store.getState().openStreams()).getState();
  return {
    address: await streamAddress({ page: pageAddress(), state, hasMoment: true }),
    isThinned: false,
    isLong: false,
  };
}

function handInLink(state: PageState, lessonId: string): Promise<SharedLink> {
  const { lanes, problem, choices, comparison, isContinued } = state;
  const traces = lanes.map(({ trace }) => trace);
  const headers = traces.map(({ header }) => header);
  const isProvable = !isContinued && areAskedFor(headers, problem?.id ?? null, { choices, comparison });
  return sharedLink({
    page: pageAddress(),
    choices,
    comparison,
    traces: isProvable ? traces : [],
    moment: momentOf(state),
    // Where the page says whether the run came out the same.
    way: "explore",
    lesson: { lesson: lessonId, part: null },
  });
}
