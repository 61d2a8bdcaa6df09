// Which settings there are, the values that a control names, and what differs from the defaults. Pure.
import { defaultValue, isUnusedByPolicy, policyOf } from "../../settings/inForce";
import { writtenValue, type SettingValue } from "../../settings/settingRow";
import { OWN_TEXT, settingIds, settingRow, type Choices, type SettingId, type Settings } from "../../settings/settings";

/** A value that a control names: "default 96", "paper 512". */
export interface ValueMark {
  readonly name: "default" | "paper";
  readonly value: SettingValue;
}

const withoutPaper: readonly string[] = ["fullCache", "random", "promptRecent"];

/** False for controls and baselines that no paper proposes. */
export function hasPaper(policyId: string): boolean {
  return !withoutPaper.includes(policyId);
}

/** Settings that change nothing have no control: a seed draws only for random eviction and for sampling. */
export function isUsed(id: SettingId, settings: Settings): boolean {
  const isSampling = settings.temperature > 0;
  const isOfPolicy = !isUnusedByPolicy(id, settings.policyId, settings);
  switch (id) {
    case "seed":
      return isOfPolicy || isSampling;
    case "topP":
    case "topK":
      return isSampling;
    case "hasHeadTaps":
    case "attentionHeads":
      return settings.hasTaps;
    case "compressRatio":
      return isOfPolicy && settings.budgetMode === "ratio";
    case "intervalSteps":
      return isOfPolicy && settings.schedule === "decoding";
    case "fairRule":
    case "fairShare": // The orders family has instructions, and a text can name its own.
      return isOfPolicy && (settings.problem.startsWith("orders") || settings.problem === OWN_TEXT);
    case "instructionSpans":
      return settings.instructionSpans !== "" || (settings.problem === OWN_TEXT && settings.fairShare > 0);
    case "keptSpans":
      return policyOf(settings.policyId).isEvicting;
    default:
      return isOfPolicy;
  }
}

/** The paper's value where there is one, and the page's own once another is chosen. */
export function valueMarks(id: SettingId, settings: Settings): readonly ValueMark[] {
  const row = settingRow(id);
  if (row.type !== "number") return [];
  const start = defaultValue(id, settings.policyId);
  const ofPolicy = (policyOf(settings.policyId).defaults as Partial<Record<SettingId, SettingValue>>)[id];
  const paper = hasPaper(settings.policyId) ? (row.inPaper ?? ofPolicy) : undefined;
  return [
    ...(settings[id] === start || start === paper ? [] : [{ name: "default" as const, value: start }]),
    ...(paper === undefined ? [] : [{ name: "paper" as const, value: paper }]),
  ];
}

export interface Difference {
  readonly id: SettingId;
  /** "Budget B" */
  readonly label: string;
  /** "64 slots" */
  readonly written: string;
  readonly start: SettingValue;
  readonly startWritten: string;
}

/** The choices in force that differ from what the page starts from. */
export function differences(choices: Choices, settings: Settings): readonly Difference[] {
  return settingIds
    .filter((id) => choices[id] !== undefined && isUsed(id, settings))
    .map((id) => {
      const row = settingRow(id);
      const start = defaultValue(id, settings.policyId);
      const [written, startWritten] = [settings[id], start].map((value) => writtenValue(row, value));
      return { id, label: row.label, written, start, startWritten };
    });
}
