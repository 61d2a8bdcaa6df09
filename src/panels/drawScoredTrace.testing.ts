// A trace drawn by hand whose scores, survivors and cut-offs agree, for tests of panels. Nothing but tests may import it.
import { emptyRows, headRow, joinRows, type HeadRows, type RowValues } from "../cache/headRows";
import { gkv } from "../policy/scoreBased";
import { effectiveParameters } from "../policy/policies";
import type { EvictionEvent, StepRecord, Trace } from "../trace/trace";
import { createTraceBuilder } from "../trace/traceBuilder";

export interface DrawnEvent {
  readonly step: number;
  /** Words that are evicted, one string of words per head (layer by layer). Heads may evict different numbers of them. */
  readonly evicted: readonly string[];
  /** Scores of each candidate, the same for every head; by default, evicted words have 0.1 and the rest 0.5. */
  readonly total?: readonly number[];
  readonly parts?: Readonly<Record<string, readonly number[]>>;
  /** The same for every head: [slot], and [candidate]. */
  readonly excusedSlots?: readonly number[];
  readonly votingHeads?: readonly number[];
}

export interface TracePicture {
  readonly prompt: string;
  readonly generated: string;
  readonly windowSlots: number;
  readonly budgetSlots: number;
  readonly intervalSteps: number;
  readonly events: readonly DrawnEvent[];
  readonly expectedAnswer?: string;
}

const headCount = 4; // 2 layers × 2 KV heads

/** Every word stands once in the text, so that a word names a position. */
export function drawScoredTrace(picture: TracePicture): Trace {
  const promptTexts = picture.prompt.split(" ");
  const generated = picture.generated.split(" ");
  const texts = [...promptTexts, ...generated];
  const builder = createTraceBuilder(drawHeader(picture, promptTexts));
  let held = Array.from({ length: headCount }, () => [] as number[]); // [head][slot]
  let written = 0;
  generated.forEach((text, step) => {
    for (; written < promptTexts.length + step; written++) for (const row of held) row.push(written);
    const drawn = picture.events.find((event) => event.step === step);
    const eviction = drawn === undefined ? null : drawEvent(drawn, { picture, texts, held });
    builder.append(drawStep(step, text, held), eviction);
    if (eviction !== null) {
      held = held.map((row, head) => [...headRow(eviction.survivors, head)].map((slot) => row[slot]));
    }
  });
  builder.finish("stopToken");
  return builder.trace;
}

function drawHeader(picture: TracePicture, promptTexts: readonly string[]): Trace["header"] {
  const { budgetSlots, windowSlots, intervalSteps } = picture;
  return {
    version: 1,
    model: {
      id: "drawn",
      label: "Drawn model",
      architecture: "llama",
      layerCount: 2,
      headCount: 4,
      kvHeadCount: 2,
      headDim: 4,
      vocabularySize: 64,
      parameterCount: 1000,
      maxPositions: 128,
      digest: "",
    },
    backend: { type: "cpu", adapter: "plain TypeScript", isSoftware: false, weightType: "f32" },
    memory: {
      slotCapacity: budgetSlots + intervalSteps,
      bytesPerSlot: 128,
      kvBytes: 128 * (budgetSlots + intervalSteps),
      weightBytes: 4000,
      otherBytes: 500,
    },
    policyId: "gkv",
    policyLabel: "G-KV",
    parameters: { budgetSlots, windowSlots, intervalSteps, alpha: 0.8, lambda: 0.5, smoothing: "max" },
    formula: gkv.formula(effectiveParameters(gkv, { budgetSlots, windowSlots, alpha: 0.8, lambda: 0.5 })),
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 0 },
    maxNewTokens: 20,
    promptText: picture.prompt,
    promptTokens: Int32Array.from(promptTexts, (_, position) => position),
    promptTexts,
    expectedAnswer: picture.expectedAnswer ?? null,
  };
}

function drawStep(step: number, text: string, held: readonly (readonly number[])[]): StepRecord {
  return {
    step,
    token: step,
    text,
    logProbability: Math.log(0.75),
    entropy: 0.5,
    candidateTokens: Int32Array.of(step, 60),
    candidateTexts: [text, "other"],
    candidateLogProbabilities: Float32Array.of(Math.log(0.75), Math.log(0.25)),
    lengths: Int32Array.from(held, (row) => row.length),
    // The newest query looks at the oldest slot alone.
    attention: joinRows(
      held.map((row) => Uint8Array.from(row, (_, slot) => (slot === 0 ? 255 : 0))),
      Uint8Array,
    ),
    attentionScale: new Float32Array(headCount).fill(0.64),
    timings: { computeMs: step === 0 ? 8 : 2, eventMs: 1, readBackMs: 0.5 },
  };
}

interface DrawnSurroundings {
  readonly picture: TracePicture;
  readonly texts: readonly string[];
  readonly held: readonly (readonly number[])[];
}

function drawEvent(drawn: DrawnEvent, { picture, texts, held }: DrawnSurroundings): EvictionEvent {
  const evicted = drawn.evicted.map((words) => words.split(" ").map((word) => texts.indexOf(word)));
  const survivors = held.map((row, head) =>
    row.flatMap((position, slot) => (evicted[head].includes(position) ? [] : slot)),
  );
  const total = held.map((row, head) =>
    row.slice(0, row.length - picture.windowSlots).map((position, candidate) => {
      return drawn.total?.[candidate] ?? (evicted[head].includes(position) ? 0.1 : 0.5);
    }),
  );
  const isKept = (head: number, candidate: number): boolean => survivors[head].includes(candidate);
  const lowestKept = total.map((row, head) => Math.min(...row.filter((_, candidate) => isKept(head, candidate))));
  const highestEvicted = total.map((row, head) => Math.max(...row.filter((_, candidate) => !isKept(head, candidate))));
  return {
    event: Math.floor(drawn.step / picture.intervalSteps),
    step: drawn.step,
    budgetSlots: survivors.reduce((sum, row) => sum + row.length, 0) / survivors.length,
    windowSlots: picture.windowSlots,
    positionsBefore: rowsOf(held, Int32Array),
    terms: {},
    parts: Object.fromEntries(
      Object.entries(drawn.parts ?? {}).map(([part, row]) => [part, rowsOf(inEveryHead(row), Float32Array)]),
    ),
    total: rowsOf(total, Float32Array),
    carry: emptyRows(headCount, Float32Array),
    survivors: rowsOf(survivors, Int32Array),
    cutOff: Float32Array.from(lowestKept),
    margin: Float32Array.from(lowestKept, (kept, head) => kept - highestEvicted[head]),
    ...(drawn.excusedSlots && { excusedSlots: rowsOf(inEveryHead(drawn.excusedSlots), Int32Array) }),
    ...(drawn.votingHeads && { votingHeads: rowsOf(inEveryHead(drawn.votingHeads), Int8Array) }),
  };
}

function inEveryHead(row: readonly number[]): (readonly number[])[] {
  return Array.from({ length: headCount }, () => row);
}

function rowsOf<Values extends RowValues>(
  rows: readonly (readonly number[])[],
  Values: { new (length: number): Values; from(row: readonly number[]): Values },
): HeadRows<Values> {
  return joinRows(
    rows.map((row) => Values.from(row)),
    Values,
  );
}
