// Memory, speed and the model's choice at a step, as rows of label, share and text. Pure.
import { memoryFigures, speedFigures } from "../../trace/figures";
import { lengthsAfterStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { slotsText } from "../slotsText";
import { tokenLabel } from "../tokenFacts";
import { writtenBytes, writtenMs, writtenShare } from "../../ui/numbers";

export interface MeterRow {
  readonly label: string;
  /** Length of its bar, 0 … 1. */
  readonly share: number;
  readonly text: string;
  readonly tone: "kept" | "plain" | "full" | "event";
}

export interface MetersLayout {
  readonly memory: readonly MeterRow[];
  readonly memoryNote: string;
  readonly time: readonly MeterRow[];
  readonly timeNote: string;
  readonly candidates: readonly (MeterRow & { readonly isChosen: boolean })[];
  readonly candidateNote: string;
}

export function metersLayout(trace: Trace, step: number): MetersLayout {
  return { ...memoryRows(trace, step), ...timeRows(trace, step), ...candidateRows(trace, step) };
}

function memoryRows(trace: Trace, step: number): Pick<MetersLayout, "memory" | "memoryNote"> {
  const figures = memoryFigures(trace, step);
  const writtenCount = trace.header.promptTokens.length + step;
  // The scale stands still while a run plays: it ends where the full cache ends.
  const last = memoryFigures(trace, trace.steps.length - 1);
  const most = Math.max(figures.bytesAllocated, last.bytesFullCache);
  const row = (label: string, bytes: number, tone: MeterRow["tone"]): MeterRow => ({
    label,
    share: bytes / most,
    text: writtenBytes(bytes),
    tone,
  });
  return {
    memory: [
      row("in use", figures.bytesInUse, "kept"),
      row("allocated", figures.bytesAllocated, "plain"),
      row("full cache", figures.bytesFullCache, "full"),
    ],
    memoryNote:
      `Token retention ratio ${writtenShare(figures.retainedRatio)}: ${slotsText(lengthsAfterStep(trace, step))} slots per head ` +
      `for ${writtenCount} tokens of text; peak ${figures.peakSlots}.`,
  };
}

function timeRows(trace: Trace, step: number): Pick<MetersLayout, "time" | "timeNote"> {
  const speed = speedFigures(trace, step);
  const most = Math.max(speed.prefillMs, speed.decodeMs, speed.eventMs, speed.readBackMs, Number.MIN_VALUE);
  const row = (label: string, elapsedMs: number, extra: string): MeterRow => ({
    label,
    share: elapsedMs / most,
    text: `${writtenMs(elapsedMs)}${extra}`,
    tone: label === "events" ? "event" : "plain",
  });
  return {
    time: [
      row("prefill", speed.prefillMs, writtenSpeed(speed.prefillTokensPerSecond)),
      row("decode", speed.decodeMs, writtenSpeed(speed.decodeTokensPerSecond)),
      row("events", speed.eventMs, ` · ${speed.eventCount}`),
      row("read-back", speed.readBackMs, ""),
    ],
    timeNote:
      speed.overallTokensPerSecond === null
        ? "No token has been decoded yet."
        : `${Math.round(speed.overallTokensPerSecond)} tokens/s over all, after the prefill.`,
  };
}

function writtenSpeed(tokensPerSecond: number | null): string {
  return tokensPerSecond === null ? "" : ` · ${Math.round(tokensPerSecond)} tok/s`;
}

function candidateRows(trace: Trace, step: number): Pick<MetersLayout, "candidates" | "candidateNote"> {
  const record = trace.steps[step];
  const rows = record.candidateTexts.slice(0, 5).map((text, rank) => {
    const probability = Math.exp(record.candidateLogProbabilities[rank]);
    return {
      label: tokenLabel(text),
      share: probability,
      text: writtenShare(probability),
      tone: "plain" as const,
      isChosen: record.candidateTokens[rank] === record.token,
    };
  });
  return {
    candidates: rows,
    candidateNote: `Entropy ${record.entropy.toFixed(2)} nats; chosen at ${writtenShare(Math.exp(record.logProbability))}.`,
  };
}
