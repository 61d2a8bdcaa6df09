// How a live run streams onto the page: an engine that computes nothing sends the store two steps a frame, with all panels
// on the stage. Measured from the start of a run, and late in a long one.
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { useStore } from "zustand";
import { Panels } from "../src/panels/stage/Panels";
import type { EngineClient } from "../src/engine/client";
import type { EngineEvent } from "../src/engine/protocol";
import { laneOnStage } from "../src/state/shownRuns";
import { createPageStore, type PageStore } from "../src/state/pageStore";
import type { Trace } from "../src/trace/trace";
import type { BenchCase } from "./context";
import { drawnNote, frameColumns, loadStyles, nextFrame, panelsArrived, recordedWalk, watchFrames } from "./benchStage";
import { largeTrace, syntheticTrace } from "./syntheticTrace";

/** More than an engine computes for a model as large as the synthetic trace's. */
const STEPS_PER_FRAME = 2;

export const streamCase: BenchCase = {
  id: "stream",
  run: async (_, { isQuick }) => {
    await loadStyles();
    const frameCount = isQuick ? 40 : 160;
    const recorded = await recordedWalk();
    const large = syntheticTrace(isQuick ? { ...largeTrace, stepCount: 500 } : largeTrace);
    const late = large.steps.length - 2 * frameCount * STEPS_PER_FRAME;
    return {
      title: "Live run streaming onto the page",
      note: `${STEPS_PER_FRAME} steps a frame through the page's store, all panels on a 1440 × 1000 page, the end of the run not known; script = React from the store's change to the committed page; ${drawnNote}`,
      columns: ["trace", "", ...frameColumns],
      rows: [
        ["recorded walk", "from its start", ...(await stream(recorded, 0, frameCount))],
        [`synthetic ${large.steps.length} × 28 × 8`, "from its start", ...(await stream(large, 0, frameCount))],
        [`synthetic ${large.steps.length} × 28 × 8`, `from step ${late}`, ...(await stream(large, late, frameCount))],
      ],
    };
  },
};

/** The first steps come at once, the others frame by frame. */
async function stream(trace: Trace, atOnce: number, frameCount: number): Promise<number[]> {
  let show: (() => void) | null = null;
  const { store, say } = liveStore(trace, (due) => (show = due));
  const sayStep = (step: number): void => {
    const eviction = trace.events.find((event) => event.step === step) ?? null;
    say({ type: "step", run: 1, lane: 0, record: trace.steps[step], eviction });
  };
  /** React's part of showing the events posted so far. */
  const draw = (): number => {
    const before = performance.now();
    flushSync(() => show?.());
    show = null;
    return performance.now() - before;
  };
  const place = document.createElement("div");
  document.body.append(place);
  const root = createRoot(place);
  for (let step = 0; step <= atOnce; step++) sayStep(step);
  flushSync(() => root.render(<LiveStage store={store} />));
  draw();
  // The columns take their widths, the rows their heights, and long figures their first pieces.
  for (let frame = 0; frame < 60; frame++) await nextFrame();
  await panelsArrived();

  const watch = watchFrames();
  const last = Math.min(trace.steps.length - 1, atOnce + frameCount * STEPS_PER_FRAME);
  for (let step = atOnce + 1; step <= last; step += STEPS_PER_FRAME) {
    const before = performance.now();
    for (let said = step; said < step + STEPS_PER_FRAME && said <= last; said++) sayStep(said);
    const scriptMs = draw();
    await nextFrame();
    watch.add(scriptMs, performance.now() - before);
  }
  const figures = await watch.figures();
  root.unmount();
  place.remove();
  return figures;
}

function LiveStage({ store }: { readonly store: PageStore }) {
  const lane = useStore(store, laneOnStage);
  if (lane === null) return null;
  return <Panels store={store} lane={lane} theme="light" expectedTokens={null} marks={[]} />;
}

interface LiveStore {
  readonly store: PageStore;
  /** Posts an event in the engine's place. */
  readonly say: (event: EngineEvent) => void;
}

/** A page whose engine has loaded and started a run; the case posts its events. */
function liveStore(trace: Trace, beforeNextFrame: (show: () => void) => void): LiveStore {
  const nothing = (): void => undefined;
  const silent: EngineClient = {
    ...{ load: nothing, pause: nothing, resume: nothing, advance: nothing, continueRun: nothing },
    ...{ stop: nothing, loseDevice: nothing, dispose: nothing, ask: nothing, watchHeads: nothing },
    startStream: () => 1,
    start: () => 1,
    measureAftermath: () => 1,
  };
  let say: (event: EngineEvent) => void = nothing;
  const store = createPageStore({
    streamModel: { id: "winnow-stream-1m", label: "None", address: "" },
    models: [{ id: "winnow-1m", label: "None", address: "" }],
    createEngine(listener) {
      say = listener;
      return silent;
    },
    beforeNextFrame,
    recordings: { list: () => Promise.resolve([]), load: () => Promise.reject(new Error("none")) },
    isMotionWelcome: false,
  });
  store.getState().setSpeed(Infinity);
  store.getState().run("run");
  const { model, backend } = trace.header;
  say({ type: "ready", model, backend, check: null, notice: null, weightReadBytes: 0 });
  say({ type: "started", run: 1, lane: 0, header: trace.header });
  return { store, say };
}
