// The parts of a method in one line: score, second stage, share, schedule, grouping, what becomes of the evicted, of the keys
// that stay, how entries are stored and what a query reads. Pure.
import { policyOf } from "../../settings/inForce";
import type { Settings } from "../../settings/settings";

type PartId = "secondStage" | "share" | "schedule" | "grouping" | "merging" | "departure" | "storage" | "reading";

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
  merging: {
    none: "the rest dropped",
    keepKv: "the rest merged (KeepKV)",
    keepKvCode: "the rest merged (KeepKV’s code)",
    convex: "the rest merged without votes",
    values: "values of the rest merged (KVPress)",
    cam: "values of the rest merged (CaM)",
  },
  departure: { drop: null, rerotate: "keys rotated again" },
  storage: {
    asComputed: null,
    half: "stored in 16 bits",
    quantised: "stored quantised",
    kivi: "stored like KIVI",
    tada: "stored as TaDA does",
    thin: "weak key channels set to 0 (ThinK)",
  },
  reading: { everything: null, latents: "read through latents" },
};

/** "SnapKV score · adaptive share · every 16 steps · the rest dropped" */
export function methodLine(settings: Settings): string {
  const { label, isEvicting } = policyOf(settings.policyId);
  const first = isEvicting ? `${label} score` : `${label}: nothing is scored, nothing leaves`;
  const ids = Object.keys(partWords) as PartId[];
  const counting = isEvicting ? ids : ids.filter((id) => id === "storage" || id === "reading");
  const parts = counting.map((id) => partWords[id][settings[id]]);
  const said = [first, ...parts].filter((words) => typeof words === "string");
  return said.join(" · ").replace("every s steps", `every ${settings.intervalSteps} steps`);
}
