// The head roles panel.
import { needleTaskIds } from "../../problems/needleTasks";
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { numberUpTo, oneOf, viewRules } from "../viewRules";
import { figureNames, type RolesView } from "./view";

/** More query heads than any model has in a group. */
const MOST_MEMBERS = 255;

export const rolesPanel = definePanel({
  name: "roles",
  explanation: {
    text:
      "InfScore analysis of query heads, after DiliLazyKV and REAL, relatives of SurfaceLogicKV. The model reads texts in which the " +
      "next word can only be known from an earlier span, the needle. Either the answer is copied from it (surface) or worked " +
      "out from it (logic); that reading of the two kinds is ours. Each query head’s attention, where the answer is written, " +
      "falls into four cells: in the needle or elsewhere, among its k largest weights (the top) or below. Trials count where the model is right.",
    formula:
      "precision = WTP / (WTP + WFP);   recall = WTP / (WTP + WFN);   InfScore = 2·precision·recall / (precision + recall);   " +
      "WTP: needle, top; WFP: elsewhere, top; WFN: needle, below; WTN: elsewhere, below",
  },
  view: viewRules<RolesView>(
    { needle: "surface", figure: "infScore", member: 0 },
    {
      needle: oneOf("surface", "logic", ...needleTaskIds),
      figure: oneOf(...figureNames),
      member: numberUpTo(MOST_MEMBERS),
    },
  ),
  component: latePanel(async () => (await import("./RolesPanel")).RolesPanel),
  takes: ["trace", "focus", "onFocus", "theme"],
});
