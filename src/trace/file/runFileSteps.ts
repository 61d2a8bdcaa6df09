// The steps of a run file: prompt and step records as columns, in one fixed order (docs/run-file.md).

import { assert, InputError } from "../../lib/errors";
import type { ColumnReader, ColumnWriter } from "./byteColumns";
import type { StepRecord, Trace } from "./flatTrace";

/** Every text in a trace, once, in order of first appearance. */
export function distinctTexts(trace: Trace): string[] {
  const texts = new Set(trace.header.promptTexts);
  for (const step of trace.steps) {
    texts.add(step.text);
    for (const text of step.candidateTexts) texts.add(text);
  }
  return [...texts];
}

export function writeSteps(writer: ColumnWriter, trace: Trace, texts: readonly string[]): void {
  const places = new Map(texts.map((text, place) => [text, place]));
  const textColumn = (column: readonly string[]) =>
    writer.int32(Int32Array.from(column, (text) => places.get(text) ?? -1));
  const { steps } = trace;
  const integers = (pick: (step: StepRecord) => number) => writer.int32(Int32Array.from(steps, pick));
  const numbers = (pick: (step: StepRecord) => number) => writer.float64(Float64Array.from(steps, pick));

  writer.int32(trace.header.promptTokens);
  textColumn(trace.header.promptTexts);
  integers((step) => step.token);
  textColumn(steps.map((step) => step.text));
  numbers((step) => step.logProbability);
  numbers((step) => step.entropy);
  numbers((step) => step.timings.computeMs);
  numbers((step) => step.timings.eventMs);
  numbers((step) => step.timings.readBackMs);
  integers((step) => step.lengthSlots);
  integers((step) => step.candidateTokens.length);
  integers((step) => (step.attention.length > 0 ? 1 : 0));
  const headCount = trace.header.model.layerCount * trace.header.model.kvHeadCount;
  for (const step of steps) {
    const candidateCount = step.candidateTokens.length;
    assert(
      step.candidateTexts.length === candidateCount && step.candidateLogProbabilities.length === candidateCount,
      `step ${step.step} has ${candidateCount} candidates with fewer or more texts or probabilities`,
    );
    assert(
      step.attention.length === 0
        ? step.attentionScale.length === 0
        : step.attention.length === headCount * step.lengthSlots && step.attentionScale.length === headCount,
      `step ${step.step} has attention of another shape than layers × KV heads × slots`,
    );
    writer.int32(step.candidateTokens);
    textColumn(step.candidateTexts);
    writer.float32(step.candidateLogProbabilities);
    writer.float32(step.attentionScale);
    writer.uint8(step.attention);
  }
}

export interface StepsRequest {
  readonly promptCount: number;
  readonly stepCount: number;
  readonly headCount: number;
  readonly vocabularySize: number;
  readonly texts: readonly string[];
  /** Starts the message of every error. */
  readonly what: string;
}

export interface ReadSteps {
  readonly promptTokens: Int32Array;
  readonly promptTexts: readonly string[];
  readonly steps: readonly StepRecord[];
}

export function readSteps(reader: ColumnReader, request: StepsRequest): ReadSteps {
  const { promptCount, stepCount, headCount, vocabularySize, texts, what } = request;

  function integers(count: number, limit: number): Int32Array {
    const column = reader.int32(count);
    for (const value of column) {
      if (value < 0 || value >= limit) {
        throw new InputError(`${what}: ${value} where a number from 0 to ${limit - 1} is expected`);
      }
    }
    return column;
  }
  const textColumn = (count: number): string[] => Array.from(integers(count, texts.length), (place) => texts[place]);

  const promptTokens = integers(promptCount, vocabularySize);
  const promptTexts = textColumn(promptCount);
  const tokens = integers(stepCount, vocabularySize);
  const stepTexts = textColumn(stepCount);
  const logProbabilities = reader.float64(stepCount);
  const entropies = reader.float64(stepCount);
  const computeMs = reader.float64(stepCount);
  const eventMs = reader.float64(stepCount);
  const readBackMs = reader.float64(stepCount);
  const lengths = integers(stepCount, promptCount + stepCount);
  const candidateCounts = integers(stepCount, vocabularySize + 1);
  const tapFlags = integers(stepCount, 2);
  const steps = Array.from(tokens, (token, step): StepRecord => {
    const candidateTokens = integers(candidateCounts[step], vocabularySize);
    const tappedHeads = tapFlags[step] * headCount;
    return {
      step,
      token,
      text: stepTexts[step],
      logProbability: logProbabilities[step],
      entropy: entropies[step],
      candidateTokens,
      candidateTexts: textColumn(candidateTokens.length),
      candidateLogProbabilities: reader.float32(candidateTokens.length),
      attentionScale: reader.float32(tappedHeads),
      attention: reader.uint8(tappedHeads * lengths[step]),
      lengthSlots: lengths[step],
      timings: {
        computeMs: computeMs[step],
        eventMs: eventMs[step],
        readBackMs: readBackMs[step],
      },
    };
  });
  return { promptTokens, promptTexts, steps };
}
