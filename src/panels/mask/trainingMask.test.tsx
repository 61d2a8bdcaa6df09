// The reference's training mask for a run, and what was measured of it.
import { readFile } from "node:fs/promises";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { historyMask } from "../../../lab/golden/masks";
import { headRow } from "../../cache/headRows";
import { parseCheckpointResults } from "../../experiment/checkpointResults";
import { drawRandomTrace } from "../../trace/drawTrace.testing";
import { cellGrid } from "../../ui/zoom/zoomFrame";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { lagSteps } from "./layout";
import { maskImage } from "./maskImage";
import { maskLives } from "./maskLives";
import { MaskResultsTable } from "./MaskResults";
import { maskDifference, trainingHead, trainingLives, trainingReadout } from "./trainingMask";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept well .",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [
    { step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] },
    { step: 4, evicted: ["on the", "The the", "cat the", "The on"] },
  ],
});

it("is the plain form's mask of the last layer's sets before each event, in every layer", () => {
  const { layerCount, kvHeadCount } = trace.header.model;
  expect([layerCount, kvHeadCount]).toEqual([2, 2]);
  expect([0, 1, 2, 3].map((head) => trainingHead(trace, head))).toEqual([2, 3, 2, 3]);
  const [promptCount, stepCount, columnCount] = [4, trace.steps.length, 4 + trace.steps.length - 1];
  const grid = cellGrid({ x0: 0, x1: columnCount, y0: 0, y1: stepCount }, { width: columnCount, height: stepCount });
  const frame = { promptCount, lastStep: stepCount - 1, lagSteps: 0 };
  for (let head = 0; head < 4; head++) {
    const { visible } = maskImage(trainingLives(trace, head, lagSteps(trace)), grid, frame);
    const history = trace.events.map((event) => ({
      startRow: promptCount + event.step,
      positions: headRow(event.positionsBefore, 2 + (head % 2)),
    }));
    const plain = historyMask(history, { tokenCount: columnCount, paddingCount: 0 });
    expect([...visible]).toEqual([...plain.subarray((promptCount - 1) * columnCount)]);
  }
});

it("counts the cells of either mask alone as the pictures have them", () => {
  const run = drawRandomTrace(3);
  const step = run.steps.length - 1;
  const promptCount = run.header.promptTokens.length;
  const columnCount = promptCount + step;
  const grid = cellGrid({ x0: 0, x1: columnCount, y0: 0, y1: step + 1 }, { width: columnCount, height: step + 1 });
  const frame = { promptCount, lastStep: step, lagSteps: 0 };
  const lag = lagSteps(run);
  const { visible: decoding } = maskImage(maskLives(run, 0), grid, frame);
  const { visible: training } = maskImage(trainingLives(run, 0, lag), grid, frame);
  const { trainingOnly, decodingOnly } = maskDifference(run, step, { subject: 0, lagSteps: lag });
  expect(trainingOnly).toBe(training.filter((shown, at) => shown > decoding[at]).length);
  expect(decodingOnly).toBe(decoding.filter((seen, at) => seen > training[at]).length);
  const words = (subject: number | null, at: number): string =>
    trainingReadout(trace, { subject, lagSteps: 2 }, { step: at, position: 0 });
  // Of the last layer's two KV heads, the first evicts it at step 2, the second at step 4.
  expect([words(null, 4), words(null, 5)].map((text) => text.split(": ")[1])).toEqual([
    "shown to 2 of 2 KV heads",
    "shown to 1 of 2 KV heads",
  ]);
  expect([words(0, 4), words(0, 5)].map((text) => text.split(": ")[1])).toEqual([
    "shown to training",
    "hidden from training",
  ]);
});

it("sets what either mask teaches side by side, from the stored results", async () => {
  const file = "public/models/winnow-1m-distilled/masks.json";
  const markup = renderToStaticMarkup(
    <MaskResultsTable results={parseCheckpointResults(await readFile(file, "utf8"), file)} />,
  );
  expect(markup).toContain("<td>92 ± 4</td><td>64 ± 7</td>"); // story, 25 %
  expect(markup).toContain("Distilled for 750 steps under either mask");
});
