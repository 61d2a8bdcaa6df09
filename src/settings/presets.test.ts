import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { decodeLink, encodeLink } from "./link";
import { loadPresets, parsePresets } from "./presets";

const file = "presets.json";
const json = await readFile(new URL("../../public/presets.json", import.meta.url), "utf8");
const answering = (body: string, status = 200) => Promise.resolve(new Response(body, { status }));

describe("the stored presets", () => {
  const { presets } = parsePresets(json, file);

  it("are at least eight, each with an id of its own", () => {
    expect(presets.length).toBeGreaterThanOrEqual(8);
    expect(new Set(presets.map(({ id }) => id)).size).toBe(presets.length);
  });

  it("are light", () => {
    expect(Buffer.byteLength(json) / presets.length).toBeLessThan(2400);
  });

  it.each(presets)("open without complaint: $id", ({ link, lanes, loss }) => {
    const decoded = decodeLink(link);
    expect(decoded.complaints).toEqual([]);
    expect(encodeLink(decoded)).toBe(link);
    expect(decoded.proofs).toHaveLength(lanes.length);
    expect(decoded.comparison.others).toHaveLength(lanes.length - 1);
    expect([loss.lane, loss.keeper].every((lane) => lane < lanes.length)).toBe(true);
  });

  it.each(presets)("say in a sentence each what is seen and why it matters: $id", ({ sees, matters }) => {
    for (const sentence of [sees, matters]) expect(sentence).toMatch(/^[A-Z][^.]*(\.\d[^.]*)*\.$/);
  });
});

describe("parsePresets", () => {
  it("names the part of a file that it cannot use", () => {
    expect(() => parsePresets("<html>", file)).toThrow(/^presets.json: expected JSON .* npm run presets$/);
    expect(() => parsePresets(json.replace('"version": 1', '"version": 2'), file)).toThrow(/presets.json .*version/);
    expect(() => parsePresets('{"version":1,"command":"","modelDigest":"","presets":[{}]}', file)).toThrow(
      /presets\.0\.id/,
    );
  });

  it("reads a text or refuses it in plain words, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parsePresets(text, file);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

describe("loadPresets", () => {
  it("gives the presets of the file next to the page", async () => {
    const asked: string[] = [];
    const presets = await loadPresets((address) => {
      asked.push(address);
      return answering(json);
    });
    expect(asked).toEqual(["presets.json"]);
    expect(presets).toEqual(parsePresets(json, file).presets);
  });

  it("says in plain words what came instead", async () => {
    await expect(loadPresets(() => answering("gone", 404))).rejects.toThrow("could not be loaded (HTTP 404)");
    await expect(loadPresets(() => answering("<!doctype html>"))).rejects.toThrow("presets.json: expected JSON");
    await expect(loadPresets(() => Promise.reject(new Error("offline")))).rejects.toThrow("loaded: offline");
  });
});
