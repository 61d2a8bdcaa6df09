import { expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import { shippedModels } from "../settings/shippedModels";
import { loadHeadRoles } from "./storedMeasures";

const [{ id, digest, label }] = shippedModels;
const model = { digest, label, layerCount: 4, headCount: 8, kvHeadCount: 4, headDim: 32 };
const answering =
  (body: string, status = 200) =>
  () =>
    Promise.resolve(new Response(body, { status, headers: { "content-type": "application/json" } }));

it("reads the roles of a model of the page from a relative address", async () => {
  const asked: string[] = [];
  const text = await readFile(`public/models/${id}/roles.json`, "utf8");
  const roles = await loadHeadRoles(model, (file) => {
    asked.push(file);
    return answering(text)();
  });
  expect(asked).toEqual([`models/${id}/roles.json`]);
  expect(roles.infScore).toHaveLength(4);
});

it.each([
  [
    "other weights",
    { ...model, digest: "0000", label: "Other" },
    answering(""),
    "Nobody has measured the heads of Other",
  ],
  ["a missing file", model, answering("", 404), `Nobody has measured the heads of ${label}`],
  ["a broken file", model, answering("{}"), `models/${id}/roles.json: `],
])("says so in words: %s", async (_, asked, fetchFile, message) => {
  await expect(loadHeadRoles(asked, fetchFile)).rejects.toThrow(message);
});
