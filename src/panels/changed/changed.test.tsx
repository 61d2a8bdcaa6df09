// The stored figures of the shipped models, held to their weights and to the page's own engine, and the panel that draws them.
import { readFile } from "node:fs/promises";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, describe, expect, it } from "vitest";
import { openModel } from "../../../lab/openModel";
import { recordLanes } from "../../../lab/recordTrace";
import type { RunRecipe } from "../../engine/protocol";
import { parseChangedFigures } from "../../model/changedFigures";
import { effectiveParameters, policyById } from "../../policy/policies";
import { problemById } from "../../problems/families";
import { shippedModels } from "../../settings/shippedModels";
import { laneRunOf, type LaneRun } from "../../state/shownRuns";
import type { Trace } from "../../trace/trace";
import { ChangedFigure } from "./ChangedPanel";
import { changedTable } from "./changedTable";
import { barsLayout, checkpointPair, checkpointsToRun, liveFacts, type BarGroup } from "./layout";
import { changedPanel } from "./panel";
import { findings, shownCell } from "./stored";
import { panelsAway } from "../panelKinds";

const [base, changed] = ["winnow-1m", "winnow-1m-distilled"].map((id) => {
  const found = shippedModels.find((model) => model.id === id);
  if (found === undefined) throw new Error(`no model ${id}`);
  return found;
});
const text = await readFile(`public/models/${changed.id}/changed.json`, "utf8");
const stored = parseChangedFigures(text, "changed.json", changed);
const view = changedPanel.view.first;

