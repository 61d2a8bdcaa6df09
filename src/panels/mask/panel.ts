// The sparse mask panel.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { matrixTakes } from "../matrix/matrix";
import { flag, oneOf, viewRules } from "../viewRules";
import type { MaskView } from "./layout";

export const maskPanel = definePanel({
  name: "mask",
  title: "Sparse mask",
  explanation: {
    text:
      "Each row is a step, each column a position: filled where the step's query could see the position, cut at the event " +
      "that evicted it. The overlay shows the mask that the published code trains with: it records the kept set before the " +
      "compression of the same forward, so what an event evicts stays visible to training for another s rows.",
    formula: "visible[t, p] ⇔ written(p) ≤ t ≤ cut(p);   training[t, p] ⇔ written(p) ≤ t ≤ cut(p) + s",
  },
  view: viewRules<MaskView>({ heads: "focus", showsLag: false }, { heads: oneOf("focus", "all"), showsLag: flag }),
  component: latePanel(async () => (await import("./MaskPanel")).MaskPanel),
  takes: matrixTakes,
});
