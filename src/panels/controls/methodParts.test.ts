import { expect, it } from "vitest";
import { settingIds, settingRow } from "../../settings/settings";
import { methodParts } from "./methodParts";

const further = settingIds.filter((id) => ["cache", "score"].includes(settingRow(id).group) && !settingRow(id).isMain);

it("puts every further control of a policy in one part", () => {
  const shown = methodParts(further).flatMap(({ ids }) => ids);
  expect([...shown].sort()).toEqual([...further].sort());
});

it("leaves out parts without a control, and keeps the order of the table", () => {
  expect(methodParts(["merging", "poolingSlots", "mergeThreshold"])).toEqual([
    { title: "Score", ids: ["poolingSlots"] },
    { title: "What becomes of the evicted", ids: ["merging", "mergeThreshold"] },
  ]);
});

it("has nothing in the score that is not of it", () => {
  const [score] = methodParts(further);
  const strangers = score.ids.filter((id) => /^(merge|storage|reading|schedule|role|pyramid|fair|budget)/.test(id));
  expect(strangers).toEqual([]);
});
