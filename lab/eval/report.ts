// What an evaluation prints: progress on standard error; a line per problem, a summary and one JSON object on standard output.

import type { ProblemResult, ResultSummary } from "../../src/experiment/results";
import process from "node:process";

/** "walk-5x20-7   right  exact   retained  29 %  peak   93  1206 tokens/s" */
export function problemLine(result: ProblemResult, idWidth: number): string {
  const id = result.id.padEnd(idWidth);
  if (result.failure !== null) return `${id}  failed: ${result.failure}`;
  const { isRight, isExact, hasAnswer, firstWrong, retained, peakSlots, tokens } = result;
  const answer = isRight ? "right" : hasAnswer ? "wrong" : "none ";
  const wrong = firstWrong === null ? "" : `  step ${firstWrong.step}: ${firstWrong.kind}`;
  return (
    `${id}  ${answer}  ${isExact ? "exact" : "     "}  retained ${percent(retained).padStart(4)}  ` +
    `peak ${String(peakSlots).padStart(4)}  ${String(tokens).padStart(4)} tokens  ` +
    `${rateText(tokensPerSecond(result))}${wrong}`
  );
}

export function tokensPerSecond({ tokens, decodeMs }: ProblemResult): number | null {
  return decodeMs > 0 ? (1000 * (tokens - 1)) / decodeMs : null;
}

export function summaryLines(summary: ResultSummary): string[] {
  const { wrongKinds, parts, failures } = summary;
  const kinds = Object.entries(wrongKinds).map(([kind, count]) => `${kind} ${count}`);
  return [
    `right     ${share(summary.right, summary.rightError)}  ${summary.rightCount} of ${summary.count}, ${summary.unfinishedCount} without an answer`,
    `exact     ${share(summary.exact, summary.exactError)}  ${summary.exactCount} of ${summary.count}`,
    ...Object.entries(parts).map(
      ([name, part]) => `  ${name.padEnd(16)} ${share(part.right, part.rightError)}  of ${part.count}`,
    ),
    ...(kinds.length > 0 ? [`wrong     first at: ${kinds.join(", ")}`] : []),
    `cache     ${summary.peakSlots} slots at the peak, ${percent(summary.meanRetained)} of the text retained at the end` +
      ` (${percent(summary.meanRetainedRight)} where the answer is right)`,
    `speed     ${rateText(summary.tokensPerSecond)} in one process, ${summary.tokens} tokens`,
    ...failures.map(({ id, message }) => `FAILED    ${id}: ${message}`),
  ];
}

function share(value: number, error: number): string {
  return `${value.toFixed(3)} ± ${error.toFixed(3)}`;
}

function percent(value: number | null): string {
  return value === null ? "-" : `${(100 * value).toFixed(0)} %`;
}

function rateText(rate: number | null): string {
  return rate === null ? "not timed" : `${rate.toFixed(0)} tokens/s`;
}

export interface Progress {
  /** One more problem is done. */
  advance(): void;
  finish(): void;
}

/** Least time between lines when the output is not a terminal, as in a log. */
const LINE_INTERVAL_MS = 15_000;
const BAR_INTERVAL_MS = 200;
const BAR_WIDTH = 30;

/** `note` follows the figures. */
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
