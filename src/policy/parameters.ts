// Every parameter of the policies, one row each: what it is called and written as, what it may be, what it starts from.
// Controls, links, command lines, checks and the table in docs/methods.md derive from these rows; a policy's `uses` says
// which of them change what it does, and its `defaults` overlay what defines it.
import { LARGEST_WIDTH } from "./formula";
import { keyValueParameters } from "./keyValueParameters";
import { mergeParameters } from "./mergeParameters";
import { queryParameters } from "./queryParameters";
import { MANY, share, type ParameterRow, type Room, type RowValue } from "./parameterRow";
import { readingParameters } from "./readingParameters";
import { secondStageParameters } from "./secondStageParameters";
import { scheduleParameters } from "./scheduleParameters";
import { shareParameters } from "./shareParameters";
import { storageParameters } from "./storageParameters";

/** Sized for short reasoning by a small model; the paper's own scripts use w = 16, s = 128, B = 512 and more. */
export const parameterTable = {
  budgetSlots: {
    type: "number",
    label: "Budget B",
    symbol: "B",
    help: "Slots that each layer and KV head keeps at an event, window included.",
    onlyWith: { name: "budgetMode", values: ["budget", "ratio"] },
    group: "cache",
    key: "B",
    flag: "budget",
    decides: "when",
    isOfEveryPolicy: true,
    isMain: true,
    default: 96,
    min: 8,
    max: 4096,
    step: 1,
    unit: "slots",
    inPaper: 512,
    range: { least: 2, most: MANY, kind: "whole" },
  },
  budgetBytes: {
    type: "number",
    label: "Budget in bytes",
    help: "Bytes of the keys and values of all layers and KV heads after an event, as they are stored; B follows from them.",
    onlyWith: { name: "budgetMode", values: ["bytes"] },
    group: "cache",
    key: "bytes",
    flag: "budget-bytes",
    decides: "when",
    isOfEveryPolicy: true,
    isMain: true,
    default: 384 * 1024,
    min: 1024,
    max: 2 ** 30,
    step: 1,
    unit: "bytes",
    shown: { unit: "KiB", size: 1024 },
    range: { least: 1, most: MANY, kind: "whole" },
  },
  windowSlots: {
    type: "number",
    label: "Window w",
    symbol: "w",
    help: "The newest tokens. They always stay, and their queries vote on the others.",
    group: "cache",
    key: "w",
    flag: "window",
    decides: "when",
    isMain: true,
    default: 16,
    min: 1,
    max: 512,
    step: 1,
    unit: "tokens",
    inPaper: 16,
    range: { least: 1, most: MANY, kind: "whole" },
    room: ({ budgetSlots }) => ({
      most: budgetSlots - 1,
      words: `a budget of ${budgetSlots} slots leaves the window 1 to ${budgetSlots - 1}`,
    }),
  },
  intervalSteps: {
    type: "number",
    label: "Evict every (steps)",
    symbol: "s",
    help: "Steps from one event to the next.",
    group: "cache",
    key: "s",
    flag: "interval",
    decides: "when",
    isOfEveryPolicy: true,
    isMain: true,
    default: 16,
    min: 1,
    max: 1024,
    step: 1,
    unit: "steps",
    inPaper: 128,
    range: { least: 1, most: MANY, kind: "whole" },
  },
  alpha: {
    type: "number",
    label: "Decay α",
    symbol: "α",
    help: "How much of a past score is left at the next event.",
    group: "score",
    key: "alpha",
    flag: "alpha",
    decides: "who",
    isMain: true,
    default: 0.8,
    min: 0,
    max: 1,
    step: 0.01,
    range: share,
  },
  lambda: {
    type: "number",
    label: "Mix λ",
    symbol: "λ",
    help: "Weight of attention against redundancy; 1 is attention alone.",
    group: "score",
    key: "lambda",
    flag: "lambda",
    decides: "who",
    isMain: true,
    default: 0.5,
    min: 0,
    max: 1,
    step: 0.01,
    range: share,
  },
  seed: {
    type: "number",
    label: "Seed",
    help: "Same seed, same random choices: in sampling, random eviction and random sketches.",
    group: "sampling",
    key: "seed",
    flag: "seed",
    decides: "draw",
    isMain: true,
    default: 0,
    min: 0,
    max: 2147483647,
    step: 1,
    range: { least: 0, most: 2 ** 32 - 1, kind: "whole" },
  },
  smoothing: {
    type: "choice",
    label: "Join with the past",
    help: "How a past score joins the present one.",
    group: "score",
    key: "join",
    flag: "smoothing",
    decides: "who",
    default: "none",
    choices: [
      { value: "none", label: "no memory" },
      { value: "max", label: "max(α·C, S)" },
      { value: "mean", label: "α·C + (1 − α)·S" },
      { value: "sum", label: "α·C + S" },
    ],
  },
  isNormalised: {
    type: "flag",
    label: "Normalise",
    help: "Divides S and R by their maximum. Works only where past scores count.",
    group: "score",
    key: "norm",
    flag: "normalised",
    decides: "who",
    default: true,
  },
  poolingSlots: {
    type: "number",
    label: "Pooling width",
    help: "Each slot shares its score with so many neighbours (odd): the highest or the mean. 1 is off.",
    group: "score",
    key: "pool",
    flag: "pooling",
    decides: "who",
    default: 1,
    min: 1,
    max: 31,
    step: 2,
    unit: "slots",
    range: { least: 1, most: LARGEST_WIDTH, kind: "odd" },
  },
  redundancy: {
    type: "choice",
    label: "Redundancy",
    symbol: "R",
    help: "How much a key resembles the other keys.",
    group: "score",
    key: "red",
    flag: "redundancy",
    decides: "who",
    default: "none",
    choices: [
      { value: "none", label: "none" },
      { value: "kernel", label: "kernel" },
      { value: "raw", label: "raw (older variant)" },
    ],
  },
  shiftGamma: {
    type: "number",
    label: "Attention shift γ",
    symbol: "γ",
    help: "Weight of the spread of attention over the window; 0 is off.",
    group: "score",
    key: "gamma",
    flag: "shift-gamma",
    decides: "who",
    default: 0,
    min: 0,
    max: 1000,
    step: 1,
    range: { least: 0, most: 1e6, kind: "real" },
  },
  groupPooling: {
    type: "choice",
    label: "Query heads joined by",
    help: "How the query heads that share a KV head are joined: after the softmax, in R-KV’s own code before it.",
    group: "score",
    key: "group",
    flag: "group-pooling",
    decides: "who",
    default: "max",
    choices: [
      { value: "max", label: "max" },
      { value: "mean", label: "mean" },
    ],
  },
  sinkSlots: {
    type: "number",
    label: "Sinks",
    help: "The oldest slots that always stay.",
    group: "cache",
    key: "sinks",
    flag: "sinks",
    decides: "who",
    default: 4,
    min: 0,
    max: 64,
    step: 1,
    unit: "slots",
    range: { least: 0, most: MANY, kind: "whole" },
    room: ({ budgetSlots, windowSlots }) => ({
      most: budgetSlots - windowSlots,
      words: `a budget of ${budgetSlots} slots with a window of ${windowSlots} leaves the sinks 0 to ${budgetSlots - windowSlots}`,
    }),
  },
  isPromptProtected: {
    type: "flag",
    label: "Protect the prompt",
    help: "Prompt tokens are evicted only when nothing else is left.",
    group: "cache",
    key: "prompt",
    flag: "protect-prompt",
    decides: "who",
    default: false,
  },
  budgetMode: {
    type: "choice",
    label: "Budget mode",
    help: "A fixed number of slots, one that grows with the text, or as many slots as so many bytes hold.",
    group: "cache",
    key: "mode",
    flag: "budget-mode",
    decides: "when",
    isOfEveryPolicy: true,
    default: "budget",
    choices: [
      { value: "budget", label: "fixed" },
      { value: "ratio", label: "share of the text" },
      { value: "bytes", label: "bytes" },
    ],
  },
  compressRatio: {
    type: "number",
    label: "Share of the text ρ",
    symbol: "ρ",
    help: "The budget as a share of the text, never below B.",
    group: "cache",
    key: "ratio",
    flag: "compress-ratio",
    decides: "when",
    isOfEveryPolicy: true,
    default: 0.2,
    min: 0.01,
    max: 1,
    step: 0.01,
    range: { least: 0.001, most: 1, kind: "real" },
  },
  ...scheduleParameters,
  ...queryParameters,
  ...shareParameters,
  ...secondStageParameters,
  ...keyValueParameters,
  ...mergeParameters,
  ...storageParameters,
  ...readingParameters,
} as const satisfies Readonly<Record<string, ParameterRow>>;

