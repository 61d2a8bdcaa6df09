// Golden markup of the attention panel for a small drawn trace, and of what it says where there is nothing to draw.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { AttentionPanel } from "./AttentionPanel";
import { attentionPanel } from "./panel";
import type { AttentionView } from "./layout";

const nothing = (): void => undefined;
const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [{ step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] }],
});

function markupOf(shown: Trace, view: AttentionView): string {
  return renderToStaticMarkup(
    <AttentionPanel
      heading={attentionPanel.headingFor(shown)}
      trace={shown}
      step={shown.steps.length - 1}
      axisStepCount={shown.steps.length}
      focus={{ layer: 0, kvHead: 0 }}
      theme="light"
      provenance="recorded"
      hovered={null}
      pinned={3}
      onHover={nothing}
      isEnded
      keptHeads={[]}
      onKeepHead={nothing}
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
  const markup = markupOf(trace, attentionPanel.view.first);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/attention.golden.html");
  expect(markup).not.toMatch(/<style|<script/);
});

it("calls what it joins over heads derived", () => {
  expect(markupOf(trace, attentionPanel.view.first)).not.toContain("chip-derived");
  expect(markupOf(trace, { heads: "maximum", scale: "linear" })).toContain("chip-derived");
});

it("offers each query head where the run kept them, and says how to have them where it did not", () => {
  const headed = drawTrace({ prompt: "a b c", groupSize: 2, hasHeadTaps: true }, "d\ne");
  const shown = markupOf(headed, { heads: 1, scale: "root" });
  expect(shown).toContain("KV head (maximum)");
  expect(shown).toContain("L0 · KV head 0 · query head 1");
  expect(shown).not.toContain("chip-derived");
  const plain = markupOf(trace, { heads: 1, scale: "root" });
  expect(plain).toContain("focused head");
  expect(plain).not.toContain("query head 1<");
});

it("names the setting that was off where attention was not recorded", () => {
  const markup = markupOf(drawTrace({ prompt: "a b", hasTaps: false }, "c\nd"), attentionPanel.view.first);
  expect(markup).toContain("“Record attention” off");
  expect(markup).not.toContain("zoom-plot");
});
