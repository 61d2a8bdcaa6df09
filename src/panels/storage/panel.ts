// Storage: how well the model's entries stand being stored in fewer bits, and which layer needs how many.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { storageViewRules } from "./view";

export const storagePanel = definePanel({
  name: "storage",
  explanation: {
    text:
      "An entry of the cache can be stored in fewer bits: a group of numbers shares a scale and becomes small whole numbers. " +
      "What that loses depends on the grouping. TaDA (arXiv 2506.04642) first takes off the mean over the layer’s KV heads, which is " +
      "stored once for all of them; that pays only where the heads resemble one another, and the fewer heads share the mean, the more " +
      "alike they have to be. Measured once on this model’s own problems, stored beside its weights. Keys are those after RoPE. " +
      "Bits of each layer: a second engine runs this prompt with nothing evicted, stored as the strip says, fed the tokens that the " +
      "cache as computed generates. The search tries all layers alike, each layer alone, then what the trials so far promise, and a " +
      "strip at random in every batch.",
    formula:
      "error = √(Σ(x̂ − x)² ÷ Σx²), asymmetric codes in groups of 32; ρ = mean correlation of two heads’ entries, each channel about " +
      "its mean; the mean costs 16/H bits a number and saves −½ log₂[(1 − ρ)(1 − 1/H)], so it pays above ρ = 1 − 2^(−32/H) ÷ (1 − 1/H); " +
      "KL = mean over the steps of KL(as computed ‖ stored), in nats",
  },
  view: storageViewRules,
  component: latePanel(async () => (await import("./StoragePanel")).StoragePanel),
  takes: ["trace", "isEnded", "problem", "focus", "onFocus", "theme", "storageTrials", "onStorageTrials", "onTry"],
});
