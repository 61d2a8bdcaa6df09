// The page's door to the Streams view: its store loads when it is first opened, and what a link says of a stream waits here until then.
import type { ModelReference } from "../../engine/protocol";
import type { StreamTexts } from "../../settings/linkContent";
import { shippedStreamModel } from "../../settings/shippedModels";
import type { Tell } from "../notices";
import type { StreamsState, StreamSurroundings } from "./streamState";
import type { StreamStore } from "./streamStore";

export interface StreamsDoorState {
  /** The stream as the address says it; null before the view was opened, or where the link has none. */
  readonly streamTexts: StreamTexts | null;
  /** What is on screen there, for lessons; null before the view was opened. */
  readonly streamFacts: StreamFacts | null;
}

export type StreamFacts = Pick<StreamsState, "lanes" | "version" | "status" | "view">;

export const initialStreamsDoor: StreamsDoorState = { streamTexts: null, streamFacts: null };

export interface StreamsDoorActions {
  /** The store of the view: one for the page. Rejects where its code cannot be loaded; the next call tries again. */
  readonly openStreams: () => Promise<StreamStore>;
  /** What a link says of a stream, now or once the view is there. */
  readonly openStreamLink: (texts: StreamTexts, mayStart: boolean) => void;
}

export interface DoorSurroundings extends Pick<StreamSurroundings, "createEngine" | "beforeNextFrame"> {
  readonly streamModel: ModelReference;
}

interface DoorAccess {
  readonly set: (change: Partial<StreamsDoorState>) => void;
  readonly tell: Tell;
}

export function createStreamsDoor(
  { streamModel, createEngine, beforeNextFrame }: DoorSurroundings,
  { set, tell }: DoorAccess,
): StreamsDoorActions {
  let opening: Promise<StreamStore> | null = null;
  let opened: StreamStore | null = null;
  let waiting: { readonly texts: StreamTexts; readonly mayStart: boolean } | null = null;

  const open = async (): Promise<StreamStore> => {
    const [{ createStreamStore }, { streamTexts }] = await Promise.all([
      import("./streamStore"),
      import("../../settings/streamLink"),
    ]);
    const { digest } = shippedStreamModel;
    const store = createStreamStore({ model: streamModel, digest, createEngine, beforeNextFrame, tell });
    if (waiting !== null) store.getState().openLinked(waiting.texts, waiting.mayStart);
    waiting = null;
    const follow = (): void => {
      const { chosen, promisedProofs } = store.getState();
      set({ streamTexts: streamTexts({ chosen, revision: null, proofs: promisedProofs, place: null }) });
    };
    follow();
    store.subscribe((state, before) => {
      if (state.version !== before.version || state.view !== before.view || state.status !== before.status) {
        const { lanes, version, view, status } = state;
        set({ streamFacts: { lanes, version, view, status } });
      }
      if (state.chosen !== before.chosen || state.promisedProofs !== before.promisedProofs) follow();
    });
    opened = store;
    return store;
  };

  return {
    openStreams() {
      opening ??= open().catch((error: unknown) => {
        opening = null;
        throw error;
      });
      return opening;
    },
    openStreamLink(texts, mayStart) {
      set({ streamTexts: texts });
      if (opened === null) waiting = { texts, mayStart };
      else opened.getState().openLinked(texts, mayStart);
    },
  };
}
