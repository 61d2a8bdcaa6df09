import { describe, expect, it } from "vitest";
import { settingsInForce } from "../settings/inForce";
import type { Choices } from "../settings/settings";
import { problemOf } from "./problem";
import { recipeCost } from "./recipeCost";

function costOf(choices: Choices, laneCount = 1, more: { isForced?: boolean; parameterCount?: number } = {}) {
  const { settings } = settingsInForce(choices);
  return recipeCost({
    lanes: Array.from({ length: laneCount }, () => settings),
    problem: problemOf(settings.problem),
    isForced: false,
    parameterCount: 1_016_960,
    ...more,
  });
}

describe("the cost of a recipe", () => {
  it("is small for what a page begins with, alone, beside three others and on the full cache's tokens", () => {
    expect(costOf({}).type).toBe("cheap");
    expect(costOf({ hasShadow: true }).type).toBe("cheap");
    expect(costOf({}, 4, { isForced: true }).type).toBe("cheap");
  });

  it("is large for many tokens in many lanes, for a larger model and for a large text", () => {
    expect(costOf({ maxNewTokens: 4096 }, 4).type).toBe("costly");
    expect(costOf({}, 1, { parameterCount: 6e8 }).type).toBe("costly");
    expect(costOf({ problem: "text", promptText: "word ".repeat(700), maxNewTokens: 1 }).type).toBe("costly");
  });

  it("counts the full cache once for all lanes on its tokens, else once for each that is compared", () => {
    const { forwardCount } = costOf({});
    expect(costOf({}, 3).forwardCount).toBe(3 * forwardCount);
    expect(costOf({}, 3, { isForced: true }).forwardCount).toBe(4 * forwardCount);
    expect(costOf({ hasShadow: true }, 2).forwardCount).toBe(4 * forwardCount);
  });

  it("says in plain words what the run takes", () => {
    expect(
      costOf({ problem: "text", promptText: "Start in Oz .", maxNewTokens: 2000 }, 2, { isForced: true }).words,
    ).toBe(
      "up to 2,000 tokens after 4 of the prompt, in 2 lanes, compared with the full cache, with 1 million parameters",
    );
  });
});
