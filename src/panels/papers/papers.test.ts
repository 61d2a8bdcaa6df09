import { readFile } from "node:fs/promises";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { parseCheckpointResults } from "../../experiment/checkpointResults";
import { policies } from "../../policy/policies";
import { decodeLink } from "../../settings/link";
import { settingTable } from "../../settings/settings";
import { policyPapers, trialLink } from "./papers";
import { OwnTable } from "./PostTrainingSection";
import { comparable, notComparable, paperGains } from "./postTraining";

it("has an entry for every policy, in the order of menus", () => {
  expect(policyPapers.map(({ policyId }) => policyId)).toEqual(settingTable.policyId.choices.map(({ value }) => value));
  expect(policyPapers).toHaveLength(policies.length);
});

it("says for every policy what it is and where it comes from, and gives settings to try", () => {
  for (const { policyId, source, paper, trials } of policyPapers) {
    expect([policyId, paper.length > 0, trials.length > 0]).toEqual([policyId, true, true]);
    if (source !== null) expect(source.address).toMatch(/^https:\/\//);
  }
});

it("says what the code and this page do where more is told than the record says", () => {
  const gkv = policyPapers.find(({ policyId }) => policyId === "gkv");
  expect(gkv?.code.length).toBeGreaterThan(0);
  const knorm = policyPapers.find(({ policyId }) => policyId === "keyNorm");
  expect(knorm?.here[0]).toContain("Events recur");
});

it.each(policyPapers.flatMap(({ trials }) => trials))("gives a link that reads as it was meant: $label", (trial) => {
  const { choices, comparison, way, complaints } = decodeLink(trialLink(trial));
  expect(complaints).toEqual([]);
  expect(way).toBe("explore");
  expect(comparison.others).toEqual(trial.others ?? []);
  // What equals the policy's own values is not written.
  expect(trial.choices).toMatchObject(choices);
});

it("gives no number of the paper's training that is not known, and says what does not compare", () => {
  expect(paperGains.map(({ training, points }) => [training, points])).toEqual([
    ["RL under eviction (RL-Sparse)", 6.01],
    ["RL with the full cache (RL-Full)", 2.65],
    ["Distillation", null],
  ]);
  expect([comparable.length, notComparable.length]).toEqual([2, 4]);
});

it("sets base, distilled and RL side by side, with the errors of the paired differences", async () => {
  const file = "public/models/winnow-1m-distilled/stages.json";
  const results = parseCheckpointResults(await readFile(file, "utf8"), file);
  const markup = renderToStaticMarkup(createElement(OwnTable, { results }));
  expect(markup).toContain("<td>25 %</td><td>40 ± 7</td><td>82 ± 5</td><td>+42 ± 8</td>");
});
