// A trace as text for goldens: what was generated and who stayed, without anything that differs between two machines
// (timings, adapter) and with scores rounded so that the last bits of a float do not matter.

import { survivorsDigest, tokensDigest } from "./proof/digest";
import { generatedTokens, survivingPositions } from "./replay";
import type { EvictionEvent, StepRecord, Trace } from "./trace";

export function traceText(trace: Trace): string {
  const { header, steps, events } = trace;
  const { layerCount, kvHeadCount } = header.model;
  const headCount = layerCount * kvHeadCount;
  const parameters = Object.entries(header.parameters).map(([id, value]) => `${id}=${value}`);
  const tokens = generatedTokens(trace, steps.length - 1);
  return [
    `model ${header.model.id}: ${layerCount} layers × ${kvHeadCount} KV heads`,
    `policy ${header.policyId}: ${parameters.join(" ")}`,
    `prompt ${header.promptTokens.length}: ${header.promptTokens.join(" ")}`,
    ...stepLines(trace, headCount),
    `end ${trace.end ?? "open"}`,
    `tokens ${tokensDigest(tokens)}, survivors ${survivorsDigest(events, headCount)}`,
    "",
  ].join("\n");
}

function stepLines(trace: Trace, headCount: number): string[] {
  const lines: string[] = [];
  let eventIndex = 0;
  for (const step of trace.steps) {
    lines.push(stepLine(step));
    const event = trace.events[eventIndex];
    if (event?.step !== step.step) continue;
    eventIndex++;
    lines.push(...eventLines(event, headCount, trace.header.model.kvHeadCount));
  }
  return lines;
}

function stepLine(step: StepRecord): string {
  const numbers = `logp ${rounded(step.logProbability)} entropy ${rounded(step.entropy)}`;
  return `${step.step}: ${step.token} ${JSON.stringify(step.text)} ${numbers} n ${step.lengthSlots}`;
}

function eventLines(event: EvictionEvent, headCount: number, kvHeadCount: number): string[] {
  const keptCount = event.survivors.length / headCount;
  const positions = survivingPositions(event, headCount);
  const lines = [`  event ${event.event}: ${event.lengthBefore} to ${keptCount}`];
  for (let head = 0; head < headCount; head++) {
    const layer = Math.floor(head / kvHeadCount);
    const kept = ranges(positions.subarray(head * keptCount, (head + 1) * keptCount));
    const cut = `cut ${rounded(event.cutOff[head])} margin ${rounded(event.margin[head])}`;
    lines.push(`    layer ${layer} head ${head % kvHeadCount} keeps ${kept}; ${cut}`);
  }
  return lines;
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
