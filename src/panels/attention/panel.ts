// The attention panel.
import { settingTable } from "../../settings/settings";
import type { Trace } from "../../trace/trace";
import { latePanel } from "../../ui/latePanel";
import type { Explanation } from "../../ui/Panel";
import { definePanel } from "../definePanel";
import { matrixTakes } from "../matrix/matrix";
import { numberUpTo, oneOf, viewRules } from "../viewRules";
import { groupSizeOf, hasHeadAttention } from "./attentionRows";
import type { AttentionView } from "./layout";

/** More query heads than any model has in a group. */
const MOST_OF_GROUP = 255;

export const attentionPanel = definePanel({
  name: "attention",
  explanation: explanationOf,
  view: viewRules<AttentionView>(
    { heads: "focus", scale: "root" },
    {
      heads: (value) => oneOf("focus", "mean", "maximum")(value) || numberUpTo(MOST_OF_GROUP)(value),
      scale: oneOf("root", "linear"),
    },
  ),
  component: latePanel(async () => (await import("./AttentionPanel")).AttentionPanel),
  takes: [...matrixTakes, "isEnded", "keptHeads", "onKeepHead"],
});

function explanationOf(trace: Trace): Explanation {
  const groupSize = groupSizeOf(trace);
  return {
    text:
      "Each row is a step, each column a position in the text. The colour is the attention that the step’s newest " +
      `query paid to it. In the mean over heads, a head that has evicted the token counts as 0. ${groupWords(trace)}`,
    formula:
      groupSize === 1
        ? "A[t, p] = softmax(Q·K / √d)[newest t, p]"
        : "A[t, p] = max over query heads q of the group of softmax(Q·K / √d)[q, newest t, p]",
  };
}

function groupWords(trace: Trace): string {
  const groupSize = groupSizeOf(trace);
  if (groupSize === 1) return "In this model every KV head has one query head, and the row is that head’s.";
  const shared = `${groupSize} query heads share a KV head, and its row shows the largest of them`;
  return hasHeadAttention(trace)
    ? `${shared}; this run also recorded each of them: choose one under “of”. Its colours are on the group’s scale.`
    : `${shared}; to see each of them, switch on “${settingTable.hasHeadTaps.label}” in the set-up and run again.`;
}
