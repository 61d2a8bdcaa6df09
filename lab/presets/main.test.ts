// The stored presets: their counts agree with the table, and their runs come out as claimed.

import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { parseResultTable } from "../../src/experiment/resultTable";
import type { Preset } from "../../src/settings/presets";
import { parsePresets } from "../../src/settings/presets";
import { settingsOfLanes } from "../../src/settings/lanes";
import { decodeLink } from "../../src/settings/link";
import { shippedModels } from "../../src/settings/shippedModels";
import { recipeCost } from "../../src/state/recipe";
import type { Trace } from "../../src/trace/trace";
import { checkCounts, checkPreset, checkRun } from "./checkPreset";
import { parsePresetsOptions } from "./main";
import { presetPlans } from "./plans";
import { findLoss, laneLead } from "./findLoss";
import type { OpenedModel } from "../openModel";
import { linkProblem, openPlayer, replayLink } from "./presetLink";

const presetsFile = "public/presets.json";
const tableFile = `public/results/${shippedModels[0].id}.json`;
const stored = parsePresets(await readFile(presetsFile, "utf8"), presetsFile);
const table = parseResultTable(await readFile(tableFile, "utf8"), tableFile);

let player: OpenedModel;
beforeAll(async () => {
  player = await openPlayer();
});

it("are those of the plans, in their order, made with the model that is shipped", () => {
  expect(stored.presets.map(({ id, title }) => [id, title])).toEqual(presetPlans.map(({ id, title }) => [id, title]));
  expect(stored.modelDigest).toBe(shippedModels[0].digest);
  expect(stored.modelDigest).toBe(player.summary.digest);
});

describe.each(stored.presets)("the preset $id", (preset) => {
  it("has the counts of the table, and sentences that say them", () => {
    expect(checkCounts(preset, table)).toEqual([]);
  });

  it("is cheap enough for the page to run it when it is opened", () => {
    const { choices, comparison } = decodeLink(preset.link);
    const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
    const { parameterCount } = player.summary;
    const cost = recipeCost({ lanes, isForced: false, problem: linkProblem({ choices }) }, parameterCount);
    expect(cost.type, cost.words).toBe("cheap");
  });

  it("comes out as proved and claimed when its link is run", { timeout: 60_000 }, async () => {
    expect(await checkPreset(preset, player)).toEqual([]);
  });
});

describe("the check of a preset", () => {
  const inSlots = stored.presets.filter(({ link }) => link.includes("&B="));
  const shortest = inSlots.reduce((best, one) => (runTokens(one) < runTokens(best) ? one : best));
  const { lanes, loss } = shortest;
  const link = decodeLink(shortest.link);
  const [first, ...others] = lanes;
  let traces: readonly Trace[];
  beforeAll(async () => {
    traces = await replayLink(player, link);
  }, 60_000);

  const tampered: readonly (readonly [string, Preset, RegExp])[] = [
    ["an answer", { ...shortest, lanes: [{ ...first, answer: "right" }, ...others] }, /lane 1: answer is/],
    ["a lane too few", { ...shortest, lanes: others }, /lanes, .* in its link/],
    ["the event", { ...shortest, loss: { ...loss, lostAtStep: loss.lostAtStep + 1 } }, /the token is evicted at step/],
    [
      "the place",
      { ...shortest, loss: { ...loss, layer: (loss.layer + 1) % 4 } },
      /does not open where the token is evicted/,
    ],
    ["the word", { ...shortest, loss: { ...loss, written: "x" } }, /is written, not “x”/],
  ];
  it.each(tampered)("finds out what was changed: %s", (_, preset, complaint) => {
    expect(checkRun(preset, link, traces).join("; ")).toMatch(complaint);
  });

  it("detects a proof of another run", () => {
    const { proofs } = link;
    const complaints = checkRun(shortest, { ...link, proofs: [proofs[loss.keeper], ...proofs.slice(1)] }, traces);
    // The proof of the keeper, whose text is the same up to the word in question.
    expect(complaints.join()).toContain(`lane 1: Not reproduced: the tokens differ at step ${loss.neededAtStep}.`);
  });

  it("detects a changed recipe", { timeout: 60_000 }, async () => {
    const other = { ...shortest, link: shortest.link.replace(/&B=\d+/, "&B=90") };
    expect((await checkPreset(other, player)).join("; ")).toMatch(/lane 1: Not reproduced/);
  });

  it("detects wrong counts and sentences without a run", () => {
    const praised = { ...first, rightCount: first.rightCount + 1 };
    const complaints = checkCounts({ ...shortest, lanes: [praised, ...others] }, table);
    expect(complaints).toContainEqual(expect.stringMatching(/sentences do not say/));
  });

  it("agrees with the search about the head that reads the due word, and when it evicted the fact", () => {
    const problem = linkProblem(link);
    expect(findLoss(problem, traces, { keeper: loss.keeper })).toEqual(loss);
    // The other way round nothing is missing: the keeper's text is right where the first lane's is wrong.
    expect(findLoss(problem, [traces[loss.keeper], traces[loss.lane]], { keeper: 1 })).toBeNull();
    for (const trace of traces.slice(0, 2)) expect(laneLead(problem, trace)).toBeGreaterThan(0);
  });
});

it(
  "knows which tokens a merge has put into a slot, and how far attention to it has sunk",
  { timeout: 60_000 },
  async () => {
    const preset = stored.presets.filter(({ loss }) => loss.blend !== undefined)[0];
    const { loss } = preset;
    const link = decodeLink(preset.link);
    const traces = await replayLink(player, link);
    expect(findLoss(linkProblem(link), traces, { keeper: loss.keeper, cause: "merging" })).toEqual(loss);
    const blend = loss.blend && { ...loss.blend, attentionPercent: 99 };
    const complaints = checkRun({ ...preset, loss: { ...loss, blend } }, link, traces);
    expect(complaints.join()).toMatch(
      /what is merged into the token is .*"attentionPercent":\d+,.* not .*"attentionPercent":99/,
    );
  },
);

function runTokens({ lanes }: Preset): number {
  return lanes.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
}

it("refuses flags that it does not know", () => {
  expect(() => parsePresetsOptions(["--chek"])).toThrow(/Usage: npm run presets/);
});
