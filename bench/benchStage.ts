// What the cases about the page's panels share: its style sheets, a frame's end, a recorded run, figures of frames.
import { decodeRunFile } from "../src/trace/file/runFile";
import type { Trace } from "../src/trace/trace";
import { median, rounded } from "./table";

export function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Waits until the panels in view are there: the code of those further down comes when they are looked at. */
export async function panelsArrived(): Promise<void> {
  // One that merely shows at the foot of the view is not looked at.
  const isOnItsWay = (panel: Element): boolean => {
    const { top, bottom } = panel.getBoundingClientRect();
    return bottom > 0 && top < 0.8 * window.innerHeight;
  };
  const start = performance.now();
  // A row takes its height, and with it another panel may come into view, a frame after a panel has come.
  for (let settled = 0; settled < 3; settled++) {
    await nextFrame();
    if ([...document.querySelectorAll(".panel-late")].some(isOnItsWay)) settled = 0;
    if (performance.now() - start > PATIENCE_MS) throw new Error("a panel did not come: its figures would be of none");
  }
}

const PATIENCE_MS = 30_000;

export async function recordedWalk(): Promise<Trace> {
  const response = await fetch("/runs/walk-gkv.winnow");
  return decodeRunFile(new Uint8Array(await response.arrayBuffer()), "walk-gkv.winnow");
}

export async function loadStyles(): Promise<void> {
  await Promise.all(Object.values(import.meta.glob("../src/styles/*.css")).map((load) => load()));
}

export const frameColumns = [
  "script ms",
  "95 %",
  "longest",
  "frame ms",
  "tasks > 50 ms",
  "longest task ms",
  "of frames",
  "drawn in %",
] as const;

/** What the last column says, for the note of a case. */
export const drawnNote =
  "drawn in = share of frames in which a panel was drawn, the median of those that were: below 100 panels took turns, or had nothing new";

export interface FrameWatch {
  /** One frame: React's part of it, and all of it. */
  readonly add: (scriptMs: number, frameMs: number) => void;
  /** A row under frameColumns. */
  readonly figures: () => Promise<number[]>;
}

/** Tasks count from now on; one of 50 ms or less has no length here and counts as 0. */
export function watchFrames(): FrameWatch {
  const scripts: number[] = [];
  const frames: number[] = [];
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: "longtask" });
  const drawings = watchDrawings();
  return {
    add(scriptMs, frameMs) {
      scripts.push(scriptMs);
      frames.push(frameMs);
      drawings.count();
    },
    async figures() {
      // The observer is told of a task when it is over.
      await new Promise((resolve) => setTimeout(resolve, 100));
      observer.disconnect();
      const sorted = [...scripts].sort((left, right) => left - right);
      return [
        rounded(median(scripts)),
        rounded(sorted[Math.floor(0.95 * (sorted.length - 1))]),
        rounded(sorted[sorted.length - 1]),
        rounded(median(frames)),
        tasks.length,
        rounded(Math.max(0, ...tasks)),
        frames.length,
        rounded((100 * drawings.median()) / frames.length),
      ];
    },
  };
}

/** In how many frames each panel that is there now changed; what changes on a canvas alone is not seen. */
function watchDrawings(): { readonly count: () => void; readonly median: () => number } {
  const cells = [...document.querySelectorAll(".stage-cell")].map((cell) => {
    const seen = { isChanged: false, drawn: 0 };
    const observer = new MutationObserver(() => (seen.isChanged = true));
    observer.observe(cell, { subtree: true, childList: true, characterData: true, attributes: true });
    return { observer, seen };
  });
  return {
    count() {
      for (const { seen } of cells) {
        if (seen.isChanged) seen.drawn++;
        seen.isChanged = false;
      }
    },
    median() {
      for (const { observer } of cells) observer.disconnect();
      const counts = cells.map(({ seen }) => seen.drawn).filter((drawn) => drawn > 0);
      return counts.length === 0 ? 0 : median(counts);
    },
  };
}
