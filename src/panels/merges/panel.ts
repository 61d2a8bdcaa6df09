// Merges: which kept token carries each evicted one on, and what that does to the next output.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";

export const mergesPanel = definePanel({
  name: "merges",
  explanation: {
    text:
      "Evicted is not always gone: a run that merges lets a kept token carry an evicted one on. Above, the slots of one head " +
      "as the event found them; below, what it kept, as wide as the tokens that each slot now stands for (its votes). A curve " +
      "leads from an evicted token to the one that carries it; the rest is dropped, because no kept key is close enough. " +
      "Beside it: how far the newest query’s output moved at each event, as the run did it, and as it would have been had the " +
      "same tokens been dropped, averaged without votes, or merged by KeepKV’s formula (ZIP). ZIP is exact for one query: where " +
      "query heads share a KV head, it merges by their mean logit and moves each a little. What a merge does to later queries " +
      "shows on request: the run is repeated with this event left out, so that its next 32 queries still see every slot that the " +
      "event found, and their outputs are compared with what they would be had the event happened.",
    formula:
      "attention with votes p: o = Σ pᵢ sᵢ vᵢ ÷ Σ pᵢ sᵢ, sᵢ = exp(q·kᵢ/√d); change = ‖o′ − o‖ ÷ ‖o‖ of the newest query, mean over the " +
      "group’s query heads; a token is merged into the kept one whose key has the highest cosine with its own, if that is above T",
  },
  component: latePanel(async () => (await import("./MergesPanel")).MergesPanel),
  takes: [
    ...(["trace", "step", "focus", "hovered", "pinned", "onHover", "onPin", "onMove", "theme"] as const),
    ...(["aftermath", "onAftermath", "lanes"] as const),
  ],
});
