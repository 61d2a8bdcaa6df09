// Golden markup of every panel for one small drawn trace. A change shows up as a difference to look at.
import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { curatedProblems, problemById } from "../problems/families";
import { noLaneComparison, settingsOfLanes, type LaneComparison } from "../settings/lanes";
import type { Choices } from "../settings/settings";
import { shippedModels } from "../settings/shippedModels";
import { SetupPanel } from "./controls/SetupPanel";
import { OwnText } from "./controls/OwnText";
import { drawScoredTrace } from "./drawScoredTrace.testing";
import { commandIds } from "./palette/commandTable";
import type { PageActs } from "./palette/pageActs";
import { PageHeader } from "./header/PageHeader";
import { RunLine } from "./header/RunLine";
import { HelpBody } from "./help/HelpBody";
import { MapPanel } from "./map/MapPanel";
import { MetersPanel } from "./meters/MetersPanel";
import { scorePanel } from "./score/panel";
import { ScorePanel } from "./score/ScorePanel";
import { panels as panelDefinitions } from "./registry";
import { TextPanel } from "./text/TextPanel";
import { TimelinePanel } from "./timeline/TimelinePanel";
import { TokenTip } from "./TokenTip";
import { WhyPanel } from "./why/WhyPanel";

const all = (words: string): readonly string[] => [words, words, words, words];
const trace = drawScoredTrace({
  prompt: "The cat sat on the mat",
  generated: "and slept well .",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 2,
  expectedAnswer: "7",
  events: [
    { step: 0, evicted: ["cat on", "cat on", "The on", "cat sat"] },
    {
      step: 2,
      evicted: all("the mat"),
      total: [0.3, 0.25, 0.15, 0.2],
      parts: {
        localRaw: [0.01, 0.02, 0.03, 0.04],
        local: [0.25, 0.5, 0.75, 1],
        history: [0.8, 0.6, NaN, NaN],
        global: [0.8, 0.6, 0.75, 1],
        redundancy: [0.2, 0.1, 0.45, 0.6],
      },
    },
  ],
});
const step = 2;
const focus = { layer: 0, kvHead: 1 };
const selection = { hovered: null, pinned: 0 };
const nothing = (): void => undefined;
const handlers = { onHover: nothing, onPin: nothing };

const nextRun = {
  models: shippedModels,
  expectedTokens: 320,
  origin: "recorded",
  recordedRuns: [{ id: "first", title: "First", files: ["first.winnow"], problemId: null }],
  recordedId: "first",
  choose: nothing,
  onCompare: nothing,
  onRecordedRun: nothing,
  onEqualBytes: nothing,
  onPapers: nothing,
  onModels: nothing,
  ownPrompt: null,
} as const;

const twoBeside: LaneComparison = {
  others: [{ policyId: "fullCache" }, { policyId: "gkv", alpha: 0, budgetSlots: 64 }],
  isForced: true,
};

