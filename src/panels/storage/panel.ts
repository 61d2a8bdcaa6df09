// Storage: how well the model's entries stand being stored in fewer bits.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { oneOf, viewRules } from "../viewRules";
import type { StorageView } from "./view";

export const storagePanel = definePanel({
  name: "storage",
  explanation: {
    text:
      "An entry of the cache can be stored in fewer bits: a group of numbers shares a scale and becomes small whole numbers. " +
      "What that loses depends on the grouping. TaDA (arXiv 2506.04642) first takes off the mean over the layer's KV heads, which is " +
      "stored once for all of them; that pays only where the heads resemble one another, and the fewer heads share the mean, the more " +
      "alike they have to be. Measured once on this model's own problems, stored beside its weights. Keys are those after RoPE.",
    formula:
      "error = √(Σ(x̂ − x)² ÷ Σx²), asymmetric codes in groups of 32; ρ = mean correlation of two heads' entries, each channel about " +
      "its mean; the mean costs 16/H bits a number and saves −½ log₂[(1 − ρ)(1 − 1/H)], so it pays above ρ = 1 − 2^(−32/H) ÷ (1 − 1/H)",
  },
  view: viewRules<StorageView>({ kind: "keys" }, { kind: oneOf("keys", "values") }),
  component: latePanel(async () => (await import("./StoragePanel")).StoragePanel),
  takes: ["trace", "focus", "onFocus", "theme"],
});
