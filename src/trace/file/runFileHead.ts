// The head of a run file: what is not a column, as JSON, and its parsing into typed records.

import * as v from "valibot";
import { InputError } from "../../lib/errors";
import type { Forecast } from "./forecast";
import { forecastJson, forecastsSchema } from "./runFileForecasts";
import type { ParameterValue, Trace, TraceHeader } from "./flatTrace";

const LARGEST_COUNT = 1 << 20;
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LARGEST_COUNT));
const positiveCount = v.pipe(count, v.minValue(1));
const bytes = v.pipe(v.number(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const name = v.pipe(v.string(), v.regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/));
/** JSON has no NaN and no infinities: they are written as one of these words in an array of one. */
const oddNumber = v.tuple([v.picklist(["NaN", "Infinity", "-Infinity", "-0"])]);
const parameter = v.union([v.number(), v.string(), v.boolean(), oddNumber]);

const eventSchema = v.object({
  event: count,
  step: count,
  lengthBefore: positiveCount,
  keptCount: positiveCount,
  budgetSlots: bytes,
  windowSlots: count,
  candidateCount: count,
  termNames: v.pipe(v.array(name), v.maxLength(32)),
  partNames: v.pipe(v.array(name), v.maxLength(32)),
  hasCarry: v.boolean(),
});

const headSchema = v.object({
  header: v.object({
    version: v.literal(1),
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
      kvBytes: bytes,
      weightBytes: bytes,
      otherBytes: bytes,
    }),
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
    isForced: v.optional(v.literal(true)),
    termBits: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(23))),
  }),
  promptCount: positiveCount,
  stepCount: count,
  events: v.pipe(v.array(eventSchema), v.maxLength(LARGEST_COUNT)),
  /** How columns of events follow from one another; of files whose events are stored as what differs from that. */
  forecasts: v.optional(forecastsSchema),
  end: v.nullable(v.picklist(["stopToken", "length", "stopped", "failed"])),
  /** Every text of a token that occurs, once; the columns hold places in this list. */
  texts: v.pipe(v.array(v.string()), v.maxLength(LARGEST_COUNT)),
});

export type RunFileHead = v.InferOutput<typeof headSchema>;
export type RunFileEvent = v.InferOutput<typeof eventSchema>;

export function runFileHead(
  trace: Trace,
  texts: readonly string[],
  forecasts: readonly Forecast[] | null,
): RunFileHead {
  const { promptTokens, promptTexts: _promptTexts, parameters, ...rest } = trace.header;
  const headCount = rest.model.layerCount * rest.model.kvHeadCount;
  return {
    header: {
      ...rest,
      parameters: Object.entries(parameters).map(([id, value]) => [id, toJson(value)]),
    },
    promptCount: promptTokens.length,
    stepCount: trace.steps.length,
    events: trace.events.map((event) => ({
      event: event.event,
      step: event.step,
      lengthBefore: event.lengthBefore,
      keptCount: event.survivors.length / headCount,
      budgetSlots: event.budgetSlots,
      windowSlots: event.windowSlots,
      candidateCount: event.candidateCount,
      termNames: Object.keys(event.terms),
      partNames: Object.keys(event.parts),
      hasCarry: event.carry.length > 0,
    })),
    ...(forecasts !== null && { forecasts: forecasts.map(forecastJson) }),
    end: trace.end,
    texts: [...texts],
  };
}

/** Parses the JSON of a head; `what` starts the message of every error. */
export function parseRunFileHead(bytesOfHead: Uint8Array, what: string): RunFileHead {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOfHead));
  } catch {
    throw new InputError(`${what} is not JSON`);
  }
  const parsed = v.safeParse(headSchema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue) ?? "the head";
  throw new InputError(`${what}: ${path} should be ${issue.expected ?? "valid"}, found ${issue.received}`);
}

/** The trace's header; prompt and texts come from columns. */
export function toTraceHeader(
  head: RunFileHead,
  promptTokens: Int32Array,
  promptTexts: readonly string[],
): TraceHeader {
  const { parameters, ...rest } = head.header;
  return {
    ...rest,
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
