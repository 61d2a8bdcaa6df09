// The rows, figures and file of the quantisation characterisation.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import {
  baselineKey,
  characterisationConditions,
  type CharacterisationActions,
  type CharacterisationRequest,
  type CharacterisationRow,
} from "../../state/characterisation";
import { initialTrials } from "../../state/trials";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { figureCsv } from "../../ui/figure/figureTable";
import { CharacterisationPanel } from "./CharacterisationPanel";
import { characterisationTable, columnList, configWords, rowFigures, sortedRows } from "./columns";
import { characterisationPanel } from "./panel";
import { characterisationRules } from "./view";

const nothing = (): void => undefined;
const trace: Trace = { ...drawTrace({ prompt: "a b" }, "c"), end: "length" };
const request: CharacterisationRequest = {
  ...{ header: trace.header, problem: null, backend: "cpu", repeatCount: 3, problemCount: 8 },
};
const conditions = characterisationConditions(request);
const [first, second, third] = initialTrials.characterisationRows;

/** Times in `ms`, its cache in `kvBytes`. */
function measured(row: CharacterisationRow, ms: number, kvBytes: number): CharacterisationRow {
  const spread = { lower: ms - 1, median: ms, upper: ms + 1 };
  return {
    ...row,
    measured: {
      conditions,
      task: { rightCount: 6, problemCount: 8 },
      tokens: [1, 2],
      figures: {
        ...{ tokenCount: 2, coldFirstMs: 10 * ms, warmFirstMs: spread, p50Ms: spread, p95Ms: spread, p99Ms: spread },
        ...{ weightBytes: 2048, kvBytes, kvBytesHeld: 2 * kvBytes, movedBytes: 2048 + kvBytes },
        ...{ operations: 2e6, backend: "cpu: SIMD", date: "2025-01-01T00:00:00.000Z" },
      },
    },
    quality: {
      against: baselineKey(first, conditions),
      figures: { klNats: ms / 1e4, agreedShare: 1, perplexity: 1.5 },
    },
  };
}

const rows = [measured(first, 20, 1000), measured(second, 30, 500), third];
const figures = rowFigures(rows, conditions, baselineKey(first, conditions));

function drawPanel(characterisationRows: readonly CharacterisationRow[], run: Trace = trace): string {
  return renderToStaticMarkup(
    <CharacterisationPanel
      heading={characterisationPanel.headingFor(run)}
      trace={run}
      isEnded={run.end !== null}
      problem={null}
      backend="cpu"
      view={characterisationRules.first}
      onView={nothing}
      characterisation={{ ...initialTrials, characterisationRows }}
      onCharacterisation={
        {
          ...{
            addCharacterisationRow: nothing,
            changeCharacterisationRow: nothing,
            removeCharacterisationRow: nothing,
            pinCharacterisationRow: nothing,
          },
          ...{ measureCharacterisation: nothing, stopCharacterisation: nothing },
        } satisfies CharacterisationActions
      }
    />,
  );
}

it("says what a browser cannot measure, and simulates nothing", () => {
  const markup = drawPanel(initialTrials.characterisationRows);
  expect(markup).toContain("A browser cannot measure energy");
  expect(markup).toContain("Q4_0");
  expect(markup).not.toContain("simulated");
  expect(markup).not.toMatch(/NaN|undefined/);
});

it("holds every other row against the baseline", () => {
  const markup = drawPanel(rows);
  expect(markup).toContain('<span class="characterisation-difference">+50 %</span>');
  expect(markup).toContain('<span class="characterisation-difference">−50 %</span>');
  expect(markup).toContain("29 – 31 ms");
});

it("waits for the run on the stage", () => {
  expect(drawPanel(rows, { ...trace, end: null })).toContain("has to end first");
});

it("sorts by a figure, rows without it last", () => {
  const ids = (isDescending: boolean) => sortedRows(figures, "p50", isDescending).map(({ row }) => row.id);
  expect([ids(false), ids(true)]).toEqual([
    [0, 1, 2],
    [1, 0, 2],
  ]);
  expect(sortedRows(figures, null, true)).toBe(figures);
});

it("shows no figure that was measured otherwise, or against another baseline", () => {
  const shown = rowFigures(rows, characterisationConditions({ ...request, repeatCount: 5 }), "another");
  expect(shown.map(({ measured: own, quality }) => [own, quality])).toEqual(Array(3).fill([null, null]));
});

it("writes adapter, browser, date and digest into every row of the file", () => {
  const about = { baselineId: 0, header: trace.header, problemId: "walk-5x20-1", browser: "Test 1.0" };
  const table = characterisationTable(figures, about);
  for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  const [head, baseline] = figureCsv(table).split("\n");
  expect(head).toContain("adapter,browser,date,model,model digest");
  expect(baseline).toContain(`cpu: SIMD,Test 1.0,2025-01-01T00:00:00.000Z,${trace.header.model.id}`);
  expect(new Set(table.columns).size).toBe(table.columns.length);
});

it("names a row by what it uses", () => {
  expect(configWords(first.config)).toBe("weights as loaded · entries as computed · everything");
  expect(configWords({ ...first.config, weights: "Q4_0", storage: "tada", budgetSlots: 96 })).toBe(
    "weights Q4_0 · entries TaDA 4 · groups of 32 · 96 slots",
  );
});

it("says of every figure what it is", () => {
  for (const { about } of columnList) expect(about).toMatch(/\.$/);
});
