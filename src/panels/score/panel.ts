// The score panel.
import { latePanel } from "../../ui/latePanel";
import { definePanel } from "../definePanel";
import { oneOf, viewRules } from "../viewRules";
import type { ScoreView } from "./ScoreChoices";
import { scoreExplanation } from "./words";

export const scorePanel = definePanel({
  name: "score",
  explanation: ({ header }) => scoreExplanation(header),
  view: viewRules<ScoreView>(
    { order: "position", measure: "parts", beat: null },
    {
      order: oneOf("position", "rank"),
      measure: oneOf("parts", "margin", "raw", "spread"),
      beat: oneOf(0, 1, 2, 3),
    },
  ),
  component: latePanel(async () => (await import("./ScorePanel")).ScorePanel),
  takes: [
    "trace",
    "step",
    "focus",
    "onFocus",
    "hovered",
    "pinned",
    "onHover",
    "onPin",
    "provenance",
    "isMoving",
    "onMove",
  ],
});
