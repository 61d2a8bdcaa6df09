// The parts of a method in one line: score, share, schedule, grouping and departure. Pure.
import { policyOf } from "../../settings/inForce";
import { settingIds, settingRow, type Settings } from "../../settings/settings";

/** What the value of a part says; null where it goes without saying. [row] → [value] */
export const partWords: Readonly<Partial<Record<string, Readonly<Partial<Record<string, string | null>>>>>> = {
  secondStage: { none: null, critical: "CriticalKV’s second stage" },
  share: {
    uniform: "uniform share",
    pyramid: "pyramid share",
    adaptive: "adaptive share",
    roles: "share by head role",
  },
  schedule: { decoding: "every s steps", once: "once, after the prompt" },
  grouping: { tokens: null, chunks: "the best of every chunk", wholeChunks: "whole chunks" },
  departure: { drop: "the rest dropped", rerotate: "the rest dropped, keys rotated again" },
};

const usualValues: Readonly<Record<string, string>> = {
  secondStage: "none",
  share: "uniform",
  schedule: "decoding",
  grouping: "tokens",
  departure: "drop",
};

/** "SnapKV score · adaptive share · every 16 steps · the rest dropped" */
export function methodLine(settings: Settings): string {
  const { label, isEvicting } = policyOf(settings.policyId);
  if (!isEvicting) return `${label}: nothing is scored, nothing leaves`;
  const parts = Object.entries(usualValues).map(([name, usual]) => {
    const id = settingIds.find((known) => known === name);
    const value = id === undefined ? usual : String(settings[id]);
    const words = partWords[name]?.[value];
    if (words !== undefined) return words;
    return id === undefined ? null : `${settingRow(id).label}: ${value}`;
  });
  const said = [`${label} score`, ...parts].filter((words) => words !== null);
  return said.join(" · ").replace("every s steps", `every ${settings.intervalSteps} steps`);
}
