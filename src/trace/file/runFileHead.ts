// The head of a run file: what is not a column, as JSON, and its parsing into typed records.

import * as v from "valibot";
import { assert, InputError } from "../../lib/errors";
import { objectionToFormula, operations, type Operation } from "../../policy/formula";
import { columnTypes, type ColumnFacts } from "./columns";
import type { ParameterValue, Trace, TraceHeader } from "../trace";

/** The head of a stream's file (stream/streamFile.ts), which tells it from a run of text. */
export const STREAM_HEAD = "stream.json";

/** Versions 1 to 16 were of a layout that is no longer read. */
const RUN_FILE_VERSION = 17;

const LARGEST_COUNT = 1 << 20;
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LARGEST_COUNT));
const positiveCount = v.pipe(count, v.minValue(1));
const bytes = v.pipe(v.number(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const name = v.pipe(v.string(), v.regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/));
/** JSON has no NaN and no infinities: they are written as one of these words in an array of one. */
const oddNumber = v.tuple([v.picklist(["NaN", "Infinity", "-Infinity", "-0"])]);
const parameter = v.union([v.number(), v.string(), v.boolean(), oddNumber]);

const column = v.pipe(v.string(), v.regex(/^(terms\.)?[a-zA-Z][a-zA-Z0-9]{0,39}$/));

const formulaSchema = v.object({
  steps: v.pipe(
    v.array(
      v.object({
        column: name,
        operation: v.picklist(Object.keys(operations) as Operation[]),
        from: v.pipe(v.array(column), v.maxLength(2)),
        numbers: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.maxLength(3)),
      }),
    ),
    v.maxLength(64),
  ),
  carry: v.nullable(name),
  start: v.nullable(name),
});

/** An event's single numbers. */
const eventSchema = v.object({ event: count, step: count, budgetSlots: bytes, windowSlots: count });

const span = v.pipe(
  v.object({ start: count, end: count }),
  v.check(({ start, end }) => start < end, "expected a span of one token at least"),
);
const spanList = v.pipe(v.array(span), v.maxLength(1000));

/** What ran, and where: of runs of text and of streams. */
export const machineEntries = {
  model: v.object({
    id: v.string(),
    label: v.string(),
    architecture: v.string(),
    layerCount: positiveCount,
    headCount: positiveCount,
    kvHeadCount: positiveCount,
    headDim: positiveCount,
    vocabularySize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0x7fffffff)),
    parameterCount: bytes,
    maxPositions: bytes,
    windows: v.exactOptional(v.pipe(v.array(v.nullable(positiveCount)), v.readonly())),
    digest: v.string(),
  }),
  backend: v.object({
    type: v.picklist(["cpu", "gpu"]),
    adapter: v.string(),
    isSoftware: v.boolean(),
    weightType: v.picklist(["f32", "f16"]),
  }),
  memory: v.object({
    slotCapacity: bytes,
    bytesPerSlot: bytes,
    packing: v.optional(v.object({ residualSlots: bytes, blockSlots: bytes, fullBytesPerSlot: bytes })),
    kvBytes: bytes,
    weightBytes: bytes,
    otherBytes: bytes,
  }),
};

/** How a head lists the columns. */
export const columnList = v.pipe(
  v.array(
    v.object({
      name: v.pipe(v.string(), v.regex(/^[a-zA-Z0-9./]{1,80}$/)),
      type: v.picklist(columnTypes),
      count: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0x7fffffff)),
    }),
  ),
  v.maxLength(256),
);

const headSchema = v.object({
  version: v.literal(RUN_FILE_VERSION),
  header: v.object({
    version: v.literal(1),
    ...machineEntries,
    policyId: v.string(),
    policyLabel: v.string(),
    parameters: v.array(v.tuple([name, parameter])),
    sampling: v.object({
      temperature: v.number(),
      topP: v.number(),
      topK: v.number(),
      seed: v.number(),
    }),
    maxNewTokens: bytes,
    promptText: v.string(),
    expectedAnswer: v.nullable(v.string()),
    spans: v.optional(v.object({ kept: spanList, instructions: spanList })),
    isForced: v.optional(v.literal(true)),
    formula: v.nullable(formulaSchema),
  }),
  promptCount: positiveCount,
  stepCount: count,
  events: v.pipe(v.array(eventSchema), v.maxLength(LARGEST_COUNT)),
  /** What the events hold, each of them all of it. */
  termNames: v.pipe(v.array(name), v.maxLength(32)),
  partNames: v.pipe(v.array(name), v.maxLength(32)),
  hasCarry: v.boolean(),
  end: v.nullable(v.picklist(["stopToken", "length", "stopped", "failed"])),
  /** Every text of a token that occurs, once; the columns hold places in this list. */
  texts: v.pipe(v.array(v.string()), v.maxLength(LARGEST_COUNT)),
  columns: columnList,
});

