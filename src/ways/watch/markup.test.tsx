// The stage at an event, as golden markup: when the line has come down, and when all is decided.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawnCandidates, drawnEvent, drawnTrace } from "../../panels/score/drawScores.testing";
import { decisionBeats } from "../../trace/decisionBeats";
import { decisionLayout, LINE_SHARE } from "./decision";
import { DecisionMarks } from "./DecisionChart";
import { DecisionNote } from "./DecisionNote";
import { MemoryBar } from "./MemoryBar";
import { memoryAt, shownPhase } from "./stageMoment";
import { textBeat } from "./watchText";
import { WatchText } from "./WatchText";

const beats = decisionBeats(drawnTrace.header.formula);
const focus = { layer: 0, kvHead: 0 };
const size = { width: 120, height: 155 };
const cut = beats.list.find(({ name }) => name === "cut") ?? beats.list[0];
const lineDown = cut.from + (cut.to - cut.from) * LINE_SHARE * 0.99;

function stageAt(phase: number): string {
  const beat = textBeat(beats, phase);
  const markup = renderToStaticMarkup(
    <>
      <WatchText
        trace={drawnTrace}
        step={0}
        beat={beat}
        focus={focus}
        lit={null}
        pinned={null}
        onTip={() => undefined}
      />
      <MemoryBar {...memoryAt(drawnTrace, { step: 0, focus, beats, phase })} budget={4} />
      <DecisionMarks
        unit="word"
        layout={decisionLayout(drawnTrace.header, drawnCandidates, { windowSlots: 2, ...size })}
        beats={beats}
        phase={phase}
        size={size}
        sinceCount={0}
        lit={2}
      />
      <DecisionNote trace={drawnTrace} focus={focus} event={drawnEvent} isDecided={beat === "after"} budget={4} />
    </>,
  );
  return `${markup.replaceAll("><", ">\n<")}\n`;
}

it("lifts what goes when the line has come down", async () => {
  await expect(stageAt(lineDown)).toMatchFileSnapshot("golden/stageAtLine.golden.html");
});

it("shows a decision that is over", async () => {
  await expect(stageAt(1)).toMatchFileSnapshot("golden/stageDecided.golden.html");
});

it("shows whole beats to readers who asked for less motion", () => {
  expect(shownPhase(beats, cut.from + 0.01, true)).toBe(cut.from + 0.01);
  expect(shownPhase(beats, cut.from + 0.01, false)).toBe(cut.to);
  expect(shownPhase(beats, cut.to + 0.01, false)).toBe(1);
});

it("empties the places as the words fall", () => {
  const used = (phase: number): number => memoryAt(drawnTrace, { step: 0, focus, beats, phase }).used;
  expect(used(0)).toBe(6);
  expect(used(lineDown)).toBe(6);
  expect(used((cut.from + 2 * cut.to) / 3)).toBeGreaterThan(4);
  expect(used(1)).toBe(4);
});
