// The store of the Streams view with a real engine and a tiny model, driven as the view drives it.
import { describe, expect, it } from "vitest";
import { streamFacts, streamReference, streamSource } from "../../engine/stream/streamBench.testing";
import type { StreamChosen } from "../../settings/streamSettings";
import { hostEngines } from "../hostedEngine.testing";
import { readLink } from "../sharedLink";
import { streamAddress } from "./streamAddress";
import { areWatched, chosenOf, streamRequest } from "./streamRecipe";
import { createStreamStore, type StreamStore } from "./streamStore";
import type { StreamsState } from "./streamState";

const short: StreamChosen = {
  shared: { stream: "stream-16x3-4", questionCount: 3, backend: "cpu" },
  lanes: [{}, { policyId: "window", capFrames: 4 }],
};

interface DrivenStreams {
  readonly store: StreamStore;
  readonly said: string[];
  readonly asked: () => readonly string[];
  readonly until: (isSo: (state: StreamsState) => boolean) => Promise<StreamsState>;
}

function driveStreams(chosen = short): DrivenStreams {
  const engines = hostEngines(streamSource);
  const said: string[] = [];
  const store = createStreamStore({
    ...{ model: streamReference, digest: "f".repeat(64), createEngine: engines.createEngine },
    beforeNextFrame: (show) => setTimeout(show),
    tell: (_level, text) => said.push(text),
  });
  store.getState().chooseAll(chosen);
  return {
    ...{ store, said, asked: () => engines.sent.map(({ type }) => type).filter((type) => type !== "credit") },
    until: (isSo) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isSo(store.getState())) return;
          end();
          resolve(store.getState());
        };
        const end = store.subscribe(look);
        queueMicrotask(look);
      }),
  };
}

async function watched(chosen = short): Promise<DrivenStreams & { readonly state: StreamsState }> {
  const driven = driveStreams(chosen);
  driven.store.getState().run("atOnce");
  return { ...driven, state: await driven.until(({ status }) => status === "ended") };
}

describe("watching a stream", () => {
  it("loads the model once, shows every lane to its end, and follows the camera", async () => {
    const driven = driveStreams();
    driven.store.getState().prepare();
    await driven.until(({ engine }) => engine !== null);
    driven.store.getState().run("atOnce");
    const { lanes, arrived, view, version } = await driven.until(({ status }) => status === "ended");
    expect(driven.asked()).toEqual(["load", "startStream"]);
    expect(lanes.map(({ end }) => end)).toEqual(["whole", "whole"]);
    expect(lanes.map(({ answers }) => answers.length)).toEqual([3, 3]);
    expect(lanes.map(({ header }) => header.slotCapacity)).toEqual([1 + 8 * 26, 1 + 4 * 26]);
    expect([arrived, view.seen]).toEqual([16, 16]);
    expect(version).toBeGreaterThan(0);
    expect(driven.said).toEqual([]);
  });

  it("says on which machine a model runs that came before it was asked for, once it is watched", async () => {
    const { store, said, until } = driveStreams({ ...short, shared: { ...short.shared, backend: "gpu" } });
    store.getState().prepare();
    await until(({ engine }) => engine !== null);
    expect(said).toEqual([]);
    store.getState().run("atOnce");
    await until(({ status }) => status === "ended");
    expect(said).toEqual(["No GPU was found. The CPU decodes instead."]);
  });

  it("keeps the camera to its pace, block by block when stepped, and to the end when asked", async () => {
    const { store, until } = driveStreams();
    store.getState().run("run");
    await until(({ status }) => status === "running");
    const clock = setInterval(() => store.getState().advanceClock(50), 1);
    const { arrived: first } = await until(({ arrived }) => arrived >= 2);
    clearInterval(clock);
    expect(first).toBe(2);
    store.getState().pause();
    const { arrived: paused } = await until(({ status }) => status === "paused");
    store.getState().stepBlock();
    await until(({ arrived, status }) => arrived === paused + 2 && status === "paused");
    store.getState().lookAt({ seen: 1 });
    expect(store.getState().view).toMatchObject({ seen: 1, isFollowing: false });
    store.getState().finish();
    const { arrived, view } = await until(({ status }) => status === "ended");
    expect([arrived, view.seen]).toEqual([16, 1]);
    store.getState().playPause();
    store.getState().advanceClock(1000);
    expect(store.getState().view).toMatchObject({ seen: 5, isPlaying: true });
  });

  it("asks what is typed in every lane, judges it by the frames, and remembers it", async () => {
    const { store, until } = await watched();
    store.getState().ask("how many times was the lamp lit");
    expect(store.getState().isAsking).toBe(true);
    const { lanes, chosen } = await until(({ isAsking, lanes: [lane] }) => !isAsking && lane.answers.length === 4);
    for (const { answers } of lanes) {
      const { asked, isRight, words } = answers[3];
      expect(asked).toMatchObject({ type: null, moment: 16, question: "? how many times was the lamp lit :" });
      expect(asked.answer).toMatch(/^(none|one|two|three|four)$/);
      expect(isRight).toBe(words.join(" ") === `${String(asked.answer)} <eos>`);
    }
    expect(chosen.shared.asked).toBe("16 how many times was the lamp lit");
    store.getState().ask("why");
    await until(({ isAsking }) => !isAsking);
  });

  it("waits for no answer once something else is shown", async () => {
    const { store, state } = await watched();
    store.getState().ask("who carried the parcel");
    store.getState().showStreams(state.lanes);
    expect(store.getState().isAsking).toBe(false);
  });

  it("opens a link whose stream cannot be drawn with the usual one, and says so", () => {
    const { store, said } = driveStreams();
    store.getState().openLinked({ stream: "id:stream-2x3-1,questions:2", lanes: ["M:4"], proofs: [], at: "" }, true);
    expect(store.getState().chosen).toEqual({ shared: { questionCount: 2 }, lanes: [{ capFrames: 4 }] });
    expect(said).toEqual([expect.stringContaining("There is no stream “stream-2x3-1”")]);
  });

  it("says why there is nothing to watch", () => {
    const { store, said } = driveStreams({ shared: { questionCount: 0 }, lanes: [{ policyId: "snapkv" }] });
    store.getState().run("run");
    expect(said).toEqual(["SnapKV compresses by question 1: ask one question at least."]);
    expect(store.getState().status).toBe("none");
  });
});

