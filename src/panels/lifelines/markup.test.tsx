// Golden markup of the lifelines for a small drawn trace. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import { LifelinesPanel } from "./LifelinesPanel";
import { lifelinesPanel } from "./panel";
import type { LifelinesView } from "./rows";

const nothing = (): void => undefined;
const trace = drawTrace(
  { prompt: "The cat sat on", layerCount: 2 },
  "the\nmat   evicts cat | sat | cat | on\nand\nslept",
);

it("draws rows, figures and legend as in the golden", async () => {
  const markup = draw(lifelinesPanel.view.first, 3);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/lifelines.golden.html");
  expect(markup).not.toMatch(/<style|<script/);
});

it("says why there is no row", () => {
  expect(draw({ ...lifelinesPanel.view.first, filter: "gone" }, 3)).toContain(
    "No token is evicted from every head yet",
  );
  expect(draw({ ...lifelinesPanel.view.first, filter: "evicted" }, 0)).toContain("No head has evicted anything yet");
});

it("offers the order by regret only where regret is known", () => {
  expect(draw(lifelinesPanel.view.first, 3)).not.toContain("regret");
  expect(draw(lifelinesPanel.view.first, 3, new Float64Array(8))).toContain("regret");
});

function draw(view: LifelinesView, step: number, regret: Float64Array | null = null): string {
  return renderToStaticMarkup(
    <LifelinesPanel
      heading={lifelinesPanel.headingFor(trace)}
      trace={trace}
      step={step}
      axisStepCount={4}
      focus={{ layer: 1, kvHead: 0 }}
      theme="light"
      view={view}
      onView={nothing}
      regret={regret}
      hovered={null}
      pinned={1}
      onHover={nothing}
      onPin={nothing}
    />,
  );
}
