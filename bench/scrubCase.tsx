// How fast the page's panels follow the clock: a recorded run and a trace of the largest supported size, played, dragged and
// scrubbed, with the stage at its top and scrolled to its second row. Rows out of sight rest, as they do on the page.
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { Panels } from "../src/panels/stage/Panels";
import { panelsAway } from "../src/panels/panelKinds";
import { hashUniform } from "../src/lib/random";
import { initialArrangement, panelNames, type PanelName } from "../src/state/arrangement";
import { laneRunOf, onClock } from "../src/state/shownRuns";
import { createPageStore, type PageStore } from "../src/state/pageStore";
import type { Trace } from "../src/trace/trace";
import type { BenchCase } from "./context";
import {
  drawnNote,
  frameColumns,
  loadStyles,
  nextFrame,
  panelsArrived,
  recordedWalk,
  watchFrames,
  type FrameWatch,
} from "./benchStage";
import { largeTrace, longTrace, makeLean, syntheticTrace } from "./syntheticTrace";

export const scrubCase: BenchCase = {
  id: "scrub",
  run: async (_, { isQuick }) => {
    await loadStyles();
    const frameCount = isQuick ? 40 : 240;
    const recorded = await recordedWalk();
    const large = syntheticTrace(isQuick ? { ...largeTrace, stepCount: 500 } : largeTrace);
    const long = makeLean(syntheticTrace(isQuick ? { ...longTrace, stepCount: 1000 } : longTrace));
    const rows = [];
    for (const [label, trace] of [
      ["recorded walk", recorded],
      [`synthetic ${large.steps.length} × 28 × 8`, large],
      [`lean ${long.steps.length} × 28 × 8`, long],
    ] as const) {
      const last = trace.steps.length - 1;
      const start = Math.floor(last / 2);
      const moves = {
        played: (frame: number) => (start + frame) % last,
        dragged: (frame: number) => thereAndBack(Math.round((frame * last) / FRAMES_OF_A_DRAG), last),
        scrubbed: (frame: number) => Math.floor(hashUniform(1, 2, frame) * last),
      };
      for (const [place, topRow] of [
        ["top of the page", 0],
        ["second row", 1],
      ] as const) {
        for (const [way, stepOf] of Object.entries(moves)) {
          const figures = await measure(trace, frameCount, stepOf, { topRow, onlyPanel: null });
          rows.push([label, `${way}, ${place}`, ...figures]);
        }
      }
      for (const onlyPanel of panelNames.filter((name) => !panelsAway([{ trace }]).includes(name))) {
        const figures = await measure(trace, frameCount / 4, moves.played, { topRow: 0, onlyPanel });
        rows.push([label, `played, ${onlyPanel} alone`, ...figures]);
      }
    }
    return {
      title: "Panels following the clock",
      note: `what is in sight of a 1440 × 1000 page that begins with the stage; dragged = over the whole run in two seconds, scrubbed = to another place in every frame; script = React from the step to the committed page; a frame at 60 Hz has 16.7 ms; ${drawnNote}`,
      columns: ["trace", "", ...frameColumns],
      rows,
    };
  },
};

/** Two seconds: as fast as a hand drags the cursor over the timeline. */
const FRAMES_OF_A_DRAG = 120;

/** The place of a walk back and forth between 0 and the last step, after `walked` steps. */
function thereAndBack(walked: number, last: number): number {
  const at = walked % (2 * last);
  return at <= last ? at : 2 * last - at;
}

interface OnStage {
  /** Row of panels to which the page is scrolled. */
  readonly topRow: number;
  /** Hides all other panels; null hides none. */
  readonly onlyPanel: PanelName | null;
}

async function measure(
  trace: Trace,
  frameCount: number,
  stepOf: (frame: number) => number,
  { topRow, onlyPanel }: OnStage,
): Promise<number[]> {
  const place = document.createElement("div");
  document.body.append(place);
  const store = storeWith(trace);
  if (onlyPanel !== null) {
    store.getState().arrange({ ...initialArrangement, hidden: panelNames.filter((name) => name !== onlyPanel) });
  }
  const root = createRoot(place);
  flushSync(() =>
    root.render(<Panels store={store} lane={laneRunOf(trace)} theme="light" expectedTokens={null} marks={[]} />),
  );
  // Two frames: the columns take their widths, then the rows their heights.
  for (let frame = 0; frame < 2; frame++) await nextFrame();
  const row = place.querySelectorAll(".stage-row").item(topRow);
  window.scrollTo(0, topRow === 0 ? 0 : row.getBoundingClientRect().top + window.scrollY);
  await panelsArrived();
  const warmUpCount = 10;
  let watch: FrameWatch | null = null;
  for (let frame = -warmUpCount; frame < frameCount; frame++) {
    // The first frames fill the caches, as opening a run does.
    if (frame === 0) watch = watchFrames();
    const before = performance.now();
    flushSync(() => store.getState().moveTo(stepOf(frame + warmUpCount)));
    const scriptMs = performance.now() - before;
    await nextFrame();
    watch?.add(scriptMs, performance.now() - before);
  }
  const figures = (await watch?.figures()) ?? [];
  root.unmount();
  place.remove();
  return figures;
}

function storeWith(trace: Trace): PageStore {
  const store = createPageStore({
    streamModel: { id: "winnow-stream-1m", label: "None", address: "" },
    models: [],
    createEngine: () => {
      throw new Error("the bench runs no model here");
    },
    beforeNextFrame: (show) => requestAnimationFrame(show),
    recordings: { list: () => Promise.resolve([]), load: () => Promise.reject(new Error("none")) },
    isMotionWelcome: false,
  });
  store.setState({ ...onClock([laneRunOf(trace)]), shownStep: 0 });
  return store;
}
