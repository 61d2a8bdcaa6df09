import { describe, expect, it } from "vitest";
import { choicesOfViews, stageViewsOf } from "./viewChoices";
import { defaultStageViews, type StageViews } from "./views";

const views: StageViews = {
  ...defaultStageViews,
  score: { order: "rank", measure: "spread", beat: 2 },
  attention: { heads: "maximum", scale: "root" },
  overlap: { windowCount: 6, share: 0.35, source: "events" },
  zoom: { x0: 3.5, x1: 60, y0: 0, y1: 44 },
};

describe("views as choices", () => {
  it("are nothing where a page shows what it begins with", () => {
    expect(choicesOfViews(defaultStageViews)).toEqual({});
    expect(stageViewsOf({})).toEqual(defaultStageViews);
  });

  it("tell what differs, and are read back as the same views", () => {
    const choices = choicesOfViews(views);
    expect(choices).toMatchObject({
      score: { order: "rank", measure: "spread", beat: 2 },
      attention: { heads: "maximum" },
    });
    expect(choices).not.toHaveProperty("text");
    expect(stageViewsOf(choices)).toEqual(views);
  });

  it("fall back one by one where a value is none that the panel knows", () => {
    const read = stageViewsOf({
      score: { order: "rank", measure: "constructor", beat: 7 },
      text: { hasWhitespace: "yes", toString: "all" },
      overlap: { share: 0.351, windowCount: -1 },
      attention: { heads: -1 },
      zoom: { x0: 9, x1: 3, y0: 0, y1: 1 },
      nobody: { knows: 1 },
    });
    expect(read).toEqual({ ...defaultStageViews, score: { ...defaultStageViews.score, order: "rank" } });
  });
});
