// Policies that differ from others in how many slots a head has, or in a second stage: rows over KVPress's SnapKV.
import { snapKvOfKvPress } from "./queryScores";
import { snapKv } from "./scoreBased";
import type { Policy } from "./policy";

/**
 * PyramidKV (Cai et al. 2024, arXiv:2406.02069; pyramidkv_press.py): SnapKV's score, many slots for the first layers and few for
 * the last. The paper's repository (Zefan-Cai/PyramidKV at 028e2da) shares out the slots beside the window and rounds the slope down,
 * KVPress all slots, rounded to the nearest; here the budgets follow the text as it grows, and never exceed the total.
 */
const pyramidKv: Policy = {
  ...snapKvOfKvPress,
  id: "pyramidKv",
  label: "PyramidKV",
  summary: "SnapKV with many slots in the first layers and few in the last (arXiv 2406.02069)",
  defaults: { ...snapKvOfKvPress.defaults, share: "pyramid" },
};

/**
 * Ada-KV (Feng et al. 2024, arXiv:2407.11550; adakv_press.py): the candidates of a layer's heads compete for its slots. The press
 * acts once, and masks what it doesn't keep; here it acts at every event, and the slots are freed.
 */
const adaKv: Policy = {
  ...snapKvOfKvPress,
  id: "adaKv",
  label: "Ada-KV",
  summary: "SnapKV with slots for whichever head of a layer has the best candidates (arXiv 2407.11550)",
  defaults: { ...snapKvOfKvPress.defaults, share: "adaptive" },
};

/** CriticalKV (Feng et al. 2025, arXiv:2502.03805; criticalkv_press.py) over SnapKV. Any other score takes the same second stage. */
const criticalKv: Policy = {
  ...snapKvOfKvPress,
  id: "criticalKv",
  label: "CriticalKV",
  summary: "SnapKV, then a second look at what the values bring to the output (arXiv 2502.03805)",
  defaults: { ...snapKvOfKvPress.defaults, secondStage: "critical" },
};

/** CriticalAdaKV (criticalkv_press.py): Ada-KV says how many slots each head has, both stages of CriticalKV fill them. */
const criticalAdaKv: Policy = {
  ...snapKvOfKvPress,
  id: "criticalAdaKv",
  label: "CriticalAdaKV",
  summary: "Ada-KV’s slots for each head, filled by CriticalKV’s two stages (arXiv 2502.03805)",
  defaults: { ...snapKvOfKvPress.defaults, share: "adaptive", secondStage: "critical" },
};

/**
 * DiliLazyKV/DiliLazyKV headkv/snapkv_utils.py (6bd86c8), of the laboratory that published SurfaceLogicKV (arXiv:2508.15806), whose
 * formulas aren't public. There each query head has its own slots, chosen once; here those of a group are joined, and events recur.
 */
const headBudgets: Policy = {
  ...snapKv,
  id: "headBudgets",
  label: "InfScore head budgets",
  summary: "SnapKV with slots by what each head is known to look for (SurfaceLogicKV family, after arXiv 2508.15806)",
  defaults: { poolingSlots: 7, share: "roles" },
};

export const sharePolicies: readonly Policy[] = [pyramidKv, adaKv, criticalKv, criticalAdaKv, headBudgets];
