import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { plainSha256 } from "../lib/sha256";
import { shippedModels } from "../settings/shippedModels";
import { checkpointCell, parseCheckpointResults, rightDifference, rightShare } from "./checkpointResults";

const folder = "public/models/winnow-1m-distilled";
const read = async (name: string) => parseCheckpointResults(await readFile(`${folder}/${name}`, "utf8"), name);
const cell = (outcomes: string) => ({ family: "walk", budgetShare: 0.25, budgetSlots: 8, outcomes });

it("is about the very weights that ship", async () => {
  const { checkpoints } = await read("training.json");
  expect(checkpoints.map(({ step }) => step)).toEqual([0, 94, 188, 375, 750, 1500, 3000]);
  for (const { folder: name, digest } of checkpoints) {
    const weights = await readFile(`public/models/${name ?? ""}/model.safetensors`);
    expect(plainSha256(weights), name ?? "").toBe(digest);
  }
  const known = new Map(shippedModels.map(({ id, digest }) => [id, digest]));
  expect([checkpoints[0].digest, checkpoints[6].digest]).toEqual([
    known.get("winnow-1m"),
    known.get("winnow-1m-distilled"),
  ]);
});

it("has the stages that ship, the first two as the training has them", async () => {
  const [stages, training] = [await read("stages.json"), await read("training.json")];
  const ids = ["winnow-1m", "winnow-1m-distilled", "winnow-1m-rl"];
  const digests = ids.map((id) => shippedModels.find((model) => model.id === id)?.digest);
  expect(stages.checkpoints.map(({ digest }) => digest)).toEqual(digests);
  expect(stages.checkpoints.slice(0, 2).map(({ cells }) => cells)).toEqual(
    [training.checkpoints[0], training.checkpoints[6]].map(({ cells }) => cells),
  );
});

it("has as many problems in every cell as it says, at least 50, from seeds of its own", async () => {
  for (const name of ["training.json", "stages.json", "masks.json"]) {
    const { checkpoints, problemCount, seed, families, budgetShares } = await read(name);
    expect(problemCount).toBeGreaterThanOrEqual(50);
    expect(seed).toBeGreaterThanOrEqual(960_000);
    expect(families.map(({ family }) => family)).toEqual(["walk", "diary", "story", "orders"]);
    expect(budgetShares).toEqual([0.15, 0.25, null]);
    for (const { cells } of checkpoints) expect(cells.some(({ outcomes }) => outcomes.includes("f"))).toBe(false);
  }
});

it("gives both masks the same start and the same steps", async () => {
  const { checkpoints } = await read("masks.json");
  const [base, ours, lagging] = checkpoints;
  expect(base.digest).toBe(shippedModels[0].digest);
  expect(ours.made.replace("mask-true", "").replace("--mask true", "")).toBe(
    lagging.made.replace("mask-lagging", "").replace("--mask lagging", ""),
  );
  expect(ours.step).toBe(lagging.step);
});

it("refuses a file in which a cell is missing, short or in another place", async () => {
  const text = await readFile(`${folder}/training.json`, "utf8");
  const spoilt = (spoil: (file: { checkpoints: { cells: { outcomes: string }[] }[] }) => void): (() => unknown) => {
    const file = JSON.parse(text) as { checkpoints: { cells: { outcomes: string }[] }[] };
    spoil(file);
    return () => parseCheckpointResults(JSON.stringify(file), "training.json");
  };
  expect(spoilt(({ checkpoints }) => checkpoints[1].cells.pop())).toThrow("a cell for every family and budget");
  expect(spoilt(({ checkpoints }) => checkpoints[1].cells.reverse())).toThrow("a cell for every family and budget");
  expect(spoilt(({ checkpoints }) => (checkpoints[1].cells[0].outcomes = "e"))).toThrow("a letter for every problem");
  expect(spoilt(({ checkpoints }) => (checkpoints[1].cells[0].outcomes = "x"))).toThrow("outcomes");
  expect(() => parseCheckpointResults("{", "x.json")).toThrow("x.json: expected JSON");
});

it("counts answers that are right, and pairs two checkpoints problem by problem", () => {
  expect(rightShare(cell("erwu"))).toEqual({ share: 0.5, error: 0.25 });
  // Right where the other is wrong three times, the other way round once: mean 2/8.
  const { share, error } = rightDifference(cell("eeeweeww"), cell("wwweeeww"));
  expect(share).toBeCloseTo(2 / 8, 12);
  expect(error).toBeCloseTo(Math.sqrt(4 - 8 * (1 / 4) ** 2) / 8, 12);
});

it("finds a cell by family and budget", async () => {
  const { checkpoints } = await read("training.json");
  expect(checkpointCell(checkpoints[0], "story", 0.25).budgetSlots).toBe(69);
  expect(() => checkpointCell(checkpoints[0], "story", 0.5)).toThrow("no cell of story");
});
