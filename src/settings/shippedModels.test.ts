import { expect, it } from "vitest";
import { directorySource } from "../../scripts/directorySource";
import { loadModel } from "../model/loadModel";
import { revisionOf, shippedModels, shippedStreamModel } from "./shippedModels";

it.each([...shippedModels, shippedStreamModel])(
  "says of $id what its folder holds",
  async ({ id, digest, ...words }) => {
    const loaded = await loadModel(directorySource(`public/models/${id}`));
    expect(digest).toBe(loaded.digest);
    expect(words).toMatchObject({
      parameterCount: loaded.parameterCount,
      layerCount: loaded.config.layerCount,
      headCount: loaded.config.headCount,
      kvHeadCount: loaded.config.kvHeadCount,
      headDim: loaded.config.headDim,
      hasRoles: loaded.roles !== null,
      hasFilters: loaded.filters !== null,
      hasBasis: (await loaded.readBasis()) !== null,
    });
  },
);

it("has a revision of its own for every model", () => {
  expect(new Set(shippedModels.map(revisionOf)).size).toBe(shippedModels.length);
});
