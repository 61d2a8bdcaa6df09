import { expect, it } from "vitest";
import type { StreamChoices } from "../../policy/streamChoices";
import { drawStreamTrace } from "../../trace/stream/drawStreamTrace.testing";
import { streamLaneNames } from "./streamShown";

it("names lanes by policy and by what tells them apart", async () => {
  const [trace, window, full] = await Promise.all(
    (["tar+van", "window", "full"] as const).map((policyId) =>
      drawStreamTrace({ frames: 8, policyId, questionCount: 0 }),
    ),
  );
  const other = (changed: Partial<StreamChoices>) => {
    const { header } = trace;
    const { recipe } = header;
    return { ...trace, header: { ...header, recipe: { ...recipe, choices: { ...recipe.choices, ...changed } } } };
  };
  expect(streamLaneNames([trace, window, full])).toEqual(["TaR + VaN", "Sliding window", "Full cache"]);
  expect(streamLaneNames([trace, other({ temporalShare: 0.75, poolingWidths: [7, 5, 3, 1] })])).toEqual([
    "TaR + VaN, α 0.5, no pooling",
    "TaR + VaN, α 0.75, pooling 7-5-3-1",
  ]);
  expect(streamLaneNames([trace, other({ blockFrames: 1 })])).toEqual([
    "TaR + VaN, blocks of 2 frames",
    "TaR + VaN, blocks of 1 frame",
  ]);
  // Another cap brings other blocks.
  expect(streamLaneNames([trace, other({ capFrames: 4, keepFrames: 3, blockFrames: 1 }), window])).toEqual([
    "TaR + VaN, |M| 8, |C| 6",
    "TaR + VaN, |M| 4, |C| 3",
    "Sliding window, |M| 8, |C| 6",
  ]);
});
