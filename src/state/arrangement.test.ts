import { expect, it } from "vitest";
import { initialArrangement, parseArrangement, withPanelMaximised, withPanelShown } from "./arrangement";

it("comes back as it was kept", () => {
  const kept = {
    hidden: ["mask"],
    maximised: "score",
    columns: { decision: { text: 30, main: 70 } },
    heights: { history: 480 },
  };
  expect(parseArrangement(JSON.stringify(kept))).toEqual(kept);
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
