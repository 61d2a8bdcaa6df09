import { expect, it } from "vitest";
import { baseOf, checkpointsOf, checkpointWords, sameStageOf } from "./checkpoints";
import { shippedModels, type ModelWords } from "./shippedModels";

const model = (id: string, trainedFrom?: ModelWords["trainedFrom"]): ModelWords => ({
  ...{ id, label: id.toUpperCase(), description: "" },
  ...(trainedFrom !== undefined && { trainedFrom }),
});
const rl = model("a-rl", { id: "a", by: "rl" });
const distilled = model("a-distilled", { id: "a", by: "distilled" });
const models = [model("b"), rl, model("a"), model("b-distilled", { id: "b", by: "distilled" }), distilled];

it("lists the checkpoints of a model in the order of training", () => {
  expect(checkpointsOf(distilled, models).map(({ id }) => id)).toEqual(["a", "a-distilled", "a-rl"]);
  expect(checkpointsOf(models[0], models).map(({ id }) => id)).toEqual(["b", "b-distilled"]);
});

it("goes to the same stage of another model, or to its base", () => {
  expect(sameStageOf("b", distilled, models)).toBe("b-distilled");
  expect(sameStageOf("b", rl, models)).toBe("b");
});

it("names a checkpoint of the page's first model by its stage, and any other by its label", () => {
  const words = (id: string, label = "?") => checkpointWords({ id, label });
  expect(words("winnow-1m")).toBe("base");
  expect(words("winnow-1m-distilled")).toBe("distilled");
  expect(words("winnow-1m-unshared", "Winnow 1M, unshared")).toBe("Winnow 1M, unshared");
  expect(words("of-another-page", "Elsewhere")).toBe("Elsewhere");
});

it.each(shippedModels)("ships the base of $id, with the same shape", (shipped) => {
  const base = shippedModels.find(({ id }) => id === baseOf(shipped));
  const { layerCount, headCount, kvHeadCount, headDim, parameterCount } = shipped;
  expect(base).toMatchObject({ layerCount, headCount, kvHeadCount, headDim, parameterCount });
  expect(checkpointsOf(shipped)[0]).toBe(base);
});
