import { describe, expect, it } from "vitest";
import { panelsAway } from "../panels/panelKinds";
import { drawTrace } from "../trace/drawTrace.testing";
import {
  arrangementNames,
  initialArrangement,
  isPanelShown,
  keptLayout,
  namedArrangement,
  panelNames,
  parseArrangement,
  stageRows,
  stageWidth,
  withPanelMaximised,
  withPanelShown,
  type Arrangement,
  type PanelName,
  type StageWidth,
} from "./arrangement";

const run = drawTrace({ prompt: "a b" }, "c");
const lanesOf = (count: number) => Array.from({ length: count }, () => ({ trace: run }));

it("comes back as it was kept", () => {
  const kept = {
    name: "decision",
    hidden: ["mask"],
    asked: ["lanes"],
    maximised: "score",
    columns: { decision: { text: 30, main: 70 } },
    heights: { history: 480 },
  };
  expect(parseArrangement(JSON.stringify(kept))).toEqual(kept);
});

it("reads what was kept before panels could be asked for and arrangements had names", () => {
  const kept = { hidden: ["mask"], maximised: null, columns: {}, heights: {} };
  expect(parseArrangement(JSON.stringify(kept))).toEqual({ ...kept, name: "overview", asked: [] });
});

it.each([null, "", "{", "[]", '{"hidden":["nobody"],"maximised":null,"columns":{},"heights":{}}'])(
  "starts afresh from %j",
  (text) => {
    expect(parseArrangement(text)).toEqual(initialArrangement);
  },
);

it("hides a panel once and shows it again", () => {
  const hidden = withPanelShown(withPanelShown(initialArrangement, "map", false), "map", false);
  expect(hidden.hidden).toEqual(["map"]);
  expect(withPanelShown(hidden, "map", true).hidden).toEqual([]);
});

it("lets a panel that is hidden no longer fill the stage", () => {
  const filled = withPanelMaximised(initialArrangement, "map");
  expect(filled.maximised).toBe("map");
  expect(withPanelShown(filled, "map", false).maximised).toBeNull();
  expect(withPanelMaximised(filled, "map").maximised).toBeNull();
});

it("shows a hidden panel that is to fill the stage", () => {
  const arrangement = withPanelMaximised(withPanelShown(initialArrangement, "mask", false), "mask");
  expect([arrangement.hidden, arrangement.maximised]).toEqual([[], "mask"]);
});

describe("a panel that is away", () => {
  const away = panelsAway(lanesOf(1));

  it("is the comparison of lanes while there is one lane", () => {
    expect(isPanelShown(initialArrangement, "lanes", away)).toBe(false);
    expect(isPanelShown(initialArrangement, "lanes", panelsAway(lanesOf(2)))).toBe(true);
  });

  it("is that of merges, unless a lane merges", () => {
    expect(isPanelShown(initialArrangement, "merges", away)).toBe(false);
    const header = { ...run.header, parameters: { ...run.header.parameters, merging: "keepKv" } };
    const merging = panelsAway([{ trace: run }, { trace: { header } }]);
    expect(isPanelShown(initialArrangement, "merges", merging)).toBe(true);
  });

  it("comes when it is asked for, and goes without being hidden for later", () => {
    const asked = withPanelShown(initialArrangement, "lanes", true, away);
    expect(isPanelShown(asked, "lanes", away)).toBe(true);
    const sent = withPanelShown(asked, "lanes", false, away);
    expect(isPanelShown(sent, "lanes", away)).toBe(false);
    expect(isPanelShown(sent, "lanes", panelsAway(lanesOf(2)))).toBe(true);
  });

  it("stays hidden once there are lanes if it was hidden with lanes", () => {
    const hidden = withPanelShown(initialArrangement, "lanes", false, panelsAway(lanesOf(2)));
    expect(isPanelShown(hidden, "lanes", panelsAway(lanesOf(3)))).toBe(false);
    expect(isPanelShown(withPanelShown(hidden, "lanes", true, away), "lanes", panelsAway(lanesOf(2)))).toBe(true);
  });
});

const without = (...hidden: PanelName[]) => ({ ...initialArrangement, hidden });

describe.each(["wide", "medium", "narrow"] as const)("the %s stage", (width) => {
  it("has a place for every panel", () => {
    const placed = stageRows(width, initialArrangement).flatMap(({ columns }) =>
      columns.flatMap(({ panels }) => panels),
    );
    expect([...placed].sort()).toEqual([...panelNames].sort());
  });

  it("shares a row among the columns that are left", () => {
    for (const { columns } of stageRows(width, without("text", "mask"))) {
      expect(columns.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100);
    }
  });
});

it("closes up a row whose panels are all hidden", () => {
  expect(stageRows("wide", without("overlap", "lifelines")).map(({ id }) => id)).toEqual([
    "decision",
    "comparison",
    "checkpoints",
    "history",
    "outcome",
    "merged",
    "stored",
    "read",
    "heads",
    "orders",
    "trained",
    "card",
    "bench",
  ]);
});

it("has no row for a panel that is away, unless it is asked for", () => {
  const second = (asked: readonly PanelName[]) =>
    stageRows("wide", { ...initialArrangement, asked }, ["lanes", "changed"])[1].id;
  expect([second([]), second(["lanes"])]).toEqual(["history", "comparison"]);
});

it("is wide, medium, narrow or a phone’s by the width of the page", () => {
  expect([1440, 1024, 760, 360].map(stageWidth)).toEqual(["wide", "medium", "narrow", "phone"]);
});

describe.each(arrangementNames.filter((name) => name !== "overview"))("the arrangement %s", (name) => {
  it.each(["wide", "medium"] as const)("fills the window first, %s", (width) => {
    expect(stageRows(width, namedArrangement(name))[0].height).toBe("screen");
  });

  it("has the same panels at every width", () => {
    const shown = (["wide", "medium", "narrow", "phone"] as const).map((width) =>
      panelsOf(namedArrangement(name), width),
    );
    expect(new Set(shown.map((names) => names.join())).size).toBe(1);
  });

  it("shows another panel below when it is asked for", () => {
    const asked = withPanelShown(namedArrangement(name), "meters", true);
    expect(isPanelShown(asked, "meters")).toBe(true);
    expect(stageRows("wide", asked).at(-1)?.columns[0].panels).toEqual(["meters"]);
    expect(withPanelShown(asked, "meters", false)).toEqual(namedArrangement(name));
  });
});

function panelsOf(arrangement: Arrangement, width: StageWidth): readonly PanelName[] {
  return stageRows(width, arrangement)
    .flatMap(({ columns }) => columns.flatMap(({ panels }) => panels))
    .sort();
}

it("keeps widths for as long as the columns are the same", () => {
  const [row] = stageRows("wide", without("lanes", "map", "score"));
  expect(keptLayout(row, { text: 40, why: 60 })).toEqual({ text: 40, why: 60 });
  expect(Object.keys(keptLayout(row, { text: 40, map: 30, why: 30 }))).toEqual(["text", "why"]);
});
