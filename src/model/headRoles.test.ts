import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { shippedModels } from "../settings/shippedModels";
import { drawCheckpoint, encodeText } from "./drawCheckpoint.testing";
import type { HeadRoles } from "./headRoles";
import { exampleAttention, parseHeadRoles } from "./headRoles";
import { loadModel } from "./loadModel";
import { memorySource } from "./source";

const shape = { layerCount: 1, headCount: 2, digest: "abcdef0123" };

function drawRoles(change: (roles: ReturnType<typeof plainRoles>) => void = () => undefined): string {
  const roles = plainRoles();
  change(roles);
  return JSON.stringify(roles);
}

function plainRoles() {
  const grid = [[0.25, 0.75]];
  const kind = {
    trialCount: 4,
    ...{ precision: grid, recall: [[0.5, 0.5]], infScore: [[0.5, 1]], error: grid },
    cells: { needleTop: grid, otherTop: grid, needleBelow: grid, otherBelow: grid },
  };
  return structuredClone({
    version: 1,
    command: "npm run roles -- --model tiny",
    model: { id: "tiny", digest: shape.digest },
    topCount: 10,
    reading: "firstLength",
    surface: kind,
    logic: { ...structuredClone(kind), infScore: [[0, 0.1]] },
    tasks: [
      {
        ...{ id: "rule", kind: "surface", label: "a rule", example: "[a] → a", askedCount: 5 },
        ...{ meanDepth: 0.5, lowestDepth: 0, highestDepth: 1, meanDistance: 3 },
        ...structuredClone(kind),
      },
    ],
    budgets: null,
    examples: [
      {
        ...{ taskId: "rule", words: ["a", "b", "c"], start: 0, end: 1, answer: "a" },
        ...{ attention: btoa(String.fromCharCode(255, 0, 51, 0, 0, 255)), scale: [[0.5, 1]] },
      },
    ],
  });
}

const parse = (text: string): HeadRoles => parseHeadRoles(text, "tiny/roles.json", shape);

describe("roles.json", () => {
  it("gives budgets the InfScore of needles that are copied", () => {
    expect(parse(drawRoles()).infScore).toEqual([[0.5, 1]]);
  });

  it("holds a head's attention over an example", () => {
    const { examples } = parse(drawRoles());
    expect(exampleAttention(examples[0], shape, { layer: 0, head: 0 })).toEqual([0.5, 0, 0.1]);
    expect(exampleAttention(examples[0], shape, { layer: 0, head: 1 })).toEqual([0, 0, 1]);
  });

  it.each<[what: string, text: string, message: string]>([
    ["no JSON", "{", "tiny/roles.json: expected JSON"],
    ["a later version", drawRoles((roles) => (roles.version = 2)), "version: Invalid type: Expected 1 but received 2"],
    ["a share of 7", drawRoles((roles) => (roles.logic.recall[0][1] = 7)), "logic.recall.0.1: Invalid value"],
    ["a head too few", drawRoles((roles) => roles.tasks[0].infScore[0].pop()), "tasks.0.infScore.0: expected 2 query"],
    ["a layer too many", drawRoles((roles) => roles.logic.infScore.push([0, 0])), "logic.infScore: expected 1 layers"],
    ["other weights", drawRoles((roles) => (roles.model.digest = "123456789")), "model.digest: expected abcdef01"],
    ["a needle outside", drawRoles((roles) => (roles.examples[0].end = 9)), "examples.0: expected a needle within 3"],
    [
      "too few bytes",
      drawRoles((roles) => (roles.examples[0].attention = "AA==")),
      "expected 6 bytes in base64, found 1",
    ],
    ["no base64", drawRoles((roles) => (roles.examples[0].attention = "…")), "found something that is not base64"],
  ])("says what is wrong where: %s", (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(/make it again with npm run roles$/);
  });
});

describe("a model", () => {
  const files = drawCheckpoint();
  const load = (roles: string | null) =>
    loadModel(memorySource("tiny", { ...files, ...(roles !== null && { "roles.json": encodeText(roles) }) }));

  it("has none where there is no file", async () => {
    expect(await load(null)).toMatchObject({ roles: null, rolesProblem: null });
  });

  it("loads without them, and says why, where the file cannot be used", async () => {
    const { roles, rolesProblem, weights } = await load(drawRoles());
    expect(roles).toBeNull();
    expect(rolesProblem).toMatch(/^tiny\/roles.json: model.digest: expected [0-9a-f]{8}, the weights next to it/);
    expect(weights.layers.length).toBeGreaterThan(0);
  });

  it.each(shippedModels)("$id ships with roles of its own weights", async ({ id, digest }) => {
    const text = await readFile(`public/models/${id}/roles.json`, "utf8");
    const roles = parseHeadRoles(text, "roles.json", { layerCount: 4, headCount: 8, digest });
    expect(roles.surface.trialCount).toBeGreaterThan(100);
    expect(roles.logic.trialCount).toBeGreaterThan(100);
  });
});
