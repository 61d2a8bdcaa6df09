import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { drawResults } from "../../src/experiment/drawResult.testing";
import { baseParameters, parameterNames } from "../../src/policy/parameters";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import { changedParameters, parseResultLog, resultKey, resultLine } from "./resultFile";

/** A file as several runs write it, one after the other. */
const appendAll = (start: string, lines: readonly string[]): string =>
  `${start}${parseResultLog(start, "log").lead}${lines.join("")}`;

const lines = drawResults("eerwu").map((result, index) => resultLine(`key${index}`, result));

describe("parseResultLog", () => {
  it("reads back what was written, in as many runs as it took", () => {
    const first = appendAll("", lines.slice(0, 2));
    const both = appendAll(first, lines.slice(2));
    const { results, unreadableCount } = parseResultLog(both, "log");
    expect([...results.keys()]).toEqual(["key0", "key1", "key2", "key3", "key4"]);
    expect([...results.values()]).toEqual(drawResults("eerwu"));
    expect(unreadableCount).toBe(0);
  });

  it("survives a crash at any byte: no whole line is lost, and later lines are read", () => {
    const whole = appendAll("", lines.slice(0, 4));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
        const cut = whole.slice(0, length);
        const wholeLines = cut.split("\n").slice(1, -1);
        const { results, unreadableCount } = parseResultLog(appendAll(cut, [lines[4]]), "log");
        for (let index = 0; index < wholeLines.length; index++) expect(results.has(`key${index}`)).toBe(true);
        expect(results.get("key4")).toEqual(drawResults("eerwu")[4]);
        // A line may lack only its line break.
        expect(results.size + unreadableCount - wholeLines.length - 1).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("uses the last line of a key, and tries failures again", () => {
    const [failed] = drawResults("f");
    const text = appendAll("", [lines[3], resultLine("key3", drawResults("e")[0]), resultLine("key9", failed)]);
    const { results } = parseResultLog(text, "log");
    expect(results.get("key3")?.isExact).toBe(true);
    expect(results.has("key9")).toBe(false);
  });

  it.each(["# notes\n", '{"id":"walk-1"}\n', '{"file":"winnow-results","version":2}\n'])(
    "refuses another file: %j",
    (text) => {
      expect(() => parseResultLog(text, "notes.md")).toThrow(InputError);
      expect(() => parseResultLog(text, "notes.md")).toThrow("notes.md is not a results file");
    },
  );
});

describe("resultKey", () => {
  it("depends on every value and not on the order of fields", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (facts) => {
        const reversed = Object.fromEntries(Object.entries(facts).reverse());
        expect(resultKey(reversed)).toBe(resultKey(facts));
        const [name] = Object.keys(facts);
        expect(resultKey({ ...facts, [name]: ["other", facts[name]] })).not.toBe(resultKey(facts));
      }),
    );
  });
});

describe("changedParameters", () => {
  const policy = policyById("gkv");
  const parameters = effectiveParameters(policy, { budgetSlots: 40 });
  const keyOf = (values: Record<string, unknown>): string => resultKey(changedParameters(values));

  it("leaves a key as it is when a row joins the table at its base value", () => {
    for (const name of parameterNames) {
      const without = Object.fromEntries(Object.entries(parameters).filter(([other]) => other !== name));
      expect(keyOf(without) === keyOf(parameters)).toBe(parameters[name] === baseParameters[name]);
    }
  });

  it("tells every value that a policy or a user sets", () => {
    expect(changedParameters(parameters)).toEqual({ smoothing: "max", redundancy: "kernel", budgetSlots: 40 });
    expect(keyOf({ ...parameters, alpha: 0.5 })).not.toBe(keyOf(parameters));
  });
});
