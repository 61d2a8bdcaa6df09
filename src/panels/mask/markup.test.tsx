// Golden markup of the sparse mask panel for a small drawn trace, with the training mask laid over it.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { maskPanel } from "./panel";
import type { MaskView } from "./layout";
import { MaskPanel } from "./MaskPanel";

const nothing = (): void => undefined;
const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [{ step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] }],
});

function markupOf(view: MaskView): string {
  return renderToStaticMarkup(
    <MaskPanel
      heading={maskPanel.headingFor(trace)}
      trace={trace}
      step={3}
      axisStepCount={4}
      focus={{ layer: 0, kvHead: 0 }}
      theme="dark"
      provenance="recorded"
      hovered={0}
      pinned={null}
      onHover={nothing}
      onPin={nothing}
      onFocus={nothing}
      view={view}
      onView={nothing}
      zoom={null}
      onZoom={nothing}
    />,
  );
}

it("draws axes, marks, readout and legend as in the golden", async () => {
  const markup = markupOf({ ...maskPanel.view.first, showsLag: true });
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/mask.golden.html");
  expect(markup).not.toMatch(/<style|<script/);
});

it("mentions the training mask only when asked to", () => {
  expect(markupOf(maskPanel.view.first)).not.toContain("training mask only");
});

it("says how many heads see a token when it shows all of them", () => {
  expect(markupOf({ heads: "all", showsLag: false, isBeside: false })).toContain("seen by 2 of 4 heads");
});
