// How much memory a run needs for its slots, whatever its share gives to whom.

import type { HeadGrid } from "../cache/headRows";
import { budgetInForce, eventInterval, slotCapacity } from "./budget";
import type { Policy, PolicyParameters } from "./policy";
import type { Share } from "./share";

interface RoomPlan {
  readonly policy: Pick<Policy, "isEvicting">;
  readonly parameters: PolicyParameters;
  readonly share: Share;
  readonly grid: HeadGrid;
  /** Some layers have a window, and so other lengths than the rest. */
  readonly isUneven?: boolean;
}

export interface SlotRoom {
  /** Slots that the longest head can come to use. */
  readonly slotCapacity: number;
  /** Slots of each layer, all its heads together; undefined where all heads are alike. [layer] */
  readonly layerSlots: Int32Array | undefined;
}

/**
 * For a prompt and so many further forwards: a layer holds the prompt, then at most its budget after an event, and one slot
 * more in each head with every forward until the next.
 */
export function slotRoom(
  { policy, parameters, share, grid, isUneven = false }: RoomPlan,
  counts: { readonly promptCount: number; readonly decodeCount: number },
): SlotRoom {
  if (!policy.isEvicting || (parameters.share === "uniform" && !isUneven)) {
    return { slotCapacity: slotCapacity(policy, parameters, counts), layerSlots: undefined };
  }
  const { promptCount, decodeCount } = counts;
  const interval = eventInterval(parameters);
  const grownSlots = Math.min(interval, decodeCount); // of a head, from one event to the next
  const { layerCount, kvHeadCount } = grid;
  const most = promptCount + decodeCount;
  const layerSlots = new Int32Array(layerCount).fill(kvHeadCount * promptCount);
  let longest = promptCount;
  for (let step = 0; step <= decodeCount; step += interval) {
    const textLength = promptCount + step;
    const shared = { budgetSlots: budgetInForce(parameters, textLength), textLength };
    share.layerBudgets(shared).forEach((slots, layer) => {
      const grown = Math.min(kvHeadCount * most, slots + kvHeadCount * grownSlots);
      layerSlots[layer] = Math.max(layerSlots[layer], grown);
    });
    for (const slots of share.longestHeads(shared)) longest = Math.max(longest, Math.min(most, slots + grownSlots));
  }
  return { slotCapacity: longest, layerSlots };
}
