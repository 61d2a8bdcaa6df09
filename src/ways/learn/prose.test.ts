import { expect, it } from "vitest";
import { plainProse, prosePieces } from "./prose";

it("takes a text apart at its marks", () => {
  expect(prosePieces("A **b** *c* `d` $e$ [[keep|kept]] [go](at:step:4).")).toEqual([
    { type: "text", text: "A " },
    { type: "strong", text: "b" },
    { type: "text", text: " " },
    { type: "emphasis", text: "c" },
    { type: "text", text: " " },
    { type: "token", text: "d" },
    { type: "text", text: " " },
    { type: "formula", tex: "e", isBlock: false },
    { type: "text", text: " " },
    { type: "term", term: "keep", text: "kept" },
    { type: "text", text: " " },
    { type: "go", at: "step:4", text: "go" },
    { type: "text", text: "." },
  ]);
});

it("sets a formula between double marks on a line of its own", () => {
  expect(prosePieces("$$x^2$$")).toEqual([{ type: "formula", tex: "x^2", isBlock: true }]);
});

it("leaves the words when the marks are gone", () => {
  expect(plainProse("The [[budget]] is **96** `left`.")).toBe("The budget is 96 left.");
});
