import { describe, expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { gridBudgets, gridColumns } from "./grid";
import { parseTableOptions } from "./options";

const words = (line: string): string[] => line.split(" ").filter(Boolean);

describe("parseTableOptions", () => {
  it("returns nothing when help is asked for", () => {
    expect(parseTableOptions(["--help"])).toBeNull();
  });

  it("stores the command without what changes no figure", () => {
    const options = parseTableOptions(
      words(
        "--name small --date 2026-01-31 --family walk,story --jobs 2 --resume a.jsonl --finished --out=x --count 20",
      ),
    );
    expect(options).toMatchObject({
      type: "run",
      command: "npm run table -- --name small --date 2026-01-31 --family walk,story --count 20",
      part: { families: ["walk", "story"], columns: gridColumns, budgets: gridBudgets },
      problemCount: 20,
      resultFile: "a.jsonl",
      outFolder: "x",
    });
  });

  it("takes a part of the grid in the grid's order, and can leave out what isn't run yet", () => {
    const options = parseTableOptions(
      words("--name x --date 2026-01-31 --column gkv,streamingLlm --share 0.5,0.15 --finished"),
    );
    expect(options).toMatchObject({ part: { budgets: [0.15, 0.5] }, isFinishedOnly: true });
    const columns = options?.type === "run" ? options.part.columns : [];
    expect(columns.map(({ id }) => id)).toEqual(["streamingLlm", "gkv"]);
  });

  it("has a second grid at equal bytes, stored in a folder of its own", () => {
    const options = parseTableOptions(words("--name x --date 2026-01-31 --bytes --column gkv4,gkv --share 0.1"));
    expect(options).toMatchObject({
      command: "npm run table -- --name x --date 2026-01-31 --bytes --column gkv4,gkv --share 0.1",
      part: { unit: "bytes", budgets: [0.1] },
      problemCount: 40,
      outFolder: "public/results/bytes",
    });
    const columns = options?.type === "run" ? options.part.columns : [];
    expect(columns.map(({ id }) => id)).toEqual(["gkv", "gkv4"]);
    expect(() => parseTableOptions(words("--name x --date 2026-01-31 --bytes --column snapKv"))).toThrow(InputError);
  });

  it.each([
    ["", "give --name"],
    ["--name ../x --date 2026-01-31", "expected letters"],
    ["--name x", '--date is ""'],
    ["--name x --date today", '--date is "today"'],
    ["--name x --date 2026-01-31 --family opera", '--family is "opera"'],
    ["--name x --date 2026-01-31 --difficulty 99", '--difficulty is "99"'],
    ["--name x --date 2026-01-31 --column gkv,snap", '--column is "snap"'],
    ["--name x --date 2026-01-31 --share 0.2", '--share is "0.2", expected 0.15, 0.25'],
    ["--check x.json --sample none", '--sample is "none"'],
    ["--colour red", "Usage: npm run table"],
  ])("refuses %j", (line, message) => {
    expect(() => parseTableOptions(words(line))).toThrow(message);
    expect(() => parseTableOptions(words(line))).toThrow(InputError);
  });
});
