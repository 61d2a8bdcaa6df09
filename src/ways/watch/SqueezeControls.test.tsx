import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { PageActs } from "../../panels/palette/pageActs";
import type { Problem } from "../../problems/problem";
import { settingsInForce } from "../../settings/inForce";
import type { Choices } from "../../settings/settings";
import { drivePage } from "../../state/drivePage.testing";
import { expectedTokenCount, problemOf } from "../../state/problem";
import { BreakStrip } from "./BreakStrip";
import { SqueezeControls } from "./SqueezeControls";

function drawWatch(choices: Choices, problem: Problem | null = problemOf("walk-5x20-1")): string {
  const { store: driven } = drivePage();
  driven.getState().chooseState({ choices, comparison: driven.getState().comparison });
  // Static markup shows a store as it was made.
  const store = { ...driven, getInitialState: driven.getState };
  const lanes = [settingsInForce(choices).settings];
  const expectedTokens = expectedTokenCount(problem);
  const nextRun = { lanes, complaints: [], problem, expectedTokens, isChanged: false };
  const props = { store, acts: {} as PageActs, theme: "light" as const, nextRun, shown: null };
  return renderToStaticMarkup(
    <>
      <SqueezeControls {...props} />
      <BreakStrip {...props} />
    </>,
  );
}

/** What the controls say, tag by tag. */
function texts(markup: string): readonly string[] {
  return markup.split(/<[^>]*>/).filter((text) => text !== "");
}

describe("the controls", () => {
  it("say which rule is in force and how much is kept", () => {
    const markup = drawWatch({ budgetSlots: 48 });
    expect(markup).toMatch(/role="radio"[^>]*aria-checked="true"[^>]*aria-label="Global score \(G-KV\)"/);
    expect(texts(markup)).toEqual(expect.arrayContaining(["48 words", "14 % of the text", "recorded"]));
  });

  it("name a policy that is none of the four rules", () => {
    const markup = drawWatch({ policyId: "snapKv" });
    expect(markup).toMatch(/role="radio"[^>]*aria-checked="true"[^>]*aria-label="SnapKV"/);
    expect(drawWatch({})).not.toContain("SnapKV");
  });

  it("leave no memory to choose where nothing is forgotten", () => {
    const markup = drawWatch({ policyId: "fullCache", budgetSlots: 48 });
    expect(texts(markup)).toContain("every word");
    expect(markup).toMatch(
      /class="squeeze-slider"[^>]*aria-disabled="true"|aria-disabled="true"[^>]*class="squeeze-slider"/,
    );
  });
});

describe("the strip", () => {
  it("outlines the present cell, which alone takes the Tab key", () => {
    const cells = drawWatch({ budgetSlots: 64 }).match(/<td role="gridcell"[^>]*>/g) ?? [];
    expect(cells).toHaveLength(48);
    const present = cells.filter((cell) => cell.includes('aria-selected="true"'));
    expect(present).toEqual(cells.filter((cell) => cell.includes('tabindex="0"')));
    expect(present[0]).toContain('aria-label="Global score (G-KV), 64 words: not computed yet"');
  });

  it("gives a budget of one’s own its column", () => {
    expect(drawWatch({ budgetSlots: 100 }).match(/<td role="gridcell"/g)).toHaveLength(52);
  });

  it("says why there is none for a text of the user’s own", () => {
    expect(texts(drawWatch({ problem: "text", promptText: "Once upon a time" }, null)).at(-1)).toMatch(
      /^No right answer is known/,
    );
  });
});