export type RunFileHead = v.InferOutput<typeof headSchema>;
export type RunFileEvent = v.InferOutput<typeof eventSchema>;

export function runFileHead(trace: Trace, texts: readonly string[], columns: readonly ColumnFacts[]): RunFileHead {
  const { promptTokens, promptTexts: _promptTexts, parameters, formula, spans, ...rest } = trace.header;
  return {
    version: RUN_FILE_VERSION,
    header: {
      ...rest,
      ...(spans !== undefined && { spans: { kept: [...spans.kept], instructions: [...spans.instructions] } }),
      parameters: Object.entries(parameters).map(([id, value]) => [id, toJson(value)]),
      formula: formula && {
        ...formula,
        steps: formula.steps.map((step) => ({ ...step, from: [...step.from], numbers: [...step.numbers] })),
      },
    },
    promptCount: promptTokens.length,
    stepCount: trace.steps.length,
    events: trace.events.map(({ event, step, budgetSlots, windowSlots }) => ({
      event,
      step,
      budgetSlots,
      windowSlots,
    })),
    ...eventNames(trace),
    end: trace.end,
    texts: [...texts],
    columns: [...columns],
  };
}

/** What every event of the run holds. Throws where they differ: a run measures the same at every event. */
export function eventNames({ events }: Trace): Pick<RunFileHead, "termNames" | "partNames" | "hasCarry"> {
  // An event whose scores were left out carries nothing that is left.
  const hasCarry = events.some(({ carry }) => carry.values.length > 0);
  const all = events.map(({ terms, parts, total, carry }) => ({
    termNames: Object.keys(terms),
    partNames: Object.keys(parts),
    hasCarry: total.values.length === 0 ? hasCarry : carry.values.length > 0,
  }));
  const [first = { termNames: [], partNames: [], hasCarry }] = all;
  const odd = all.findIndex((names) => JSON.stringify(names) !== JSON.stringify(first));
  assert(odd < 0, `event ${events[Math.max(0, odd)]?.event} holds other terms or parts than the first`);
  return first;
}

/** Parses the JSON of a head; `what` starts the message of every error. */
export function parseRunFileHead(bytesOfHead: Uint8Array, what: string): RunFileHead {
  const head = parseHead(bytesOfHead, { schema: headSchema, version: RUN_FILE_VERSION, what });
  const { formula } = head.header;
  const objection = formula === null ? null : objectionToFormula(formula);
  if (objection !== null) throw new InputError(`${what}: the formula ${objection}`);
  return head;
}

interface HeadFormat<Head> {
  readonly schema: v.GenericSchema<unknown, Head>;
  readonly version: number;
  /** Starts the message of every error. */
  readonly what: string;
}

/** A head of either kind of run file; throws InputError for any other. */
export function parseHead<Head>(bytesOfHead: Uint8Array, { schema, version: expected, what }: HeadFormat<Head>): Head {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOfHead));
  } catch {
    throw new InputError(`${what} is not JSON`);
  }
  const { output: declared } = v.safeParse(v.object({ version: v.number() }), json);
  const version = typeof declared === "object" && declared !== null && "version" in declared ? declared.version : null;
  if (typeof version === "number" && version !== expected) {
    throw new InputError(
      `${what}: version ${version} of the run format, expected ${expected}; open it with the version of Winnow that saved it.`,
    );
  }
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = v.getDotPath(issue) ?? "the head";
    throw new InputError(`${what}: ${path} should be ${issue.expected ?? "valid"}, found ${issue.received}`);
  }
  return parsed.output;
}

/** The trace's header; prompt and texts come from columns. */
export function toTraceHeader(
  head: RunFileHead,
  promptTokens: Int32Array,
  promptTexts: readonly string[],
): TraceHeader {
  const { parameters, spans, ...rest } = head.header;
  return {
    ...rest,
    ...(spans !== undefined && { spans }),
    parameters: Object.fromEntries(parameters.map(([id, value]) => [id, fromJson(value)])),
    promptTokens,
    promptTexts,
  };
}

type JsonParameter = v.InferOutput<typeof parameter>;

function toJson(value: ParameterValue): JsonParameter {
  if (typeof value !== "number") return value;
  if (Number.isNaN(value)) return ["NaN"];
  if (value === Infinity) return ["Infinity"];
  if (value === -Infinity) return ["-Infinity"];
  return Object.is(value, -0) ? ["-0"] : value;
}

function fromJson(value: JsonParameter): ParameterValue {
  return Array.isArray(value) ? Number(value[0]) : value;
}
