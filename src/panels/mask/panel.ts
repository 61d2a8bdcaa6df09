// The sparse mask panel.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { matrixTakes } from "../matrix/matrix";
import { flag, oneOf, viewRules } from "../viewRules";
import type { MaskView } from "./layout";

export const maskPanel = definePanel({
  name: "mask",
  explanation: {
    text:
      "Each row is a step, each column a position. A cell is filled where the step could see the position; it ends at the event " +
      "that evicted it. “training mask” adds the mask that the published code trains with. It records what was kept before the " +
      "event of the same step, so what an event evicts stays visible to training for another s rows; and every layer gets the last layer’s. " +
      "“beside” draws that whole mask, and below stands what a model learns under either. In a run that merges, a cell " +
      "stays coloured while another token carries the position on; in one that selects what it reads, unread cells are grey.",
    formula: "visible[t, p] ⇔ written(p) ≤ t ≤ cut(p);   training[t, p] ⇔ written(p) ≤ t ≤ cut(p) + s",
  },
  view: viewRules<MaskView>(
    { heads: "focus", showsLag: false, isBeside: false },
    { heads: oneOf("focus", "all"), showsLag: flag, isBeside: flag },
  ),
  component: latePanel(async () => (await import("./MaskPanel")).MaskPanel),
  takes: matrixTakes,
});
