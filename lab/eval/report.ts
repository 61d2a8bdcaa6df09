// What an evaluation prints: a line per problem, a summary for people, one JSON object for programs.

import type { ProblemResult, ResultSummary } from "../../src/experiment/results";

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