describe("changed.json", () => {
  it.each(shippedModels.filter(({ trainedFrom }) => trainedFrom !== undefined))(
    "of $id is about the weights that ship",
    async (model) => {
      const file = await readFile(`public/models/${model.id}/changed.json`, "utf8");
      const figures = parseChangedFigures(file, "changed.json", model);
      expect(figures.base).toEqual({ id: base.id, digest: base.digest });
      expect(figures.cells.every(({ problems }) => problems >= 25)).toBe(true);
      expect(figures.cells.flatMap(({ family, problems }) => (family === "all" ? [problems] : []))).toEqual([100, 100]);
      expect(figures.made.seed).toBeGreaterThanOrEqual(970_000);
    },
  );

  it.each([
    ["other weights", (file: string) => file.replace(changed.digest, base.digest), /model.digest: expected b0368842/],
    ["an error without a mean", (file: string) => file.replace(/\[\d+,[\d.]+,/, "[5,null,"), /cells\.0/],
    ["too few heads", (file: string) => file.replace('"attention":[', '"attention":[],"other":['), /expected 4 layers/],
  ])("is refused with %s", (_, change, message) => {
    expect(() => parseChangedFigures(change(text), "changed.json", changed)).toThrow(message);
    expect(() => parseChangedFigures(change(text), "changed.json", changed)).toThrow("whatChanged.py");
  });
});

const problem = problemById("diary-5x21-970000");
if (problem === null) throw new Error("no such diary");
const cell = shownCell(stored.cells, { ...view, family: "diary" });
let lanes: LaneRun[];

async function run(id: string): Promise<Trace> {
  const opened = await openModel(`public/models/${id}`);
  const { windowSlots, intervalSteps } = stored.made;
  const recipe: RunRecipe = {
    promptText: problem?.prompt ?? "",
    expectedAnswer: problem?.answer ?? null,
    policyId: "gkv",
    parameters: effectiveParameters(policyById("gkv"), {
      budgetSlots: cell?.budgetSlots ?? 0,
      windowSlots,
      intervalSteps,
    }),
    sampling: { temperature: 0, topP: 1, topK: 0, seed: 1 },
    maxNewTokens: 500,
    hasTaps: true,
  };
  const { loaded, backend, summary } = opened;
  const request = { lanes: [recipe], isForced: true };
  return (await recordLanes(backend, summary, { model: loaded, tokenizer: loaded.tokenizer, request }))[0];
}

describe("in runs of both models", () => {
  beforeAll(async () => {
    lanes = [laneRunOf(await run(base.id)), laneRunOf(await run(changed.id))];
  }, 120_000);

  it("finds what the training's own code found in the same text", () => {
    const pair = checkpointPair(lanes);
    if (pair === null || cell?.first === undefined) throw new Error("nothing to compare");
    const { words } = liveFacts(pair, problem, Infinity);
    const sums = (side: "base" | "changed") => ({
      right: words.filter((word) => word[side].isRight).length,
      keptHeads: words.reduce((sum, word) => sum + word[side].keptCount, 0),
    });
    expect({ words: words.length, base: sums("base"), changed: sums("changed") }).toEqual(cell.first);
  });

  it("groups the words by age, reads attention and votes, and says nothing of steps to come", () => {
    const pair = checkpointPair(lanes);
    if (pair === null) throw new Error("no pair");
    const facts = liveFacts(pair, problem, Infinity);
    const counted = facts.rightByAge.reduce((sum, group) => sum + group.base.count, 0);
    expect(counted).toBe(facts.words.length);
    expect(facts.attention).toHaveLength(16);
    // Layer 2 looks facts up: its first KV head in the prompt.
    const most = facts.attention.toSorted((one, other) => other.base.mean - one.base.mean)[0];
    expect(most.name).toMatch(/^layer 2, KV head [01]/);
    expect(facts.votes.length).toBe(pair.base.trace.events.length);
    expect(liveFacts(pair, problem, 60).words.length).toBeLessThan(facts.words.length / 2);
    expect(liveFacts(pair, problem, 60).words.every(({ base: { step } }) => step <= 60)).toBe(true);
  });

  it("is drawn with its table, and away where no lane has another model", () => {
    const markup = draw(lanes);
    expect(markup).toContain("base and distilled on the same tokens");
    expect(markup).toContain("Who keeps the fact");
    expect(markup).toContain("Measured over 100 problems");
    expect(markup).not.toMatch(/NaN|undefined/);
    const pair = checkpointPair(lanes);
    const table = changedTable(pair && liveFacts(pair, problem, Infinity), stored, view);
    expect(table.rows.every((row) => row.length === table.columns.length)).toBe(true);
    expect(table.rows.length).toBeGreaterThan(90);
    expect(panelsAway(lanes)).not.toContain("changed");
    expect(panelsAway([lanes[0], lanes[0]])).toContain("changed");
  });

  it("offers the comparison where the page has one model", () => {
    expect(draw(lanes.slice(0, 1))).toContain("Run Winnow 1M and Winnow 1M, distilled side by side");
  });
});

function draw(shown: readonly LaneRun[]): string {
  return renderToStaticMarkup(
    <ChangedFigure
      heading={changedPanel.headingFor(shown[0].trace)}
      trace={shown[0].trace}
      lanes={shown}
      shownStep={300}
      problem={problem}
      view={view}
      onView={nothing}
      onMove={nothing}
      onCheckpoints={nothing}
      pair={checkpointPair(shown)}
      stored={stored}
      missing={null}
    />,
  );
}

const nothing = (): void => undefined;

it("knows which checkpoint came from which", () => {
  expect(checkpointsToRun("winnow-1m")?.changed.id).toBe("winnow-1m-distilled");
  expect(checkpointsToRun("winnow-1m-distilled")?.base.id).toBe("winnow-1m");
  expect(checkpointsToRun("winnow-1m-rl")?.changed.id).toBe("winnow-1m-rl");
  expect(checkpointsToRun("elsewhere")).toBeNull();
  expect(checkpointsToRun("winnow-1m-spread")).toBeNull();
});

describe("findings", () => {
  const all = shownCell(stored.cells, view);
  if (all === null) throw new Error("no cell");
  const copies = (mean: number, error: number) => ({
    ...all,
    effects: {
      ...all.effects,
      all: {
        ...all.effects.all,
        otherCopies: {
          base: { count: 9, mean: 0.1, error: 0.01 },
          changed: { count: 9, mean: 0.1 + mean, error: 0.01 },
          difference: { count: 9, mean, error },
        },
      },
    },
  });

  it.each([
    [0.01, 0.01, "is not borne out: where the reading head’s copy is withheld"],
    [0.05, 0.01, "It has learned to use other heads’ copies"],
    [-0.05, 0.01, "It uses other heads’ copies less than before"],
  ])("say what a difference of %f ± %f means", (mean, error, words) => {
    expect(findings(copies(mean, error)).join(" ")).toContain(words);
  });

  it("say of the shipped model what its file holds", () => {
    const words = findings(all).join(" ");
    const percent = (share: number): string => `${Math.round(100 * share)} %`;
    expect(words).toContain(percent(all.base.right.lost.nothing.mean));
    expect(words).toContain(percent(all.changed.right.lost.everywhere.fact.mean));
  });
});

it("stands its bars on zero, side by side", () => {
  const group = (mean: number, error = 0.1): BarGroup => ({
    label: "a",
    name: `group ${mean}`,
    base: { count: 3, mean, error },
    changed: { count: 3, mean: mean / 2, error: NaN },
  });
  const { bars, plot } = barsLayout([group(0.8), group(0.4)], { width: 300, height: 190 }, 1);
  expect(bars.map(({ side }) => side)).toEqual(["base", "changed", "base", "changed"]);
  expect(bars.every(({ y, height }) => Math.abs(y + height - plot.bottom) < 1e-9)).toBe(true);
  expect(bars[0].height).toBeCloseTo(2 * bars[1].height, 9);
  expect(bars[1].whisker).toBeNull();
  for (const [left, right] of [bars.slice(0, 2), bars.slice(2, 4), bars.slice(1, 3)]) {
    expect(right.x).toBeGreaterThanOrEqual(left.x + left.width);
  }
});
