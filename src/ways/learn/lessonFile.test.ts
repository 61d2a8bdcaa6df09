import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { figureNames } from "./figures";
import { parseLesson } from "./lessonFile";

/** The least that a lesson has, and a task. */
const lesson = {
  winnowLesson: 1,
  id: "two-parts",
  title: "Two parts",
  minutes: 3,
  about: "An example.",
  goals: ["Read a lesson file."],
  parts: [
    {
      id: "first",
      title: "First",
      text: ["A [[budget]] of 64 slots."],
      stage: { recipe: "B=64", at: "step:48,layer:2,head:0", panels: ["text", "score"] },
      task: {
        kind: "find",
        ask: "Pin a token.",
        until: [{ figure: "rank", is: 1 }],
        solution: "step:48,layer:2,head:0,pin:14",
        done: "Yes.",
      },
    },
    { id: "second", title: "Second", text: ["The end."] },
  ],
  handIn: "A link.",
};

type Fields = Record<string, unknown>;

/** The lesson with one thing changed, at a path such as parts.0.task.kind. */
function changed(path: string, value: unknown): string {
  const copy = structuredClone(lesson) as unknown as Fields;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const owner = keys.reduce<Fields>((fields, key) => fields[key] as Fields, copy);
  owner[last] = value;
  return JSON.stringify(copy);
}

function complaint(path: string, value: unknown): string {
  try {
    parseLesson(changed(path, value), "mine.json");
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
}

describe("a lesson file", () => {
  it("is read with its defaults", () => {
    const { parts, mistakes } = parseLesson(JSON.stringify(lesson), "mine.json");
    expect(mistakes).toEqual([]);
    expect(parts[0].stage).toMatchObject({ plays: false, views: {}, light: { positions: [], heads: [], panels: [] } });
    expect(parts[0].task).toMatchObject({ hints: [], replies: [] });
  });

  it("is refused if it isn't JSON", () => {
    expect(() => parseLesson("{", "mine.json")).toThrow(/^mine\.json: expected JSON/);
  });

  it.each([
    ["title", 4, "title: expected string, found 4."],
    ["parts.1.text", [], "parts[1].text: expected >=1, found 0."],
    ["parts.1.id", "first", "expected another id for each part"],
    ["parts.0.stage.panels", ["tax"], 'parts[0].stage.panels[0]: expected ("'],
    [
      "parts.0.stage.recipe",
      "B=64&colour=red",
      "parts[0].stage.recipe: expected settings as a link holds them; “colour”",
    ],
    ["parts.0.stage.at", "stop:3", "parts[0].stage.at: expected a place such as step:48,layer:2,head:0"],
    ["parts.0.text", ["A [[bugdet]]."], "parts[0].text[0]: expected a word of the glossary in [[ ]], found “bugdet”"],
    ["parts.0.text", ["A $half."], "parts[0].text[0]: expected marks in pairs"],
    ["parts.0.task.kind", "guess", 'parts[0].task.kind: expected ("predict" | "find" | "change"), found "guess".'],
    ["parts.0.task.until", [{ figure: "rank" }], "parts[0].task.until[0]: expected one of is, oneOf, atLeast, atMost"],
    ["parts.0.task.until", [{ figure: "luck", is: 1 }], "parts[0].task.until[0].figure: expected "],
    ["parts.0.hint", "x", 'parts[0].hint: expected never, found "hint".'],
  ])("says what is wrong at %s", (path, value, words) => {
    expect(complaint(path, value)).toContain(words);
  });

  it("is what docs/lessons.md shows, with every figure there is", () => {
    const page = readFileSync(new URL("../../../docs/lessons.md", import.meta.url), "utf8");
    const [, example] = /```json\n([^]*?)```/.exec(page) ?? [];
    expect(parseLesson(example ?? "", "docs/lessons.md").id).toBe("a-rule-goes");
    expect(figureNames.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("needs a stage in its first part", () => {
    expect(complaint("parts.0", { id: "first", title: "First", text: ["Text."] })).toContain(
      "expected a stage in the first part",
    );
  });
});
