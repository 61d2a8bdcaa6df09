// The meters as rows, and the memory and retention of every step up to the one shown.
import type { FigureTable } from "../../ui/figure/figureTable";
import { memoryFigures, speedFigures } from "../../trace/figures";
import type { Trace } from "../../trace/trace";
import { traceFigures } from "./traceRows";
import { tokenLabel } from "../../trace/tokenText";

export function metersTable(trace: Trace, step: number, traces: readonly Trace[]): FigureTable {
  const memory = memoryFigures(trace, step);
  const speed = speedFigures(trace, step);
  const record = trace.steps[step];
  const kept = traceFigures(trace, step, traces);
  return {
    caption: `Memory after step ${step}, time up to it, and its next-token candidates; then memory by step.`,
    columns: ["meter", "figure", "value", "unit"],
    rows: [
      ["KV memory", "in use", memory.bytesInUse, "B"],
      ...(memory.bytesBudget === null ? [] : [["KV memory", "budget", memory.bytesBudget, "B"]]),
      ["KV memory", "allocated", memory.bytesAllocated, "B"],
      ["KV memory", "full cache", memory.bytesFullCache, "B"],
      ["KV memory", "token retention ratio", memory.retainedRatio, "share"],
      ["KV memory", "slots in use per head", memory.slotsInUse, "slots"],
      ["KV memory", "peak slots per head", memory.peakSlots, "slots"],
      ["time", "prefill", speed.prefillMs, "ms"],
      ["time", "decode", speed.decodeMs, "ms"],
      ["time", "events", speed.eventMs, "ms"],
      ["time", "read-back", speed.readBackMs, "ms"],
      ["time", "prefill speed", speed.prefillTokensPerSecond, "tokens/s"],
      ["time", "decode speed", speed.decodeTokensPerSecond, "tokens/s"],
      ["time", "overall speed", speed.overallTokensPerSecond, "tokens/s"],
      ["trace", "this run", kept.ownBytes, "B"],
      ["trace", "all lanes", kept.allBytes, "B"],
      ["trace", "heads whose attention is recorded", kept.recordedHeads, "heads"],
      ["next token", "entropy", record.entropy, "nats"],
      ["next token", "probability of the chosen", Math.exp(record.logProbability), "share"],
      ...record.candidateTexts.map((text, rank) => [
        "next token",
        `${rank + 1}: ${tokenLabel(text)}`,
        Math.exp(record.candidateLogProbabilities[rank]),
        "share",
      ]),
      ...trace.steps
        .slice(0, step + 1)
        .map(({ step: past }) => ["in use by step", `step ${past}`, memoryFigures(trace, past).bytesInUse, "B"]),
    ],
  };
}
