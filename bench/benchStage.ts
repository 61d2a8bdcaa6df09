// What the cases about the page's panels share: its style sheets, a frame's end, a recorded run, figures of frames.
import { decodeRunFile } from "../src/trace/file/runFile";
import type { Trace } from "../src/trace/trace";
import { median, rounded } from "./table";

export function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Waits until the panels in view are there: panels further down load their code when they are scrolled into view. */
export async function panelsArrived(): Promise<void> {
  // A panel that only just shows at the bottom does not load.
  const isOnItsWay = (panel: Element): boolean => {
    const { top, bottom } = panel.getBoundingClientRect();
    return bottom > 0 && top < 0.8 * window.innerHeight;
  };
  const start = performance.now();
  // A frame after a panel has loaded, its row takes its height, which may bring another panel into view.
  for (let settled = 0; settled < 3; settled++) {
    await nextFrame();
    if ([...document.querySelectorAll(".panel-late")].some(isOnItsWay)) settled = 0;
    if (performance.now() - start > PATIENCE_MS)
      throw new Error("a panel did not load, so its figures would mean nothing");
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

/** Explains the last column in the note of a case. */
export const drawnNote =
  "drawn in = share of frames in which a panel was drawn, the median over the panels drawn at all; below 100 %, panels took turns or had nothing new";

export interface FrameWatch {
  /** Milliseconds of one frame: React's part, and the whole. */
  readonly add: (scriptMs: number, frameMs: number) => void;
  /** A row under frameColumns. */
  readonly figures: () => Promise<number[]>;
}

/** Tasks count from now on; the browser reports only those over 50 ms. */
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
      // The observer learns of a task when it is over.
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

/** Counts the frames in which each panel changed; a change on a canvas alone is not seen. */
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
