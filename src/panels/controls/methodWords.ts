// The parts of a method in one line: score, second stage, share, schedule, grouping and departure. Pure.
import { policyOf } from "../../settings/inForce";
import type { Settings } from "../../settings/settings";

type PartId = "secondStage" | "share" | "schedule" | "grouping" | "departure";

/** In the order of the line. What the value of a part says; null where it goes without saying. [part] → [value] */
export const partWords: Readonly<Record<PartId, Readonly<Partial<Record<string, string | null>>>>> = {
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

/** "SnapKV score · adaptive share · every 16 steps · the rest dropped" */
export function methodLine(settings: Settings): string {
  const { label, isEvicting } = policyOf(settings.policyId);
  if (!isEvicting) return `${label}: nothing is scored, nothing leaves`;
  const parts = Object.entries(partWords).map(([id, words]) => words[settings[id as PartId]]);
  const said = [`${label} score`, ...parts].filter((words) => typeof words === "string");
  return said.join(" · ").replace("every s steps", `every ${settings.intervalSteps} steps`);
}
