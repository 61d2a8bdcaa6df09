// What Reading draws and says, for a small drawn trace and the spectrum that ships with the first model.
import { readFile } from "node:fs/promises";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { joinRows } from "../../cache/headRows";
import { parseKeyBasisFile } from "../../model/keyBasis";
import { shippedModels } from "../../settings/shippedModels";
import { laneRunOf } from "../../state/shownRuns";
import { drawTrace } from "../../trace/drawTrace.testing";
import { bytesRead, foundShares, ranksOf, readAttention, readShares } from "../../trace/reading";
import type { Trace } from "../../trace/trace";
import { heldShares, linesLayout, spectrumLayout } from "./layout";
import { readingPanel } from "./panel";
import { ReadingPanel } from "./ReadingPanel";

const nothing = (): void => undefined;
const size = { width: 300, height: 190 };
const drawn = drawTrace({ prompt: "The cat sat" }, "on\nthe\nmat\nnow");
const [model] = shippedModels;
const basis = parseKeyBasisFile(await readFile(`public/models/${model.id}/basis.json`, "utf8"), "basis.json", model);
/** From step 1 on, head 0 reads its first and last slot, head 1 everything. */
const chosen = { reading: "latents", readingRank: 0.25, readingScoreRank: 0.5, readingSlots: 2 };
const reading: Trace = {
  ...drawn,
  header: { ...drawn.header, parameters: { ...drawn.header.parameters, ...chosen } },
  steps: drawn.steps.map((record) => {
    const selected = record.step === 0 ? [] : [0, record.lengths[0] - 1];
    const found = (share: number) => new Float32Array(2).fill(record.step === 0 ? NaN : share);
    return {
      ...record,
      readSlots: joinRows([Int32Array.from(selected), new Int32Array(0)], Int32Array),
      readMeasures: { recall: found(0.4), attention: found(0.7) },
    };
  }),
};

describe("shares of a trace", () => {
  it("of what a selection found are the mean over the heads of a layer", () => {
    expect([...foundShares(reading, 0, "recall")]).toEqual([NaN, ...Array<number>(3).fill(Math.fround(0.4))]);
    expect([...foundShares(drawn, 0, "recall")].every(Number.isNaN)).toBe(true);
  });

  it("are the mean over the heads of a layer", () => {
    expect([...readShares(reading, 0)]).toEqual([1, (2 / 4 + 1) / 2, (2 / 5 + 1) / 2, (2 / 6 + 1) / 2]);
    expect([...readShares(drawn, 0)].every(Number.isNaN)).toBe(true);
  });

  it("of the full cache's attention count what lay in the slots read", () => {
    const paid = [...readAttention(reading, drawn, 0)];
    expect(paid[0]).toBe(1);
    for (const share of paid.slice(1)) expect(share).toBeGreaterThan(0.5);
    expect(Math.max(...paid.slice(1))).toBeLessThan(1);
  });
});

it("adds up what a query read: r* coordinates of every slot, latents and values of the selected, against everything", () => {
  const { model } = drawn.header;
  const parameters = { ...reading.header.parameters, readingRank: 0.5, readingScoreRank: 0.5 };
  const both = (lists: readonly number[][]) =>
    joinRows(
      lists.map((list) => Int32Array.from(list)),
      Int32Array,
    );
  const selecting: Trace = {
    ...drawn,
    header: { ...reading.header, parameters },
    steps: drawn.steps.map((record) => ({
      ...record,
      readSlots: both(
        record.step === 1
          ? [
              [0, 3],
              [0, 1],
            ]
          : [[], []],
      ),
    })),
  };
  const width = model.kvHeadCount * model.headDim;
  const { rank, scoreRank } = ranksOf(parameters, width);
  const { read, dense } = bytesRead(selecting);
  expect([read[0], dense[0]]).toEqual([NaN, NaN]);
  expect([...dense.slice(1)]).toEqual([4, 5, 6].map((slots) => 4 * 2 * slots * width));
  // Slots 0, 1 and 3: a latent serves both heads.
  expect(read[1]).toBe(4 * (4 * scoreRank + 3 * rank + 4 * model.headDim));
  expect(read[2]).toBe(dense[2]);

  // Values at 4 bits in one group, with a scale and a minimum of 2 bytes each; the newest slot as computed.
  const codes = { storage: "quantised", keyBits: "4", valueBits: "4", groupAxis: "channels", groupNumbers: 32 };
  const packing = { residualSlots: 1, blockSlots: 1, fullBytesPerSlot: 0 };
  const { header } = selecting;
  const stored = bytesRead({
    ...selecting,
    header: { ...header, parameters: { ...parameters, ...codes }, memory: { ...header.memory, packing } },
  });
  const entry = model.headDim / 2 + 4;
  expect(stored.read[1]).toBe(4 * (4 * scoreRank + 3 * rank + model.headDim) + 3 * entry);
  expect(stored.read[2]).toBe(2 * model.kvHeadCount * (4 * entry + 4 * model.headDim));
});

it("rounds ranks, at least 1 each", () => {
  expect(ranksOf({ readingRank: 0.25, readingScoreRank: 0.5 }, 128)).toEqual({ rank: 32, scoreRank: 16 });
  expect(ranksOf({ readingRank: 0.001, readingScoreRank: 0.1 }, 128)).toEqual({ rank: 1, scoreRank: 1 });
});

it("holds everything with all directions, and more before RoPE than after", () => {
  const [first] = basis.layers;
  expect(heldShares(first.before).at(-1)).toBeCloseTo(1);
  const layout = spectrumLayout(first, { rank: 32, scoreRank: 16 }, size);
  expect(layout.rankX).toBeGreaterThan(layout.scoreRankX);
  expect(heldShares(first.before)[32]).toBeGreaterThan(heldShares(first.after)[32]);
});

it("draws a line per layer, and none before the second step", () => {
  const axis = { most: 1, scale: 100 };
  expect(linesLayout([readShares(reading, 0)], 2, axis, size)?.paths).toHaveLength(1);
  expect(linesLayout([Float64Array.of(1)], 0, axis, size)).toBeNull();
});

it.each([
  [reading, 2, "layer 0 read 70 % of the slots that it holds"],
  [reading, 0, "The prompt reads every slot; the steps after it select."],
  [reading, 2, "40 % of those with the most attention, and 70 % of all attention"],
  [drawn, 2, "This run reads every slot that it holds."],
])("says what a step read", (trace, step, words) => {
  expect(draw(trace, step)).toContain(words);
});

it("names the lane that selects where this one reads everything", () => {
  expect(draw(drawn, 2, [drawn, reading])).toContain("To see one that selects, choose lane 2.");
});

function draw(trace: Trace, step: number, lanes: readonly Trace[] = [trace]): string {
  return renderToStaticMarkup(
    <ReadingPanel
      heading={readingPanel.headingFor(trace)}
      {...{ trace, step }}
      focus={{ layer: 0, kvHead: 0 }}
      onMove={nothing}
      problem={null}
      onTry={nothing}
      theme="light"
      lanes={lanes.map(laneRunOf)}
      fullCacheRun={null}
      isFullCacheRunning={false}
      onFullCacheRun={() => null}
      view={{}}
      onView={nothing}
    />,
  );
}