const panels: Readonly<Record<string, ReactElement>> = {
  text: (
    <TextPanel
      heading={panelDefinitions.text.headingFor(trace)}
      trace={trace}
      step={step}
      focus={focus}
      view={{ heads: "all", fill: "held", hasWhitespace: false }}
      regret={null}
      provenance="recorded"
      {...selection}
      {...handlers}
      onView={nothing}
    />
  ),
  regret: (
    <TextPanel
      heading={panelDefinitions.text.headingFor(trace)}
      trace={trace}
      step={step}
      focus={focus}
      view={{ heads: "focus", fill: "regret", hasWhitespace: true }}
      regret={Float64Array.of(0, 4, 1, 0, 0, 0, 0, 0, 0)}
      provenance="measured"
      {...selection}
      {...handlers}
      onView={nothing}
    />
  ),
  map: (
    <MapPanel
      heading={panelDefinitions.map.headingFor(trace)}
      trace={trace}
      step={step}
      axisStepCount={10 - trace.header.promptTokens.length}
      focus={focus}
      view={{ quantity: "score", axis: "position", layers: "all" }}
      theme="light"
      provenance="measured"
      {...selection}
      {...handlers}
      onFocus={nothing}
      onView={nothing}
    />
  ),
  score: (
    <ScorePanel
      heading={panelDefinitions.score.headingFor(trace)}
      trace={trace}
      step={step}
      focus={focus}
      view={{ ...scorePanel.view.first, order: "rank" }}
      onView={nothing}
      provenance="recorded"
      isMoving={false}
      onFocus={nothing}
      onMove={nothing}
      {...selection}
      {...handlers}
    />
  ),
  why: (
    <WhyPanel
      mistake={null}
      heading={panelDefinitions.why.headingFor(trace)}
      trace={trace}
      step={step}
      focus={focus}
      {...selection}
      onPin={nothing}
      onFocus={nothing}
    />
  ),
  closestCall: (
    <WhyPanel
      mistake={null}
      heading={panelDefinitions.why.headingFor(trace)}
      trace={trace}
      step={step}
      focus={focus}
      hovered={null}
      pinned={null}
      onPin={nothing}
      onFocus={nothing}
    />
  ),
  meters: (
    <MetersPanel
      heading={panelDefinitions.meters.headingFor(trace)}
      trace={trace}
      step={step}
      provenance="recorded"
      lanes={[{ trace, stepCount: 4, end: null }]}
      focus={focus}
      keptHeads={[]}
      onKeepHead={nothing}
    />
  ),
  timeline: (
    <TimelinePanel
      trace={trace}
      step={step}
      stepCount={4}
      axisStepCount={4}
      provenance="recorded"
      view={{ visible: null, loop: { from: 1, to: 2 } }}
      marks={[{ step: 1, label: "first mistake", tone: "bad" }]}
      comparison={{ kl: Float32Array.of(0, 0.25, 1.5, 0) }}
      isPlaying
      playDirection={-1}
      stepsPerSecond={30}
      isBehindLive
      onMove={nothing}
      onEvent={nothing}
      onPlayPause={nothing}
      onReversePause={nothing}
      onVisible={nothing}
      onLoop={nothing}
      onSpeed={nothing}
      onBackToLive={nothing}
    />
  ),
  tokenTip: (
    <TokenTip trace={trace} step={step} position={1} anchor={{ x: 10, y: 10 }} view={{ width: 800, height: 600 }} />
  ),
  header: (
    <PageHeader
      way="explore"
      themeChoice="dark"
      acts={Object.fromEntries(commandIds.map((id) => [id, nothing])) as PageActs}
      onWay={nothing}
      onTheme={nothing}
      onStart={nothing}
    />
  ),
  runLine: (
    <RunLine
      trace={trace}
      origin="recorded"
      runStatus="none"
      isChanged
      verdict={{
        type: "wrong",
        expected: "7",
        given: "12",
        isExact: false,
        mistake: { text: "first mistake in sentence 3: wrong arithmetic, “4” for “5”", position: 8 },
        orders: [
          { text: "begin with Hello", verdict: "kept" },
          { text: "use euros", verdict: "broken" },
        ],
      }}
      check={null}
      onPin={nothing}
    />
  ),
  controls: (
    <SetupPanel
      {...inForce({ budgetSlots: 64, policyId: "snapKv" }, noLaneComparison)}
      {...nextRun}
      problem={problemById("walk-5x20-1")}
    />
  ),
  problemChoice: (
    <SetupPanel
      {...inForce({ problem: "diary-4x9-77", model: "second" }, twoBeside)}
      {...nextRun}
      problem={problemById("diary-4x9-77")}
      models={[
        { id: "first", label: "First", description: "Reads facts from one place." },
        { id: "second", label: "Second", description: "Reads no facts." },
      ]}
    />
  ),
  ownText: <OwnText text="Walk the maze. Start in barn." problem={curatedProblems[0]} onText={nothing} />,
  help: <HelpBody onPapers={nothing} />,
};

function inForce(choices: Choices, comparison: LaneComparison) {
  const lanes = settingsOfLanes(choices, comparison);
  return { ...lanes[0], comparison, lanes: lanes.map(({ settings }) => settings) };
}

it.each(Object.keys(panels))("draws the %s panel as in its golden", async (name) => {
  await expect(lines(renderToStaticMarkup(panels[name]))).toMatchFileSnapshot(`golden/${name}.golden.html`);
});

it("writes no inline style sheet, which the page's security policy would drop", () => {
  for (const panel of Object.values(panels)) expect(renderToStaticMarkup(panel)).not.toMatch(/<style|<script/);
});

/** One element a line, so that a difference can be read. */
function lines(markup: string): string {
  return `${markup.replaceAll("><", ">\n<")}\n`;
}
