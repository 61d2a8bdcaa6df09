// Foretold: the score of each token against the attention that it then received.
import { TOTAL } from "../../policy/formula";
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { oneOf, viewRules } from "../viewRules";
import { reaches, type ForetoldView } from "./view";

export const foretoldPanel = definePanel({
  name: "foretold",
  explanation: {
    text:
      "Did the score foretell it? For every token that an event scored, what the score said and the attention that the token " +
      "received in the steps after it, also where those lie after the step on show. A fair test needs the evicted, too: their " +
      "attention is that of a full cache fed the same tokens. Without one, only the kept are compared, which the score has " +
      "already chosen: their correlation says less. Redundancy and the past are part of the total, and a total that weighs them asks for " +
      "more than attention; test its parts as well. Attention is the newest query’s, the maximum over a group’s query " +
      "heads, in 255 parts of the head’s largest; tokens that stay by rule are left out. For Expected Attention there is also the " +
      "query cloud that it foretold from: the newest queries, before RoPE and then turned as the positions to come will turn them " +
      "on average, in the two directions in which they spread most, and the head’s keys as the cache holds them. The score takes " +
      "each query head’s queries for a Gaussian; the further a key lies along them, the more it is expected to receive. Only two " +
      "of all dimensions are seen: the score counts them all.",
    formula:
      "rank correlation (Spearman) = correlation of the ranks of score and mean attention received, ties at their mean rank; " +
      "a random score has mean 0 and deviation 1/√(n − 1); caught = attention received by the kept ÷ by all candidates",
  },
  view: viewRules<ForetoldView>(
    { column: TOTAL, reach: "event", axes: "values" },
    {
      column: (value): value is string => typeof value === "string",
      reach: oneOf(...reaches),
      axes: oneOf("ranks", "values"),
    },
  ),
  component: latePanel(async () => (await import("./ForetoldPanel")).ForetoldPanel),
  takes: [
    "trace",
    "step",
    "focus",
    "onFocus",
    "isEnded",
    "keptHeads",
    "onKeepHead",
    "hovered",
    "pinned",
    "onHover",
    "onPin",
    "onMove",
    "theme",
    "lanes",
    "fullCacheRun",
    "isFullCacheRunning",
    "onFullCacheRun",
  ],
});
