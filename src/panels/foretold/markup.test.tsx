// Golden markup of Foretold for a small drawn trace. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { ForetoldPanel } from "./ForetoldPanel";
import { foretoldPanel } from "./panel";

const nothing = (): void => undefined;
const prompt = "The cat sat on the mat and the dog";
const trace = drawTrace(
  { prompt },
  `
  slept
  well   evicts The cat | sat on
  all
  day    evicts sat | mat
  long
  now`,
);
const drawnFull = drawTrace({ prompt }, "slept\nwell\nall\nday\nlong\nnow");
const fullCacheRun = { ...drawnFull, header: { ...drawnFull.header, policyId: "fullCache" } };

it("draws scatter, events and heads as in the golden", async () => {
  const markup = draw(trace, 3, fullCacheRun);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/foretold.golden.html");
  expect(markup).not.toMatch(/<style|<script/);
});

it("says so where only the kept are compared, and offers the full cache", () => {
  const markup = draw(trace, 3, null);
  expect(markup).toContain("Kept tokens only");
  expect(markup).toContain("Feed a full cache the same tokens");
});

it("says what is missing where there is nothing to compare", () => {
  expect(draw(trace, 0, null)).toContain("Nothing has been evicted yet");
  const untapped = drawTrace({ prompt: "a b c", hasTaps: false }, "d evicts a | b\ne");
  expect(draw(untapped, 1, null)).toContain("recorded no attention");
  const { steps } = trace;
  expect(draw({ ...trace, steps: steps.slice(0, 4) }, 3, null)).toContain("No step has followed this event yet");
});

function draw(of: Trace, step: number, fullCache: Trace | null): string {
  return renderToStaticMarkup(
    <ForetoldPanel
      heading={foretoldPanel.headingFor(of)}
      trace={of}
      step={step}
      focus={{ layer: 0, kvHead: 1 }}
      onFocus={nothing}
      hovered={null}
      pinned={3}
      onHover={nothing}
      isEnded
      keptHeads={[]}
      onKeepHead={nothing}
      onPin={nothing}
      onMove={nothing}
      theme="light"
      lanes={[]}
      fullCacheRun={fullCache}
      isFullCacheRunning={false}
      onFullCacheRun={() => null}
      view={foretoldPanel.view.first}
      onView={nothing}
    />,
  );
}
