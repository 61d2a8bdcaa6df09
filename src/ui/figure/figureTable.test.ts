import { expect, it } from "vitest";
import { figureCsv } from "./figureTable";

it("writes a header and a line per row, quoting what needs it and leaving missing values empty", () => {
  const table = {
    caption: "tokens",
    columns: ["token", "score Z"],
    rows: [
      ["a,b", 0.1 + 0.2],
      ['say "x"', null],
    ],
  };
  expect(figureCsv(table)).toBe('token,score Z\n"a,b",0.30000000000000004\n"say ""x""",\n');
});

it("adds what the figure belongs to in columns of its own, once", () => {
  const table = { caption: "scores", columns: ["token", "policy"], rows: [["a", "G-KV"]] };
  expect(figureCsv(table, { policy: "other", problem: "walk-5x6-1", "budget (slots)": null })).toBe(
    "token,policy,problem,budget (slots)\na,G-KV,walk-5x6-1,\n",
  );
});
