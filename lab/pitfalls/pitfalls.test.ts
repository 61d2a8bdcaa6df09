import { describe, expect, it } from "vitest";
import { parsePitfallsSweep } from "../../src/experiment/pitfalls";
import { drawSecretProblems, keptSlots, keptSpans, pitfallsSeed } from "./grid";
import { parsePitfallsOptions } from "./options";
import { figure } from "./runSweep";

describe("the problems of the sweep", () => {
  it("have a secret and another order, each pair in both orders", () => {
    const first = drawSecretProblems(pitfallsSeed, 6, true);
    const last = drawSecretProblems(pitfallsSeed, 6, false);
    for (const [at, { problem, secret, other }] of first.entries()) {
      expect(secret.order.type).toBe("secret");
      expect(other.order.type).not.toBe("secret");
      expect(secret.end).toBe(other.start);
      expect(last[at].other.end).toBe(last[at].secret.start);
      expect(last[at].problem.answer).toBe(problem.answer);
      expect(last[at].other.text).toBe(other.text);
    }
  });

  it("come first again where more are asked for", () => {
    const ids = (count: number) => drawSecretProblems(pitfallsSeed, count, true).map(({ problem }) => problem.id);
    expect(ids(5).slice(0, 3)).toEqual(ids(3));
  });

  it("whitelist the secret alone", () => {
    const [problem] = drawSecretProblems(pitfallsSeed, 1, false);
    expect(keptSpans("plain", problem)).toEqual([]);
    expect(keptSpans("whitelist", problem)).toEqual([{ start: problem.secret.start, end: problem.secret.end }]);
  });
});

it("keeps ⌊T(1 − r)⌋ slots, whatever binary fractions make of it", () => {
  expect(keptSlots(80, 0.2)).toBe(64);
  expect(keptSlots(90, 0.9)).toBe(9);
  expect(keptSlots(85, 0.6)).toBe(34);
});

it("says mean and standard error", () => {
  expect(figure([0, 1, 1, 0])).toEqual({ mean: 0.5, error: 0.2887, count: 4 });
  expect(figure([1])).toEqual({ mean: 1, error: 0, count: 1 });
});

describe("the command line", () => {
  const options = (...argv: string[]) => parsePitfallsOptions(["--name", "one", "--date", "2026-01-31", ...argv]);

  it("takes parts of the grid, and writes down what makes the figures", () => {
    const chosen = options("--policy", "tova,gkv", "--ratio", "0.4", "--jobs", "3");
    expect(chosen?.columns.map(({ id }) => id)).toEqual(["tova", "gkv"]);
    expect(chosen?.ratios).toEqual([0.4]);
    expect(chosen?.command).toBe("npm run pitfalls -- --name one --date 2026-01-31 --policy tova,gkv --ratio 0.4");
  });

  it("refuses what it does not know, with what there is", () => {
    expect(() => options("--ratio", "0.45")).toThrow(/0.1, 0.2/);
    expect(() => options("--policy", "lru")).toThrow(/streamingLlm/);
    expect(() => options("--schedule", "often")).toThrow(/once or decoding/);
    expect(() => parsePitfallsOptions(["--date", "2026-01-31"])).toThrow(/--name/);
  });
});

it("names what is wrong with a stored sweep", () => {
  expect(() => parsePitfallsSweep("{", "a.json")).toThrow(/expected JSON/);
  expect(() => parsePitfallsSweep('{"version":1}', "a.json")).toThrow(/npm run pitfalls/);
});