export type ParameterName = keyof typeof parameterTable;
export type ParameterValue = number | string | boolean;
export type ParameterValues = { readonly [Name in ParameterName]: RowValue<(typeof parameterTable)[Name]> };

export const parameterNames = Object.keys(parameterTable) as readonly ParameterName[];

/** A row whose kind its `type` says, not its name. */
export function parameterRow(name: ParameterName): ParameterRow {
  return parameterTable[name];
}

/** The values every policy starts from. */
export const baseParameters = Object.fromEntries(
  parameterNames.map((name) => [name, parameterTable[name].default]),
) as unknown as ParameterValues;

/** Whether a parameter counts beside these values; those that are missing are as the table has them. */
export function countsBeside(name: ParameterName, values: Readonly<Partial<Record<string, unknown>>>): boolean {
  const { onlyWith } = parameterRow(name);
  const condition = parameterNames.find((known) => known === onlyWith?.name);
  if (condition === undefined || onlyWith === undefined) return true;
  const value = recordedValue(condition, values);
  return onlyWith.values === "above 0" ? Number(value) > 0 : onlyWith.values.some((known) => known === value);
}

/** A value among those of a run; of a run that is older than the row, what was done then: the table's default. */
export function recordedValue(name: ParameterName, values: Readonly<Partial<Record<string, unknown>>>): unknown {
  return values[name] ?? parameterTable[name].default;
}

