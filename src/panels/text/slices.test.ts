import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { plainText } from "./layout";
import { textSlices, type TextSlice } from "./slices";

const words = fc.array(fc.constantFrom("cat", "sat", "."), { minLength: 1, maxLength: 500 });

function traceOf(prompt: readonly string[], generated: readonly string[]): Trace {
  return drawTrace({ prompt: prompt.join(" "), windowSlots: 1 }, generated.join("\n"));
}

describe("the slices of a text", () => {
  it("hold every token once, in order, the prompt's apart from the others", () => {
    fc.assert(
      fc.property(words, words, fc.nat(), (prompt, generated, any) => {
        const trace = traceOf(prompt, generated);
        const step = any % generated.length;
        const slices = textSlices(trace, step);
        const lines = slices.flatMap((slice) => slice.lines);
        expect(lines[0].from).toBe(0);
        expect(lines.at(-1)?.to).toBe(prompt.length + step + 1);
        lines.slice(1).forEach(({ from }, place) => expect(from).toBe(lines[place].to));
        const isPrompt = slices.map((slice) => slice.lines.every(({ to }) => to <= prompt.length));
        expect(slices.map(({ part }) => part === "prompt")).toEqual(isPrompt);
      }),
      { numRuns: 60 },
    );
  });

  it("are cut alike, whether the text was there at once or grew", () => {
    fc.assert(
      fc.property(words, words, fc.nat(), (prompt, generated, any) => {
        const whole = traceOf(prompt, generated);
        const steps = [...whole.steps];
        const growing = { ...whole, steps: steps.splice(0, 1 + (any % generated.length)) };
        textSlices(growing, growing.steps.length - 1);
        growing.steps.push(...steps);
        expect(textSlices(growing, generated.length - 1)).toEqual(textSlices(whole, generated.length - 1));
      }),
      { numRuns: 60 },
    );
  });

  it("are the same objects at the next step, but for the last", () => {
    const trace = traceOf(
      ["cat", "."],
      Array.from({ length: 300 }, (_, at) => (at % 10 === 9 ? "." : "sat")),
    );
    const [before, after] = [textSlices(trace, 250), textSlices(trace, 251)];
    expect(before.length).toBeGreaterThan(2);
    before.slice(0, -1).forEach((slice, place) => expect(after[place]).toBe(slice));
  });

  it("break a sentence without an end into lines that go on", () => {
    const trace = traceOf(
      ["cat"],
      Array.from({ length: 400 }, () => "sat"),
    );
    const lines = textSlices(trace, 399).flatMap((slice: TextSlice) => slice.lines);
    expect(lines.map(({ from, to, isContinued }) => [to - from, isContinued])).toEqual([
      [1, false],
      [160, false],
      [160, true],
      [80, true],
    ]);
  });
});

it("writes the words of a slice as they are read, a sentence per row", () => {
  const trace = traceOf(["The", "cat", ".", "It"], ["sat"]);
  const [prompt] = textSlices(trace, 0);
  expect(plainText(trace, prompt, false)).toBe("The cat .\nIt");
  expect(plainText(trace, prompt, true).replaceAll("\u200b", "")).toBe("·The·cat·.\n·It");
});

it("keep the lines of a text that has line breaks of its own, full stops or not", () => {
  const drawn = traceOf(["cat", "sat"], ["1", ".", "sat", "cat"]);
  const texts = ["1", ".", " sat\n", "cat"];
  const trace: Trace = {
    ...drawn,
    header: { ...drawn.header, promptText: "cat\nsat" },
    steps: drawn.steps.map((step, place) => ({ ...step, text: texts[place] })),
  };
  const lines = textSlices(trace, 3).flatMap((slice) => slice.lines);
  expect(lines.slice(1).map(({ from, to }) => [from, to])).toEqual([
    [2, 5],
    [5, 6],
  ]);
});
