// Memory, speed and next-token candidates at a step as rows of label, share and text; bytes over the run as lines. Pure.

import { scaleLinear } from "d3";
import { bytesInUseAfterSteps, fullBytesPerSlot, memoryFigures, speedFigures } from "../../trace/figures";
import { lengthsAfterStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { ChartSize } from "../../ui/chart";
import { seriesPath } from "../../ui/chart";
import { writtenBytes, writtenMs, writtenShare } from "../../ui/numbers";
import { slotsText } from "../slotsText";
import { tokenLabel } from "../../trace/tokenText";

export interface MeterRow {
  readonly label: string;
  /** Length of its bar, 0 … 1. */
  readonly share: number;
  readonly text: string;
  readonly tone: "kept" | "plain" | "full" | "event";
}

interface MetersLayout {
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
  // The scale does not change while a run plays: it ends where the full cache ends.
  const last = memoryFigures(trace, trace.steps.length - 1);
  const most = Math.max(figures.bytesAllocated, last.bytesFullCache, figures.bytesBudget ?? 0);
  const row = (label: string, bytes: number, tone: MeterRow["tone"]): MeterRow => ({
    label,
    share: bytes / most,
    text: writtenBytes(bytes),
    tone,
  });
  return {
    memory: [
      row("in use", figures.bytesInUse, "kept"),
      ...(figures.bytesBudget === null ? [] : [row("budget", figures.bytesBudget, "event")]),
      row("allocated", figures.bytesAllocated, "plain"),
      row("full cache", figures.bytesFullCache, "full"),
    ],
    memoryNote:
      `Token retention ratio ${writtenShare(figures.retainedRatio)}: ${slotsText(lengthsAfterStep(trace, step), "slots per head")} ` +
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
  return tokensPerSecond === null ? "" : ` · ${Math.round(tokensPerSecond)} tokens/s`;
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

interface MemoryLines {
  readonly usedPath: string;
  readonly fullPath: string;
  /** The budget, of a run that has one in bytes; "" for another. */
  readonly budgetPath: string;
  /** What is in use at the shown step. */
  readonly dot: { readonly x: number; readonly y: number };
}

const MARGIN = 3;

/** Up to the shown step, on the axes of all steps that the trace has. */
export function memoryLines(trace: Trace, step: number, size: ChartSize): MemoryLines {
  const { promptTokens } = trace.header;
  const slotBytes = fullBytesPerSlot(trace);
  const lastStep = Math.max(1, trace.steps.length - 1);
  const fullBytes = (of: number): number => (promptTokens.length + of) * slotBytes;
  const x = scaleLinear([0, lastStep], [MARGIN, size.width - MARGIN]);
  const y = scaleLinear([0, fullBytes(lastStep)], [size.height - MARGIN, MARGIN]);
  const used = bytesInUseAfterSteps(trace).slice(0, step + 1);
  const { bytesBudget } = memoryFigures(trace, step);
  const isBudgetSeen = bytesBudget !== null && bytesBudget <= fullBytes(lastStep);
  const budgetY = y(bytesBudget ?? 0).toFixed(1);
  const point = (of: number): string => `${x(of).toFixed(1)},${y(fullBytes(of)).toFixed(1)}`;
  return {
    usedPath: seriesPath(used, x, y, size.width),
    fullPath: `M${point(0)}L${point(step)}`,
    budgetPath: isBudgetSeen ? `M${x(0).toFixed(1)},${budgetY}H${x(lastStep).toFixed(1)}` : "",
    dot: { x: x(step), y: y(used[step]) },
  };
}