/** Parameters that change what every evicting policy does. */
export const budgetParameters = parameterNames.filter((name) => parameterRow(name).isOfEveryPolicy);

/** Parameters that the full cache has as well. */
export const fullCacheParameters = parameterNames.filter((name) => parameterRow(name).isOfFullCache);

/** What they are where a run is held against the full cache: entries as computed, and every one of them read. */
export const plainCacheChoices = Object.fromEntries(
  fullCacheParameters.map((name) => [name, parameterTable[name].default]),
) as Partial<ParameterValues>;

/** What a run accepts, in words that follow "expected". */
export function expectedWords(row: ParameterRow): string {
  if (row.type === "flag") return "true or false";
  if (row.type === "choice") return row.choices.map(({ value }) => value).join(", ");
  if (row.type === "text") return row.accepts.words;
  const { least, most, kind } = row.range;
  const noun = { real: "a number", whole: "a whole number", odd: "an odd number" }[kind];
  return most === MANY ? `${noun} from ${least} on` : `${noun} from ${least} to ${most}`;
}

/** The nearest value that a run accepts, whatever the other parameters are. */
export function acceptedValue(row: ParameterRow, value: ParameterValue): ParameterValue {
  if (row.type === "flag") return typeof value === "boolean" ? value : row.default;
  if (row.type === "choice") return row.choices.find((known) => known.value === value)?.value ?? row.default;
  if (row.type === "text") return acceptedText(row, value);
  if (typeof value !== "number" || Number.isNaN(value)) return row.default;
  const { least, most, kind } = row.range;
  const limited = Math.min(most, Math.max(least, value));
  if (kind === "real") return limited;
  return kind === "whole" ? Math.round(limited) : 2 * Math.floor(limited / 2) + 1;
}

function acceptedText({ accepts, maxLength }: Extract<ParameterRow, { type: "text" }>, value: ParameterValue): string {
  return typeof value === "string" && value.length <= maxLength && accepts.pattern.test(value) ? value : "";
}

/** How much the parameters above it leave of a parameter; null for one that needs no room. */
export function roomOf(row: ParameterRow, above: ParameterValues): Room | null {
  return row.type === "number" ? (row.room?.(above) ?? null) : null;
}
