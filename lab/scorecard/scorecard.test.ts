// The score card's command: what it plans, that a run goes on where it was, what it measures of one problem.

import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { shippedFolder } from "../../scripts/shippedFolder";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import { planTask } from "../eval/evaluate";
import { drawFamily, openMeasuringModel } from "../eval/problemSet";
import { openModel, type OpenedModel } from "../openModel";
import { visitProblem, type CardTask } from "./measureText";
import { parseCardOptions } from "./options";
import { openRunLog } from "./runLog";
import { streamCells } from "./streamCells";
import { textCells } from "./textCells";

const logFile = (): string => path.join(mkdtempSync(path.join(os.tmpdir(), "scorecard-")), "log.jsonl");
const date = ["--date", "2026-11-30"];
const parsed = (...argv: string[]) => {
  const options = parseCardOptions([...date, ...argv]);
  if (options === null) throw new Error("help");
  return options;
};

describe("options", () => {
  it("take a part of methods, budgets and units", () => {
    const { parts, command } = parsed("--column", "gkv,gkv4", "--share", "0.4", "--out", "x.json", "--finished");
    expect(parts.map(({ unit, columns }) => [unit, columns.map(({ id }) => id)])).toEqual([
      ["slots", ["gkv"]],
      ["bytes", ["gkv4"]],
    ]);
    expect(command).toBe("npm run scorecard -- --date 2026-11-30 --column gkv,gkv4 --share 0.4");
  });

  it("refuse what is not there by name", () => {
    expect(() => parsed("--column", "gvk")).toThrow('--column is "gvk"');
    expect(() => parsed("--share", "0.33")).toThrow('--share is "0.33"');
    expect(() => parseCardOptions([])).toThrow("--date");
  });
});

it("a log that was cut off keeps every whole line, and goes on behind it", () => {
  const file = logFile();
  const run = { outcomes: "e", likeness: "t", cpuMs: 1, fullCpuMs: 2, heldBytes: 3, fullBytes: 4 };
  openRunLog(file).add("one", { run });
  appendFileSync(file, '{"key":"two","run":{"outc');
  const again = openRunLog(file);
  again.add("one", { forced: { agreed: [1], positions: [2] } });
  const read = openRunLog(file);
  expect([...read.runs]).toEqual([["one", run]]);
  expect([...read.forced.keys()]).toEqual(["one"]);
});

describe("on the shipped model", () => {
  let opened: OpenedModel;
  const [problem] = drawFamily({ family: "walk", difficulty: [0, 0], knobs: null, seed: 5, count: 1 });

  beforeAll(async () => {
    opened = await openModel(shippedFolder);
  }, 60_000);

  it("a problem is run, held against the full cache, and fed its tokens; a second visit runs nothing", async () => {
    const model = await openMeasuringModel(shippedFolder);
    const taskOf = (policyId: string, budgetSlots = 24): CardTask => {
      const policy = policyById(policyId);
      const parameters = effectiveParameters(policy, { budgetSlots });
      const task = planTask({ problems: [problem], policy, parameters, maxNewTokens: null }, problem, {
        model,
        backend: "cpu",
      });
      if ("key" in task) return task;
      throw new Error(task.failure ?? "");
    };
    const file = logFile();
    const full = taskOf("fullCache");
    const [roomy, tight] = [taskOf("streamingLlm", 4000), taskOf("streamingLlm")];
    const visit = { problem, full, tasks: [roomy, tight], isFed: true };
    const log = openRunLog(file);
    await visitProblem(opened, visit, log);
    const [ofFull, ofRoomy, ofTight] = [full, roomy, tight].map(({ key }) => log.runs.get(key));
    expect(ofFull).toMatchObject({ outcomes: "e", likeness: "t" });
    expect(ofRoomy).toMatchObject({ outcomes: "e", likeness: "t", heldBytes: ofFull?.heldBytes });
    expect(ofTight?.heldBytes).toBeLessThan(ofTight?.fullBytes ?? 0);
    const [fedRoomy, fedTight] = [roomy, tight].map(({ key }) => log.forced.get(key));
    expect(fedRoomy?.agreed).toEqual(fedRoomy?.positions);
    expect(fedTight?.agreed[0]).toBeLessThan(fedTight?.positions[0] ?? 0);
    const before = readFileSync(file, "utf8");
    await visitProblem(opened, visit, openRunLog(file));
    expect(readFileSync(file, "utf8")).toBe(before);
  }, 60_000);

  it("what has not run is left out, and what cannot run is said in the engine's words", async () => {
    const { parts } = parsed("--column", "gkv,streamingLlm", "--unit", "slots");
    const request = { parts, families: ["walk"] as const, problemCount: 1, fedCount: 1, isFinishedOnly: true };
    const context = { model: await openMeasuringModel(shippedFolder), opened, log: openRunLog(logFile()) };
    const { cells, refused, families } = await textCells(request, context);
    expect(cells).toEqual([]);
    expect(families).toMatchObject([{ family: "walk", difficulty: 10 }]);
    expect(refused.map(({ columnId, budgetShare }) => [columnId, budgetShare])).toEqual([["gkv", 0.01]]);
    expect(refused[0].reason).toContain("Window w 16 does not fit");
  }, 60_000);
});

it("streams are on the card once all methods have watched them", async () => {
  const opened = await openModel("public/models/winnow-stream-1m");
  const found = await streamCells({ streamCount: 2, isFinishedOnly: true }, { opened, log: openRunLog(logFile()) });
  expect(found).toEqual({ stream: null, cells: [], refused: [] });
}, 60_000);
