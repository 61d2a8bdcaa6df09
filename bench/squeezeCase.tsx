// Squeezing on Watch, with the real page and the real engines: from the choice of a budget to the final answer on screen,
// and how long the strip of outcomes takes in the background while the recorded run plays.
import { createRoot } from "react-dom/client";
import { App } from "../src/App";
import { createEngineClient } from "../src/engine/client";
import { createPageStore, type PageStore } from "../src/state/pageStore";
import type { BenchCase, BenchContext } from "./context";
import { timedRun } from "./context";
import { loadStyles, nextFrame, recordedWalk } from "./benchStage";
import { median, rounded } from "./table";

/** What the page says of the default problem: prompt and reasoning. */
const PROMPT_COUNT = 75;
const STEP_COUNT = 266;

/** Runs of the strip: twelve for each rule that forgets, one for the full cache. */
const STRIP_RUNS = 37;

export const squeezeCase: BenchCase = {
  id: "squeeze",
  run: async (context, { isQuick }) => {
    await loadStyles();
    const plainMs = await plainDecodeMs(context);
    const page = await openWatch();
    const strip = await stripSeconds(page.store);
    const budgets = isQuick ? [32] : [32, 96, 48, 128, 64, 224];
    const squeezes: (Watched & { readonly elapsedMs: number })[] = [];
    for (const budgetSlots of budgets) squeezes.push(await answerMs(page.store, budgetSlots));
    page.close();
    const medianMs = median(squeezes.map(({ elapsedMs }) => elapsedMs));
    const longest = (tasks: readonly number[]): number => rounded(Math.max(0, ...tasks));
    return {
      title: "Squeezing on Watch",
      note: `the default problem, ${STEP_COUNT} steps, the whole page at 1440 × 1000; answer = from the choice to the frame that shows the final answer, attention recorded; plain = the same forwards without forgetting and without a page; strip = ${STRIP_RUNS} runs while the recorded run plays; target: answer ≤ 1500 ms, strip ≤ 40 s, no task > 50 ms during the strip`,
      columns: ["", "ms", "in plain decodes", "tasks > 50 ms", "longest task ms"],
      rows: [
        ["plain decode", rounded(plainMs), 1, "", ""],
        ...budgets.map((budgetSlots, place) => {
          const { elapsedMs, tasks } = squeezes[place];
          return [
            `answer, ${budgetSlots} words`,
            rounded(elapsedMs),
            rounded(elapsedMs / plainMs),
            tasks.length,
            longest(tasks),
          ];
        }),
        ["answer, median", rounded(medianMs), rounded(medianMs / plainMs), "", ""],
        [
          "strip",
          rounded(1000 * strip.seconds),
          rounded((1000 * strip.seconds) / plainMs),
          strip.tasks.length,
          longest(strip.tasks),
        ],
      ],
    };
  },
};

/** Of the CPU, which the strip uses and a squeeze without a GPU. */
async function plainDecodeMs(context: BenchContext): Promise<number> {
  const [cpu] = context.backends;
  const decodeCount = STEP_COUNT - 3;
  const runs = [];
  for (let repeat = 0; repeat < 3; repeat++) {
    runs.push(
      await timedRun(context, cpu, { promptCount: PROMPT_COUNT, decodeCount, policyId: "fullCache", hasTaps: true }),
    );
  }
  return median(runs.map(({ prefillMs, decodeMs }) => prefillMs + decodeMs * (STEP_COUNT - 1)));
}

interface OpenPage {
  readonly store: PageStore;
  readonly close: () => void;
}

async function openWatch(): Promise<OpenPage> {
  const recorded = await recordedWalk();
  const run = { id: "walk-gkv", title: "Walk", files: ["walk-gkv.winnow"], problemId: "walk-5x20-1" };
  const store = createPageStore({
    streamModel: { id: "winnow-stream-1m", label: "None", address: "" },
    models: [{ id: "winnow-1m", label: "Winnow 1M", address: new URL("/models/winnow-1m/", document.baseURI).href }],
    createEngine: (onEvent) => createEngineClient(onEvent),
    beforeNextFrame: (show) => requestAnimationFrame(show),
    recordings: { list: () => Promise.resolve([run]), load: () => Promise.resolve([recorded]) },
    isMotionWelcome: true,
  });
  const place = document.createElement("div");
  document.body.append(place);
  const root = createRoot(place);
  root.render(<App store={store} />);
  await store.getState().openRecordedRuns();
  await until(() => store.getState().engine !== null);
  return {
    store,
    close() {
      root.unmount();
      place.remove();
    },
  };
}

interface Watched {
  readonly tasks: readonly number[];
}

async function stripSeconds(store: PageStore): Promise<Watched & { readonly seconds: number }> {
  await until(() => store.getState().computedKey !== null);
  const tasks = watchTasks();
  const start = performance.now();
  await until(() => Object.keys(store.getState().outcomes).length >= STRIP_RUNS);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, tasks: await tasks.end() };
}

async function answerMs(store: PageStore, budgetSlots: number): Promise<Watched & { readonly elapsedMs: number }> {
  // The run before is drawn, and nothing else is under way.
  for (let frame = 0; frame < 30; frame++) await nextFrame();
  const tasks = watchTasks();
  const start = performance.now();
  store.getState().squeeze({ budgetSlots });
  store.getState().endSqueeze();
  await until(() => store.getState().runStatus === "ended");
  await nextFrame();
  const elapsedMs = performance.now() - start;
  return { elapsedMs, tasks: await tasks.end() };
}

function watchTasks(): { readonly end: () => Promise<readonly number[]> } {
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: "longtask" });
  return {
    async end() {
      // The observer learns of a task when it is over.
      await new Promise((resolve) => setTimeout(resolve, 100));
      observer.disconnect();
      return tasks;
    },
  };
}

const PATIENCE_MS = 180_000;

async function until(isSo: () => boolean): Promise<void> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error("the page did not come so far");
    await nextFrame();
  }
}
