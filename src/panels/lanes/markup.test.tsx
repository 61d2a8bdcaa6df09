// Golden markup of the lanes panel for small drawn lanes. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawLane, twoLanes } from "./drawLanes.testing";
import { LanesPanel, type LanesPanelProps } from "./LanesPanel";
import { lanesPanel } from "./panel";

const nothing = (): void => undefined;
const forced = ["and\nslept  evicts The cat | sat on\nwell", "and\nslept\nwell"].map((picture) =>
  drawLane({ picture, isCompared: true, isForced: true }),
);
const whole = drawLane({ policyId: "fullCache", policyLabel: "Full cache", picture: "and\nslept\nwell\nall\nday" });

it("draws rows, divergence, survivors and chips as in the golden", async () => {
  const markup = draw({ lanes: twoLanes, pinned: 1, hovered: 2 });
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/lanes.golden.html");
  expect(markup).not.toMatch(/<style|<script/);
});

it("draws the KL of lanes that were fed the same tokens as in the golden", async () => {
  const markup = draw({ lanes: forced, shownStep: 2 });
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/lanesForced.golden.html");
  expect(markup).not.toContain("Where the answers diverge");
});

it("says how to add lanes if there is only one", () => {
  expect(draw({ lanes: [twoLanes[0]] })).toContain("Under Compare, add a lane");
});

it("says that lanes have not parted, and up to which step", () => {
  expect(draw({ lanes: [twoLanes[0], whole] })).toContain("lane 2: no divergence from lane 1 up to step 4");
});

it("says why survivors cannot be compared with a lane that holds everything", () => {
  expect(draw({ lanes: [twoLanes[0], whole] })).toContain("Lane 2 has evicted nothing so far");
});

it("offers the choice of another lane only if there is one", () => {
  expect(draw({ lanes: twoLanes })).not.toContain("compare lane 1 with");
  expect(draw({ lanes: [...twoLanes, whole] })).toContain("compare lane 1 with");
});

function draw(props: Partial<LanesPanelProps> & Pick<LanesPanelProps, "lanes">): string {
  return renderToStaticMarkup(
    <LanesPanel
      heading={lanesPanel.headingFor(props.lanes[0].trace)}
      stageLane={0}
      shownStep={4}
      axisStepCount={5}
      problem={null}
      focus={{ layer: 0, kvHead: 1 }}
      view={lanesPanel.view.first}
      provenance="recorded"
      hovered={null}
      pinned={null}
      onView={nothing}
      onLane={nothing}
      onMove={nothing}
      onFocus={nothing}
      onHover={nothing}
      onPin={nothing}
      {...props}
    />,
  );
}
