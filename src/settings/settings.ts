// Every choice a user has, in one table. Controls, defaults, limits and the link derive from it; the rows of policy
// parameters stand in policy/parameters.ts. Changing what a key or value means needs a new link version (linkUpgrades.ts).
import type { RowValue } from "../policy/parameterRow";
import { parameterTable } from "../policy/parameters";
import { policyGroups } from "../policy/policyGroups";
import { scoreKindLabels } from "../policy/scoreKinds";
import { broughtLabel, parseBroughtId } from "./broughtModels";
import { shippedModels } from "./shippedModels";
import type { SettingRow } from "./settingRow";

/** As the problem, the text of the user's own. */
export const OWN_TEXT = "text";

/** As the most tokens: what the problem on hand calls for. */
export const AUTOMATIC_TOKENS = 0;

export const settingTable = {
  /** A problem's id (problems/families.ts), or OWN_TEXT. */
  problem: {
    type: "text",
    label: "Problem",
    help: "A generated puzzle with a known answer, or a text of your own.",
    group: "problem",
    key: "problem",
    isMain: true,
    default: "walk-5x20-1",
    maxLength: 60,
  },
  promptText: {
    type: "text",
    label: "Own text",
    help: "The embedded models know only the words of their puzzles; any other word becomes <unk>.",
    group: "problem",
    key: "text",
    default: "",
    maxLength: 8000,
  },
  model: {
    type: "choice",
    label: "Model",
    help: "Which model runs: an embedded one, or one that you bring.",
    group: "problem",
    key: "model",
    isMain: true,
    default: shippedModels[0].id,
    choices: shippedModels.map((model) => ({ value: model.id, label: model.label })),
    furtherLabel: (text: string) => {
      const brought = parseBroughtId(text);
      return brought && broughtLabel(brought);
    },
  },
  policyId: {
    type: "choice",
    label: "Policy",
    help: "Which tokens are evicted when the cache exceeds its budget.",
    group: "policy",
    key: "policy",
    isMain: true,
    default: "gkv",
    choices: policyGroups().flatMap(({ kind, policies }) =>
      policies.map(({ id, label }) => ({ value: id, label, group: scoreKindLabels[kind] })),
    ),
  },
  ...parameterTable,
  /** Spans as lib/spans.ts writes them. */
  keptSpans: {
    type: "text",
    label: "Tokens that stay",
    help: "Tokens of the prompt that are never evicted, by their places from 0: 3-9,12. The budget stays what it is.",
    group: "cache",
    key: "keep",
    default: "",
    maxLength: 200,
  },
  instructionSpans: {
    type: "text",
    label: "Instructions",
    help: "Spans of the prompt that are instructions, such as 3-6,7-10. Empty: those of the problem.",
    group: "cache",
    key: "instructions",
    default: "",
    maxLength: 200,
  },
  temperature: {
    type: "number",
    label: "Temperature",
    help: "0 takes the most probable token every time.",
    group: "sampling",
    key: "T",
    default: 0,
    min: 0,
    max: 2,
    step: 0.05,
  },
  topP: {
    type: "number",
    label: "Top-p",
    help: "Draw from the fewest tokens that reach this probability; 1 is off.",
    group: "sampling",
    key: "topP",
    default: 1,
    min: 0.01,
    max: 1,
    step: 0.01,
  },
  topK: {
    type: "number",
    label: "Top-k",
    help: "Draw from the k most probable tokens; 0 is off.",
    group: "sampling",
    key: "topK",
    default: 0,
    min: 0,
    max: 256,
    step: 1,
    unit: "tokens",
  },
  maxNewTokens: {
    type: "number",
    label: "Tokens at most",
    help: "The run ends here unless the model stops earlier. 0 is automatic: a tenth more than the solution has, at least 32 more.",
    group: "sampling",
    key: "max",
    default: AUTOMATIC_TOKENS,
    min: 0,
    max: 4096,
    step: 1,
    unit: "tokens",
  },
  backend: {
    type: "choice",
    label: "Runs on",
    help: "Automatic uses a real GPU if there is one, otherwise the CPU.",
    group: "engine",
    key: "on",
    default: "auto",
    choices: [
      { value: "auto", label: "automatic" },
      { value: "gpu", label: "WebGPU" },
      { value: "cpu", label: "CPU" },
    ],
  },
  hasTaps: {
    type: "flag",
    label: "Record attention",
    help: "Records the newest query’s attention at every step, for the map.",
    group: "engine",
    key: "taps",
    default: true,
  },
  hasHeadTaps: {
    type: "flag",
    label: "Record every query head",
    help: "Records the attention of every query head too, not just each KV head’s maximum. Needs “Record attention”; adds a byte per query head and slot to every step.",
    group: "engine",
    key: "heads",
    default: false,
  },
  /** As HeadChoice of trace/watchedHeads.ts. */
  attentionHeads: {
    type: "choice",
    label: "Heads recorded",
    help: "Whose attention is recorded. Automatic: all KV heads of a model with up to 96 of them, else 16: those that you look at or keep, and others spread over the layers.",
    group: "engine",
    key: "watch",
    default: "auto",
    choices: [
      { value: "auto", label: "automatic" },
      { value: "all", label: "all heads" },
      { value: "watched", label: "watched heads" },
    ],
  },
  isCompared: {
    type: "flag",
    label: "Compare with the full cache",
    help: "Feeds the run’s tokens to a full cache as well and shows what eviction changed. Takes at least twice the time, and the memory of a full cache.",
    group: "engine",
    key: "shadow",
    default: false,
  },
} as const satisfies Readonly<Record<string, SettingRow>>;

export type SettingId = keyof typeof settingTable;

/** A value for every row. */
export type Settings = { readonly [Id in SettingId]: RowValue<(typeof settingTable)[Id]> };

/** What the user chose: only what differs from the defaults in force. */
export type Choices = Partial<Settings>;

export const settingIds = Object.keys(settingTable) as readonly SettingId[];

/** A row whose kind its `type` says, not its name. */
export function settingRow(id: SettingId): SettingRow {
  return settingTable[id];
}
