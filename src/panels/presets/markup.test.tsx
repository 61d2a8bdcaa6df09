// Golden markup of the cards for a made-up preset. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { encodeLink } from "../../settings/link";
import type { Preset, PresetLane } from "../../settings/presets";
import { PresetCards } from "./PresetCards";
import { PresetsDialog } from "./PresetsDialog";

const lane = (answer: PresetLane["answer"], given: string | null, rightCount: number): PresetLane => ({
  answer,
  given,
  tokenCount: 120,
  rightCount,
  problemCount: 100,
  source: rightCount === 40 ? "search" : "table",
});

const preset: Preset = {
  id: "first",
  title: "A point",
  sees: "One lane loses barn’s note.",
  matters: "That happens in 73 of 100 diaries.",
  link: encodeLink({
    choices: { problem: "diary-4x10-7", policyId: "snapKv", budgetSlots: 64 },
    comparison: { others: [{ policyId: "gkv" }, { policyId: "gkv", budgetSlots: 96 }], isForced: false },
  }),
  lanes: [lane("wrong", "12", 27), lane("unfinished", null, 40), lane("right", "14", 80)],
  besides: [],
  loss: {
    lane: 0,
    keeper: 2,
    layer: 1,
    kvHead: 0,
    position: 30,
    lostAtStep: 32,
    neededAtStep: 60,
    what: "barn's note",
    written: "above",
    expected: "below",
  },
};

const nothing = (): void => undefined;

it("draws cards with their lanes as in the golden", async () => {
  const markup = renderToStaticMarkup(<PresetCards presets={[preset]} onOpen={nothing} />);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/presets.golden.html");
});

it("says that the examples are loading when it is opened", () => {
  const markup = renderToStaticMarkup(<PresetsDialog isOpen onOpen={nothing} onClose={nothing} />);
  expect(markup).toContain("Examples that make a point");
  expect(markup).toContain("Loading…");
});
