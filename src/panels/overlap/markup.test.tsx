// Golden markup of the window overlap for small drawn traces. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { OverlapPanel } from "./OverlapPanel";
import { overlapPanel } from "./panel";

const nothing = (): void => undefined;
const trace = drawTrace(
  { prompt: "The cat sat on the mat", windowSlots: 2 },
  `
  and
  slept
  well   evicts The cat | cat sat
  all
  day    evicts sat on  | The on
  long`,
);

it("draws matrix, curves and survivors as in the golden", async () => {
  const markup = draw(trace, 5);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/overlap.golden.html");
  expect(markup).not.toMatch(/<style|<script/);
});

it("says what is missing where there is nothing to compare", () => {
  expect(draw(trace, 1)).toContain("move on to step 3 or later");
  expect(draw(drawTrace({ prompt: "a b", hasTaps: false }, "c"), 0)).toContain("Record attention");
});

function draw(of: Trace, step: number): string {
  return renderToStaticMarkup(
    <OverlapPanel
      heading={overlapPanel.headingFor(trace)}
      trace={of}
      step={step}
      focus={{ layer: 0, kvHead: 1 }}
      theme="light"
      view={{ ...overlapPanel.view.first, windowCount: 2 }}
      onView={nothing}
    />,
  );
}
