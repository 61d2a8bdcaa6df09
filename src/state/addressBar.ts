// The address follows the experiment: each one that was run or opened is an entry of the browser's history, and settings
// tried out in between replace one entry, so that a slider does not flood it.
import { encodeLink } from "../settings/link";
import { firstStreamTexts } from "../settings/linkContent";
import type { PageState, PageStore } from "./pageStore";
import { isStreamInView } from "./view";

/** What is used of a window. */
export interface AddressWindow {
  /** Path and query, without a fragment. */
  readonly page: () => string;
  readonly fragment: () => string;
  readonly push: (address: string) => void;
  readonly replace: (address: string) => void;
  /** Calls back when a person goes back, forward, or to another fragment; returns what ends that. */
  readonly onVisit: (listener: () => void) => () => void;
}

/** Returns what ends it. */
export function followAddress(store: PageStore, address: AddressWindow): () => void {
  // Whether the present entry was run or opened: the next change then begins a new one.
  let isSettled = true;
  let isVisiting = false;
  let visitCount = 0;

  const write = (state: PageState): void => {
    const fragment = fragmentOf(state);
    const written = fragment === "" ? address.page() : `${address.page()}#${fragment}`;
    if (isSettled) address.push(written);
    else address.replace(written);
    isSettled = false;
  };
  const visit = (): void => {
    const visited = ++visitCount;
    isVisiting = true;
    // The address of a first visit, which says nothing.
    if (/^#?$/.test(address.fragment())) store.getState().go("watch");
    void store
      .getState()
      .openLink(address.fragment(), true)
      .finally(() => {
        // A person who goes back quickly visits the next entry before this one's link is unpacked.
        if (visited !== visitCount) return;
        isVisiting = false;
        isSettled = true;
      });
  };
  const endVisits = address.onVisit(visit);
  const endChanges = store.subscribe((state, before) => {
    if (isVisiting) return;
    const isOfStream = isStreamInView(state);
    const isElsewhere =
      state.way !== before.way ||
      isOfStream !== isStreamInView(before) ||
      (state.way === "learn" && state.lesson !== before.lesson);
    if (isElsewhere) isSettled = true;
    const isChanged = state.choices !== before.choices || state.comparison !== before.comparison;
    const isOtherStream = isOfStream && state.streamTexts !== before.streamTexts;
    // A lesson brings its own runs: its address says no more than the place in it. So does a stream.
    const isOfText = !isInLesson(state) && !isOfStream;
    if (isElsewhere || (isChanged && isOfText) || isOtherStream) write(state);
    if (state.runStatus === "loading" && before.runStatus !== "loading") isSettled = true;
  });
  return () => {
    endVisits();
    endChanges();
  };
}

/** The experiment as the address bar holds it: the proofs of a link stay with its settings. */
function fragmentOf({
  choices,
  comparison,
  promisedProofs,
  way,
  lesson,
  streamTexts,
  isWatchingStream,
}: Pick<
  PageState,
  "choices" | "comparison" | "promisedProofs" | "way" | "lesson" | "streamTexts" | "isWatchingStream"
>): string {
  if (isInLesson({ way, lesson })) return encodeLink({ way, lesson });
  if (isStreamInView({ way, isWatchingStream })) return encodeLink({ way, stream: streamTexts ?? firstStreamTexts });
  const experiment = { choices, comparison, proofs: promisedProofs };
  const isFirstVisit = way === "watch" && encodeLink(experiment) === "";
  return encodeLink({ ...experiment, way: isFirstVisit ? null : way });
}

function isInLesson({ way, lesson }: Pick<PageState, "way" | "lesson">): boolean {
  return way === "learn" && lesson !== null;
}

export function browserAddress(): AddressWindow {
  return patientAddress(windowAddress(), (act) => setTimeout(act, RETRY_MS));
}

const RETRY_MS = 1000;

/**
 * Firefox and Safari throw where an address changes too often, as under a slider that is dragged for seconds. The newest one
 * is then written later.
 */
export function patientAddress(bar: AddressWindow, later: (act: () => void) => void): AddressWindow {
  let due: { readonly isNew: boolean; readonly address: string } | null = null;
  const writeDue = (): void => {
    if (due === null) return;
    const { isNew, address } = due;
    try {
      if (isNew) bar.push(address);
      else bar.replace(address);
      due = null;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      later(writeDue);
    }
  };
  const write = (isNew: boolean, address: string): void => {
    const isWaiting = due !== null;
    due = { isNew: isNew || due?.isNew === true, address };
    if (!isWaiting) writeDue();
  };
  return {
    ...bar,
    push: (address) => write(true, address),
    replace: (address) => write(false, address),
    onVisit: (listener) =>
      bar.onVisit(() => {
        due = null;
        listener();
      }),
  };
}

function windowAddress(): AddressWindow {
  return {
    page: () => window.location.pathname + window.location.search,
    fragment: () => window.location.hash,
    push: (address) => window.history.pushState(null, "", address),
    replace: (address) => window.history.replaceState(null, "", address),
    onVisit(listener) {
      window.addEventListener("popstate", listener);
      return () => window.removeEventListener("popstate", listener);
    },
  };
}
