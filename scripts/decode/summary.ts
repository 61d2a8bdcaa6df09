// The summary of a finished run, as a record and as lines.

import { meanLength, rowLengths } from "../../src/cache/headRows";
import type { EvictionEvent, Trace } from "../../src/trace/trace";
import { judgeAnswer } from "../../src/problems/judge";
import type { AnswerVerdict } from "../../src/problems/judge";
import { memoryFigures, speedFigures } from "../../src/trace/figures";
import type { MemoryFigures, SpeedFigures } from "../../src/trace/figures";
import { comparisonSummary } from "../../src/trace/fullCacheComparison";
import type { ComparisonSummary } from "../../src/trace/fullCacheComparison";

export interface FinishedRun {
  readonly trace: Trace;
  /** What was generated, as one text. */
  readonly text: string;
  /** Bytes of a character that the run ended in, as text. */
  readonly unfinishedText: string;
  readonly addedTokens: AddedTokens;
}

/** Texts of the tokens that the tokenizer adds around every prompt. */
export interface AddedTokens {
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

export interface RunSummary {
  readonly problem: string;
  readonly promptTokens: readonly number[];
  readonly addedTokens: AddedTokens;
  readonly tokens: readonly number[];
  readonly text: string;
  readonly end: Trace["end"];
  readonly verdict: AnswerVerdict | null;
  readonly speed: SpeedFigures;
  readonly memory: MemoryFigures;
  /** Null if the run was not compared with the full cache. */
  readonly comparison: ComparisonSummary | null;
  readonly events: readonly EventSummary[];
}

/** Slots are means over the heads. */
type EventSummary = Pick<EvictionEvent, "event" | "step" | "budgetSlots"> & { readonly lengthBefore: number };

export function summarise(run: FinishedRun, problem: string): RunSummary {
  const { trace, text, addedTokens } = run;
  const { expectedAnswer, promptTokens } = trace.header;
  const lastStep = trace.steps.length - 1;
  return {
    problem,
    promptTokens: [...promptTokens],
    addedTokens,
    tokens: trace.steps.map(({ token }) => token),
    text,
    end: trace.end,
    verdict: expectedAnswer === null ? null : judgeAnswer(text, expectedAnswer),
    speed: speedFigures(trace, lastStep),
    memory: memoryFigures(trace, lastStep),
    comparison: comparisonSummary(trace, trace.steps.length),
    events: trace.events.map(({ event, step, positionsBefore, budgetSlots }) => ({
      event,
      step,
      lengthBefore: meanLength(rowLengths(positionsBefore)),
      budgetSlots,
    })),
  };
}

export function summaryLines(trace: Trace, summary: RunSummary): string[] {
  const { header } = trace;
  const { speed, memory, comparison } = summary;
  const answer = summary.verdict === null ? [] : [`answer    ${answerText(summary.verdict, header.expectedAnswer)}`];
  return [
    `model     ${header.model.label}, ${header.model.parameterCount} parameters`,
    `backend   ${header.backend.type}: ${header.backend.adapter}`,
    `policy    ${header.policyLabel}`,
    `tokens    ${header.promptTokens.length} of the prompt${addedText(summary.addedTokens)}, ${summary.tokens.length} generated, ended by ${String(summary.end)}`,
    ...answer,
    `cache     ${memory.peakSlots} slots at the peak of ${header.memory.slotCapacity} allocated, ` +
      `${summary.events.length} evictions, ${kilobytes(memory.bytesAllocated)} against ${kilobytes(memory.bytesFullCache)} for the full cache`,
    `speed     prefill ${perSecond(speed.prefillTokensPerSecond)}, decode ${perSecond(speed.decodeTokensPerSecond)}, ` +
      `with events and read-back ${perSecond(speed.overallTokensPerSecond)}`,
    `time      prefill ${milliseconds(speed.prefillMs)}, decode ${milliseconds(speed.decodeMs)}, ` +
      `events ${milliseconds(speed.eventMs)}, read-back ${milliseconds(speed.readBackMs)}`,
    ...(comparison === null ? [] : [`compared  ${comparisonText(comparison)}`]),
  ];
}

function addedText({ before, behind }: AddedTokens): string {
  if (before.length + behind.length === 0) return " (the tokenizer adds none)";
  const parts = [before, behind].map((texts, place) =>
    texts.length === 0 ? [] : [`${texts.join(" ")} ${place === 0 ? "in front" : "at the end"}`],
  );
  return ` (the tokenizer adds ${parts.flat().join(" and ")})`;
}

export function eventLine(eviction: EvictionEvent): string {
  const { event, step, positionsBefore, budgetSlots, margin } = eviction;
  const lengthBefore = meanLength(rowLengths(positionsBefore));
  const narrowest = margin.reduce((least, value) => Math.min(least, value), Infinity);
  return `[event ${event} at step ${step}: ${lengthBefore} → ${budgetSlots} slots, narrowest margin ${narrowest.toPrecision(3)}]`;
}

/** Derived from two runs, this one and the full cache on its tokens. */
function comparisonText({ meanKlNats, agreedShare, firstDisagreement, meanLostAttention }: ComparisonSummary): string {
  const first = firstDisagreement === null ? "never differs" : `first differs at step ${firstDisagreement}`;
  return (
    `mean KL(full ‖ run) ${meanKlNats.toPrecision(3)} nats, most probable token agrees at ${percent(agreedShare)} of the steps ` +
    `(${first}), ${percent(meanLostAttention)} of the full cache's attention goes to what was evicted (derived)`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function answerText(verdict: AnswerVerdict, expected: string | null): string {
  return verdict === "unfinished" ? `none, expected ${String(expected)}` : `${verdict}, expected ${String(expected)}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}

function perSecond(rate: number | null): string {
  return rate === null ? "not timed" : `${rate.toFixed(0)} tokens/s`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
