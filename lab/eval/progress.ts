// How far a long run is, on standard error: one bar that moves on a terminal, a line now and then elsewhere.

import process from "node:process";

export interface Progress {
  /** One more problem is done. */
  advance(): void;
  finish(): void;
}

/** At most so often where the output is kept, as in a log. */
const LINE_INTERVAL_MS = 15_000;
const BAR_INTERVAL_MS = 200;
const BAR_WIDTH = 30;

/** `note` stands behind the figures. */
export function createProgress(totalCount: number, note: string): Progress {
  const isTerminal = process.stderr.isTTY;
  const startedMs = performance.now();
  let doneCount = 0;
  let shownMs = startedMs;

  const show = (): void => {
    shownMs = performance.now();
    const line = `${progressText(doneCount, totalCount, shownMs - startedMs)} ${note}`.trimEnd();
    process.stderr.write(isTerminal ? `\r${barText(doneCount / totalCount)} ${line}\x1b[K` : `${line}\n`);
  };
  return {
    advance: () => {
      doneCount++;
      const interval = isTerminal ? BAR_INTERVAL_MS : LINE_INTERVAL_MS;
      if (performance.now() - shownMs >= interval) show();
    },
    finish: () => {
      if (totalCount === 0) return;
      show();
      if (isTerminal) process.stderr.write("\n");
    },
  };
}

/** "12 of 60, 0:40 left" */
export function progressText(doneCount: number, totalCount: number, elapsedMs: number): string {
  const leftMs = doneCount === 0 ? null : (elapsedMs / doneCount) * (totalCount - doneCount);
  const time = doneCount === totalCount ? `took ${clock(elapsedMs)}` : leftMs === null ? "" : `${clock(leftMs)} left`;
  return `${doneCount} of ${totalCount}${time === "" ? "" : `, ${time}`}`;
}

function barText(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
