// Every choice a user has, in one table. Controls, defaults, limits and the link derive from it; rows named as in
// PolicyParameters are policy parameters, and start from the values every policy starts from. Changing what a key or
// value means needs a new link version (linkUpgrades.ts).
import { baseParameters } from "../policy/parameters";
import { policies } from "../policy/policies";
import { shippedModels } from "./shippedModels";
import { choiceRow, flagRow, numberRow, textRow, type RowValue, type SettingRow } from "./settingRow";

/** As the problem, the text of the user's own. */
export const OWN_TEXT = "text";

/** As the most tokens: what the problem on hand calls for. */
export const AUTOMATIC_TOKENS = 0;

export const settingTable = {
  /** A problem's id (problems/families.ts), or OWN_TEXT. */
  problem: textRow({
    label: "Problem",
    help: "A generated puzzle with a known answer, or a text of your own.",
    group: "problem",
    key: "problem",
    isMain: true,
    default: "walk-5x20-1",
    maxLength: 60,
  }),
  promptText: textRow({
    label: "Own text",
    help: "The embedded models know only the words of their puzzles; others become <unk>.",
    group: "problem",
    key: "text",
    default: "",
    maxLength: 8000,
  }),
  model: choiceRow({
    label: "Model",
    help: "Which of the embedded models runs.",
    group: "problem",
    key: "model",
    isMain: true,
    default: shippedModels[0].id,
    choices: shippedModels.map((model) => ({ value: model.id, label: model.label })),
  }),
  policyId: choiceRow({
    label: "Policy",
    help: "Who is evicted when the cache exceeds its budget.",
    group: "policy",
    key: "policy",
    isMain: true,
    default: "gkv",
    choices: policies.map((policy) => ({ value: policy.id, label: policy.label })),
  }),
  budgetSlots: numberRow({
    label: "Budget B",
    help: "Entries kept per layer and KV head after an event, window included.",
    group: "cache",
    key: "B",
    isMain: true,
    default: baseParameters.budgetSlots,
    min: 8,
    max: 4096,
    step: 1,
    unit: "slots",
  }),
  windowSlots: numberRow({
    label: "Window w",
    help: "The newest tokens: their queries vote, and they always stay.",
    group: "cache",
    key: "w",
    isMain: true,
    default: baseParameters.windowSlots,
    min: 1,
    max: 512,
    step: 1,
    unit: "tokens",
  }),
  intervalSteps: numberRow({
    label: "Interval s",
    help: "Decode steps between events.",
    group: "cache",
    key: "s",
    isMain: true,
    default: baseParameters.intervalSteps,
    min: 1,
    max: 1024,
    step: 1,
    unit: "steps",
  }),
  alpha: numberRow({
    label: "Decay α",
    help: "How much of a remembered score is left at the next event.",
    group: "score",
    key: "alpha",
    isMain: true,
    default: baseParameters.alpha,
    min: 0,
    max: 1,
    step: 0.01,
  }),
  lambda: numberRow({
    label: "Mix λ",
    help: "Weight of attention against redundancy: 1 is attention alone.",
    group: "score",
    key: "lambda",
    isMain: true,
    default: baseParameters.lambda,
    min: 0,
    max: 1,
    step: 0.01,
  }),
  seed: numberRow({
    label: "Seed",
    help: "Seed of sampling and of random eviction.",
    group: "sampling",
    key: "seed",
    isMain: true,
    default: baseParameters.seed,
    min: 0,
    max: 2147483647,
    step: 1,
  }),
  smoothing: choiceRow({
    label: "Join with the past",
    help: "How a remembered score joins the present one.",
    group: "score",
    key: "join",
    default: baseParameters.smoothing,
    choices: [
      { value: "none", label: "no memory" },
      { value: "max", label: "max(α·C, S)" },
      { value: "mean", label: "α·C + (1 − α)·S" },
      { value: "sum", label: "α·C + S" },
    ],
  }),
  isNormalised: flagRow({
    label: "Normalise",
    help: "Divide S and R by their maximum; acts only when scores are remembered.",
    group: "score",
    key: "norm",
    default: baseParameters.isNormalised,
  }),
  poolingSlots: numberRow({
    label: "Pooling width",
    help: "Max-pool over neighbouring slots, odd; 1 is none.",
    group: "score",
    key: "pool",
    default: baseParameters.poolingSlots,
    min: 1,
    max: 31,
    step: 2,
    unit: "slots",
  }),
  redundancy: choiceRow({
    label: "Redundancy",
    help: "How much a key resembles the other keys.",
    group: "score",
    key: "red",
    default: baseParameters.redundancy,
    choices: [
      { value: "none", label: "none" },
      { value: "kernel", label: "kernel" },
      { value: "raw", label: "raw (older variant)" },
    ],
  }),
  shiftGamma: numberRow({
    label: "Attention shift γ",
    help: "Weight of the spread of attention over the window; 0 is off.",
    group: "score",
    key: "gamma",
    default: baseParameters.shiftGamma,
    min: 0,
    max: 1000,
    step: 1,
  }),
  groupPooling: choiceRow({
    label: "Query heads joined by",
    help: "How the query heads that share a KV head are joined, after the softmax.",
    group: "score",
    key: "group",
    default: baseParameters.groupPooling,
    choices: [
      { value: "max", label: "max" },
      { value: "mean", label: "mean" },
    ],
  }),
  sinkSlots: numberRow({
    label: "Sinks",
    help: "The oldest slots that always stay.",
    group: "cache",
    key: "sinks",
    default: baseParameters.sinkSlots,
    min: 0,
    max: 64,
    step: 1,
    unit: "slots",
  }),
  isPromptProtected: flagRow({
    label: "Protect the prompt",
    help: "Prompt tokens leave only when nothing else is left.",
    group: "cache",
    key: "prompt",
    default: baseParameters.isPromptProtected,
  }),
  budgetMode: choiceRow({
    label: "Budget mode",
    help: "A fixed budget, or one that grows with the text once the ratio exceeds it.",
    group: "cache",
    key: "mode",
    default: baseParameters.budgetMode,
    choices: [
      { value: "budget", label: "fixed" },
      { value: "ratio", label: "share of the text" },
    ],
  }),
  compressRatio: numberRow({
    label: "Share of the text ρ",
    help: "In the growing mode the budget is this share of the text, but never below B.",
    group: "cache",
    key: "ratio",
    default: baseParameters.compressRatio,
    min: 0.01,
    max: 1,
    step: 0.01,
  }),
  temperature: numberRow({
    label: "Temperature",
    help: "0 takes the most probable token every time.",
    group: "sampling",
    key: "T",
    default: 0,
    min: 0,
    max: 2,
    step: 0.05,
  }),
  topP: numberRow({
    label: "Top-p",
    help: "Draw from the fewest tokens that reach this probability; 1 is off.",
    group: "sampling",
    key: "topP",
    default: 1,
    min: 0.01,
    max: 1,
    step: 0.01,
  }),
  topK: numberRow({
    label: "Top-k",
    help: "Draw from the k most probable tokens; 0 is off.",
    group: "sampling",
    key: "topK",
    default: 0,
    min: 0,
    max: 256,
    step: 1,
    unit: "tokens",
  }),
  maxNewTokens: numberRow({
    label: "Tokens at most",
    help: "The run ends here if no stop token came before; 0 is automatic: a tenth more than the solution has, at least 32 more.",
    group: "sampling",
    key: "max",
    default: AUTOMATIC_TOKENS,
    min: 0,
    max: 4096,
    step: 1,
    unit: "tokens",
  }),
  backend: choiceRow({
    label: "Runs on",
    help: "Automatic takes a real GPU if there is one, else the CPU.",
    group: "engine",
    key: "on",
    default: "auto",
    choices: [
      { value: "auto", label: "automatic" },
      { value: "gpu", label: "WebGPU" },
      { value: "cpu", label: "CPU" },
    ],
  }),
  hasTaps: flagRow({
    label: "Record attention",
    help: "Keep the newest query's attention of every step, for the map.",
    group: "engine",
    key: "taps",
    default: true,
  }),
  hasHeadTaps: flagRow({
    label: "Record every query head",
    help: "Beside each KV head's maximum, keep the attention of its query heads one by one; needs “Record attention” and adds a byte per query head and slot to every step.",
    group: "engine",
    key: "heads",
    default: false,
  }),
  hasShadow: flagRow({
    label: "Compare with the full cache",
    help: "Feeds the run's tokens to the full cache beside it and shows what eviction changed; at least twice the time, and the memory of a full cache.",
    group: "engine",
    key: "shadow",
    default: false,
  }),
} as const;

export type SettingId = keyof typeof settingTable;

/** A value for every row. */
export type Settings = { readonly [Id in SettingId]: RowValue<(typeof settingTable)[Id]> };

/** What the user chose: only what differs from the defaults in force. */
export type Choices = Partial<Settings>;

export const settingIds = Object.keys(settingTable) as readonly SettingId[];

/** The row of a setting, as any kind of row. */
export function settingRow(id: SettingId): SettingRow {
  return settingTable[id];
}