describe("a stream that was watched", () => {
  it("is watched again from its link with the same answers and survivors, questions of one’s own too", async () => {
    const first = await watched();
    first.store.getState().ask("? who carried the parcel :");
    const { lanes, chosen } = await first.until(({ lanes: [, lane] }) => lane.answers.length === 4);
    expect(areWatched(chosen, lanes)).toBe(true);
    first.store.getState().lookAt({ seen: 9, stageLane: 1, head: 2 });
    const address = await streamAddress({ page: "https://here/", state: first.store.getState(), hasMoment: true });
    const link = await readLink(address.replace("https://here/#", ""));
    const again = driveStreams();
    expect(link).toMatchObject({ way: "streams", complaints: [] });
    if (link.stream === null) throw new Error("the link has no stream");
    again.store.getState().openLinked(link.stream, true);
    const { verdicts, view } = await again.until(({ status, verdicts: all }) => status === "ended" && all.length > 0);
    expect(verdicts).toMatchObject([{ type: "reproduced", answerCount: 4 }, { type: "reproduced" }]);
    expect(view).toMatchObject({ seen: 9, stageLane: 1, head: 2 });
    expect(chosenOf(lanes, chosen)).toEqual(chosen);
    // The store was told of other weights than the engine's.
    expect(again.said).toEqual([expect.stringContaining("other weights")]);
  });

  it("is not held against the proofs of a link that was opened while it went on", async () => {
    const driven = driveStreams();
    driven.store.getState().run("atOnce");
    await driven.until(({ status }) => status === "running");
    driven.store.getState().openLinked({ stream: "", lanes: [], proofs: ["of another stream"], at: "" }, false);
    await driven.until(({ status }) => status === "ended");
    await new Promise((resolve) => setTimeout(resolve));
    expect(driven.store.getState().verdicts).toEqual([]);
  });

  it("is shown without an engine, with its choices, and can be asked: then it is watched anew", async () => {
    const { state } = await watched();
    const elsewhere = driveStreams({ shared: { backend: "cpu" }, lanes: [{}] });
    elsewhere.store.getState().showStreams(state.lanes);
    expect(elsewhere.asked()).toEqual([]);
    expect(elsewhere.store.getState()).toMatchObject({ chosen: short, arrived: 16, origin: "recorded" });
    elsewhere.store.getState().lookAt({ seen: 10 });
    elsewhere.store.getState().ask("where lay the parcel last");
    const { lanes } = await elsewhere.until(({ status }) => status === "ended");
    expect(lanes[0].answers.some(({ asked }) => asked.moment === 10 && asked.type === null)).toBe(true);
    expect(streamFacts(lanes[1])).not.toEqual(streamFacts(state.lanes[1]));
  });

  it("is compressed by the same question 1, whatever is asked by hand", () => {
    const known = (asked: string) =>
      streamRequest({ shared: { ...short.shared, asked }, lanes: [{ policyId: "snapkv" }] }).lanes[0].knownQuestion;
    expect(known("1 who carried the parcel")).toBe(known(""));
    expect(known("")).toMatch(/^\? .* :$/);
  });

  it("gives back choices of every kind", () => {
    const chosen: StreamChosen = {
      shared: { stream: "stream-40x0-pans-9", moments: "end", questionCount: 2, asked: "7 who carried the parcel" },
      lanes: [
        { policyId: "full" },
        { policyId: "tar", keepShare: 0.5, blockFrames: 1 },
        { pooling: "7-5-3-1", isRenumbered: false, seed: 3, temporalShare: 0.2 },
      ],
    };
    const { lanes, frames } = streamRequest(chosen);
    const model = { layerCount: 1, kvHeadCount: 1 };
    const traces = lanes.map((recipe) => ({ header: { recipe, model, frames }, answers: [], blocks: [] }));
    expect(chosenOf(traces as never, chosen)).toEqual(chosen);
  });
});
