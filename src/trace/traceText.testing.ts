// A trace as text for goldens: what was generated and who stayed, without anything that differs between two machines
// (timings, adapter) and with scores rounded so that the last bits of a float do not matter.

import { headRow, kvHeadOf, layerOf, lengthRange, rowCount, rowLengths } from "../cache/headRows";
import { survivorsDigest, tokensDigest } from "./proof/digest";
import { generatedTokens, survivingPositions } from "./replay";
import type { EvictionEvent, ModelSummary, StepRecord, Trace } from "./trace";

export function traceText(trace: Trace): string {
  const { header, steps, events } = trace;
  const { layerCount, kvHeadCount } = header.model;
  const parameters = Object.entries(header.parameters).map(([id, value]) => `${id}=${value}`);
  const tokens = generatedTokens(trace, steps.length - 1);
  return [
    `model ${header.model.id}: ${layerCount} layers × ${kvHeadCount} KV heads`,
    `policy ${header.policyId}: ${parameters.join(" ")}`,
    `prompt ${header.promptTokens.length}: ${header.promptTokens.join(" ")}`,
    ...stepLines(trace),
    `end ${trace.end ?? "open"}`,
    `tokens ${tokensDigest(tokens)}, survivors ${survivorsDigest(events)}`,
    "",
  ].join("\n");
}

function stepLines(trace: Trace): string[] {
  const lines: string[] = [];
  let eventIndex = 0;
  for (const step of trace.steps) {
    lines.push(stepLine(step));
    const event = trace.events[eventIndex];
    if (event?.step !== step.step) continue;
    eventIndex++;
    lines.push(...eventLines(event, trace.header.model));
  }
  return lines;
}

function stepLine(step: StepRecord): string {
  const numbers = `logp ${rounded(step.logProbability)} entropy ${rounded(step.entropy)}`;
  return `${step.step}: ${step.token} ${JSON.stringify(step.text)} ${numbers} n ${spread(step.lengths)}`;
}

function eventLines(event: EvictionEvent, model: ModelSummary): string[] {
  const positions = survivingPositions(event);
  const [before, after] = [event.positionsBefore, event.survivors].map((rows) => spread(rowLengths(rows)));
  const lines = [`  event ${event.event}: ${before} to ${after}`];
  for (let head = 0; head < rowCount(positions); head++) {
    const kept = ranges(headRow(positions, head));
    const cut = `cut ${rounded(event.cutOff[head])} margin ${rounded(event.margin[head])}`;
    lines.push(`    layer ${layerOf(model, head)} head ${kvHeadOf(model, head)} keeps ${kept}; ${cut}`);
  }
  return lines;
}

/** One number where all heads have equally many. */
function spread(lengths: Int32Array): string {
  const { shortest, longest } = lengthRange(lengths);
  return shortest === longest ? `${shortest}` : lengths.join(" ");
}

/** Ascending numbers as ranges: 0-3 7 9-10. */
export function ranges(ascending: ArrayLike<number>): string {
  const parts: string[] = [];
  for (let from = 0; from < ascending.length;) {
    let to = from;
    while (to + 1 < ascending.length && ascending[to + 1] === ascending[to] + 1) to++;
    parts.push(from === to ? `${ascending[from]}` : `${ascending[from]}-${ascending[to]}`);
    from = to + 1;
  }
  return parts.join(" ");
}

/** Three decimals, and no minus zero. */
function rounded(value: number): string {
  return Number.isFinite(value) ? (Math.round(value * 1000) / 1000 + 0).toFixed(3) : String(value);
}
