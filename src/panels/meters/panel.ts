// The meters.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";

export const metersPanel = definePanel({
  name: "meters",
  explanation: {
    text:
      "How many bytes the cache uses, was given, and would use if it kept everything; where " +
      "the time went; and which tokens the model chose from. The trace is what " +
      "the page itself keeps of all lanes; of a model with many heads it records the attention of those watched. The token retention ratio is the share of the " +
      "text that each head still holds.",
    formula:
      "bytes in use = slots in use × bytes of K and V per slot over all layers and KV heads; " +
      "token retention ratio = slots in use ÷ positions written",
  },
  component: latePanel(async () => (await import("./MetersPanel")).MetersPanel),
  takes: ["trace", "step", "provenance", "lanes", "focus", "keptHeads", "onKeepHead"],
});
