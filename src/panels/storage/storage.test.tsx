// The pictures and words of Storage, of the survey that ships with the first model.
import { readFile } from "node:fs/promises";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { parseStorageSurvey } from "../../model/storageSurvey";
import { shippedModels } from "../../settings/shippedModels";
import { initialTrials } from "../../state/trials";
import { breakEvenCorrelation } from "../../state/storedMeasures";
import { drawTrace } from "../../trace/drawTrace.testing";
import { alikeLayout, errorsLayout, headLines } from "./layout";
import { storagePanel } from "./panel";
import { StorageFigure } from "./StoragePanel";

const nothing = (): void => undefined;
const [{ id, digest }] = shippedModels;
const text = await readFile(`public/models/${id}/storage.json`, "utf8");
const survey = parseStorageSurvey(text, "storage.json", { layerCount: 4, kvHeadCount: 4, digest });
const trace = drawTrace({ prompt: "a b" }, "c");
const size = { width: 300, height: 200 };

it.each([
  [32, 0.48],
  [12, 0.83],
  [8, 0.93],
  [6, 0.97],
])("puts the break-even of %d heads at ρ = %d", (headCount, correlation) => {
  expect(breakEvenCorrelation(headCount)).toBeCloseTo(correlation, 2);
});

it("has no break-even where one head has nobody to share a mean with", () => {
  expect(breakEvenCorrelation(1)).toBeNull();
});

it("draws a bar per layer and kind, and the line of the break-even above those that it does not reach", () => {
  const { bars, breakEvenY, zeroY } = alikeLayout(survey, size);
  expect(bars).toHaveLength(8);
  for (const bar of bars) expect(breakEvenY).toBeLessThan(bar.y);
  expect(zeroY).toBeGreaterThan(breakEvenY ?? 0);
});

it("draws one token's heads before and after on one scale", () => {
  const [before, after] = headLines(survey.layers[2].keys, size);
  expect([before.paths.length, after.paths.length]).toEqual([4, 4]);
  expect(before.zeroY).toBe(after.zeroY);
  expect(before.paths).not.toEqual(after.paths);
});

it("draws less error for more bits", () => {
  for (const { dots } of errorsLayout(survey.layers[0].values, size).lines) {
    const heights = dots.map(([, y]) => y);
    expect(heights).toEqual([...heights].sort((left, right) => left - right));
  }
});

it("says whether the mean pays", () => {
  const markup = renderToStaticMarkup(
    <StorageFigure
      heading={storagePanel.headingFor(trace)}
      {...{ trace, survey }}
      focus={{ layer: 2, kvHead: 0 }}
      onFocus={nothing}
      theme="light"
      problem={null}
      isEnded={false}
      storageTrials={initialTrials}
      onStorageTrials={{ measureBits: nothing, searchBits: nothing, stopBits: nothing }}
      onTry={nothing}
      view={storagePanel.view.first}
      onView={nothing}
    />,
  );
  expect(markup).toContain("so the mean costs more than it saves here.");
  expect(markup).not.toMatch(/NaN|undefined/);
});
