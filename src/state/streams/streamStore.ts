// The store of the Streams view: what is chosen, the streams on screen, one per lane, the clock over them, and the engine that
// watches. Apart from the page's store, so that it loads with its view; facts and choices, nothing derived.
import { createStore, type StoreApi } from "zustand/vanilla";
import { MOST_LANES } from "../../engine/protocol";
import type { StreamTexts } from "../../settings/linkContent";
import type { SettingValue } from "../../settings/settingRow";
import { parseStreamTexts } from "../../settings/streamLink";
import {
  firstStream,
  streamLaneTable,
  streamTable,
  withValue,
  type StreamChosen,
  type StreamLaneSettings,
  type StreamSettings,
} from "../../settings/streamSettings";
import { framesSeenBy, type StreamTrace } from "../../trace/stream/streamTrace";
import { createLiveStream } from "./liveStream";
import { chosenOf, withKnownStream } from "./streamRecipe";
import type { LiveStreamActions, StreamLook, StreamsState, StreamSurroundings } from "./streamState";

export interface StreamsActions extends LiveStreamActions {
  readonly choose: (id: keyof StreamSettings, value: SettingValue) => void;
  readonly chooseInLane: (lane: number, id: keyof StreamLaneSettings, value: SettingValue) => void;
  /** A copy of the last lane, to be changed; MOST_LANES at most. */
  readonly addLane: (lane?: Partial<StreamLaneSettings>) => void;
  readonly removeLane: (lane: number) => void;
  readonly chooseAll: (chosen: StreamChosen) => void;
  /** The clock, the frame in the picture, head, lane, answer. */
  readonly lookAt: (look: Partial<StreamLook>) => void;
  readonly playPause: () => void;
  /** What a link says. `mayStart`: one with proofs is watched again if that is quick. */
  readonly openLinked: (texts: StreamTexts, mayStart: boolean) => void;
  /** Streams that were watched elsewhere, side by side; a live one is stopped. Their choices come along. */
  readonly showStreams: (traces: readonly StreamTrace[], isPlaying?: boolean) => void;
}

export type StreamStore = StoreApi<StreamsState & StreamsActions>;

const firstLook: StreamLook = {
  ...{ seen: 0, isFollowing: true, isPlaying: false, frame: null, head: null, stageLane: 0, look: null },
};

const promisedNothing = { promisedProofs: [], verdicts: [] } as const;

export function createStreamStore(surroundings: StreamSurroundings): StreamStore {
  const { tell, digest, model } = surroundings;
  return createStore<StreamsState & StreamsActions>()((set, get) => {
    const live = createLiveStream(surroundings, { set, get });
    const change = (chosen: StreamChosen): void => set({ chosen, ...promisedNothing });

    const showStreams: StreamsActions["showStreams"] = (traces, isPlaying = false) => {
      live.leave();
      const arrived = Math.max(...traces.map(framesSeenBy));
      set({
        ...{ lanes: traces.slice(0, MOST_LANES), version: get().version + 1, arrived, status: "none" },
        ...{ origin: "recorded", chosen: chosenOf(traces, get().chosen), ...promisedNothing },
        view: { ...firstLook, isFollowing: false, isPlaying, seen: isPlaying ? 0 : arrived },
      });
    };

    return {
      ...{ chosen: firstStream, lanes: [], version: 0, status: "none", origin: "recorded", arrived: 0 },
      ...{
        isAsking: false,
        view: firstLook,
        framesPerSecond: 4,
        engine: null,
        isChecking: false,
        loadedBytes: 0,
        totalBytes: null,
      },
      ...promisedNothing,
      ...live.actions,
      choose(id, value) {
        const { shared, lanes } = get().chosen;
        // The visitor's own questions were about another stream.
        const kept = id === "stream" && value !== shared.stream ? withValue(streamTable, shared, "asked", "") : shared;
        change({ shared: withValue(streamTable, kept, id, value), lanes });
      },
      chooseInLane(lane, id, value) {
        const { shared, lanes } = get().chosen;
        const changed = lanes.map((own, at) => (at === lane ? withValue(streamLaneTable, own, id, value) : own));
        change({ shared, lanes: changed });
      },
      addLane(lane) {
        const { shared, lanes } = get().chosen;
        if (lanes.length < MOST_LANES) change({ shared, lanes: [...lanes, lane ?? { ...lanes.at(-1) }] });
      },
      removeLane(lane) {
        const { shared, lanes } = get().chosen;
        if (lanes.length > 1) change({ shared, lanes: lanes.filter((_, at) => at !== lane) });
      },
      chooseAll: change,
      lookAt(look) {
        const { view, arrived } = get();
        const isMove = look.seen !== undefined;
        const seen = Math.min(arrived, Math.max(0, look.seen ?? view.seen));
        set({ view: { ...view, ...(isMove && { isFollowing: false, isPlaying: false, frame: null }), ...look, seen } });
      },
      playPause() {
        const { status, view, arrived } = get();
        if (status === "running" && view.isFollowing) get().pause();
        else if (status === "paused" && view.isFollowing) get().resume();
        else if (view.isPlaying) set({ view: { ...view, isPlaying: false } });
        else set({ view: { ...view, isPlaying: true, frame: null, seen: view.seen >= arrived ? 0 : view.seen } });
      },
      openLinked(texts, mayStart) {
        const { chosen: linked, revision, proofs, place, complaints } = parseStreamTexts(texts);
        const { chosen, complaint: unknown } = withKnownStream(linked);
        set({ chosen, promisedProofs: proofs, verdicts: [] });
        for (const complaint of [...complaints, ...(unknown === null ? [] : [unknown])]) tell("warning", complaint);
        if (revision !== null && digest !== null && revision !== digest.slice(0, 8)) {
          tell(
            "warning",
            `The link was made with other weights of ${model.label} (revision ${revision}; this page has ` +
              `${digest.slice(0, 8)}): its stream may come out differently here.`,
          );
        }
        live.waitFor(place);
        if (mayStart && proofs.some((proof) => proof !== "")) live.startIfCheap();
      },
      showStreams,
    };
  });
}
