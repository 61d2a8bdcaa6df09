// Every lesson of the page, played on the engine: its runs exist, each task's solution fulfils it and the state it begins
// with does not, and of the options of a prediction the run bears out exactly one. Then the figures that the texts state.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { linkProblem, openPlayer, replayLink } from "../../../lab/presets/presetLink";
import index from "../../../public/lessons/en/index.json";
import sweep from "../../../public/results/pitfalls/winnow-1m.json";
import recordings from "../../../public/runs/index.json";
import { decodeLink } from "../../settings/link";
import { headCloud } from "../../panels/foretold/cloudLayout";
import { chanceBand } from "../../panels/foretold/foretoldWork";
import { budgetRows } from "../../panels/roles/budgetRows";
import { checkpointCell, parseCheckpointResults, rightShare } from "../../experiment/checkpointResults";
import { shippedModels } from "../../settings/shippedModels";
import { parsePlace } from "../../state/moment";
import { problemOf } from "../../state/problem";
import { parseRunIndex } from "../../state/recordings";
import { laneRunOf } from "../../state/shownRuns";
import { loadHeadRoles } from "../../state/storedMeasures";
import { TOTAL } from "../../policy/formula";
import { generatedText } from "../../trace/figures";
import { divergenceStep } from "../../trace/compare/laneHoldings";
import { laneOverlap } from "../../trace/compare/laneOverlap";
import { foretoldSpan, headForetold } from "../../trace/foretold";
import { bytesRead, foundShares } from "../../trace/reading";
import { decodeRunFile } from "../../trace/file/runFile";
import { allHold, figureValue, type Facts, type FigureName, type FigurePlace } from "./figures";
import { watchLessonStream } from "./watchLessonStream.testing";
import { parseLesson, recipeFragment, stageOfPart, type Lesson, type LessonPart } from "./lessonFile";

const root = new URL("../../../", import.meta.url);
const player = openPlayer();
const lessons = await Promise.all(
  index.map(async (id) => parseLesson(await readFile(new URL(`public/lessons/en/${id}.json`, root), "utf8"), id)),
);

interface Run {
  readonly recording?: string | undefined;
  readonly recipe?: string | undefined;
  readonly stream?: string | undefined;
}

const runs = new Map<string, Promise<Facts>>();

/** The run, shown at its last step. */
function runOf({ recording, recipe, stream }: Run): Promise<Facts> {
  if (stream !== undefined) return watchLessonStream(stream).then((streamFacts) => ({ ...atStart, streamFacts }));
  const key = recording === undefined ? (recipe ?? "") : `recording ${recording}`;
  const known = runs.get(key) ?? (recording === undefined ? computed(recipe ?? "") : recorded(recording));
  runs.set(key, known);
  return known;
}

async function computed(recipe: string): Promise<Facts> {
  const link = decodeLink(recipeFragment(recipe));
  const traces = await replayLink(await player, link);
  return { ...atStart, lanes: traces.map(laneRunOf), problem: linkProblem(link) };
}

async function recorded(id: string): Promise<Facts> {
  const run = parseRunIndex(recordings).find((known) => known.id === id);
  if (run === undefined) throw new Error(`there is no recording ${id}`);
  const trace = await decodeRunFile(await readFile(new URL(`public/runs/${run.files[0]}`, root)), run.files[0]);
  return { ...atStart, lanes: [laneRunOf(trace)], problem: run.problemId === null ? null : problemOf(run.problemId) };
}

const atStart: Facts = {
  lanes: [],
  stageLane: 0,
  shownStep: 0,
  focusLayer: 0,
  focusKvHead: 0,
  pinnedPosition: null,
  streamFacts: null,
  problem: null,
};

function at(facts: Facts, text: string): Facts {
  const { place, complaints } = parsePlace(text);
  expect(complaints).toEqual([]);
  const { step, lane: stageLane, layer, kvHead, pinnedPosition } = place;
  const { stepCount } = facts.lanes[stageLane];
  expect(step, `a step of the run in “${text}”`).toBeLessThan(stepCount);
  return { ...facts, shownStep: step, stageLane, focusLayer: layer, focusKvHead: kvHead, pinnedPosition };
}

async function begun(lesson: Lesson, part: LessonPart): Promise<Facts> {
  const stage = stageOfPart(lesson, lesson.parts.indexOf(part));
  const facts = await runOf(stage);
  return stage.stream === undefined ? at(facts, stage.at) : facts;
}

const parts = lessons.flatMap((lesson) =>
  lesson.parts.map((part) => ({ lesson, part, name: `${lesson.id} ${part.id}` })),
);

// Runs are computed; a stream of several lanes takes seconds.
describe.each(parts)("$name", { timeout: 60_000 }, ({ lesson, part }) => {
  it("has a run on its stage, and every place it leads to lies within that run", async () => {
    const facts = await begun(lesson, part);
    const stage = stageOfPart(lesson, lesson.parts.indexOf(part));
    if (facts.streamFacts !== null) expect(facts.streamFacts.lanes.map(({ end }) => end)).not.toContain(null);
    else expect(facts.lanes[0].end).toMatch(stage.recording === undefined ? /^stopToken$/ : /^(stopToken|length)$/);
    for (const text of [...part.text, part.task?.ask ?? ""]) {
      for (const [, place] of text.matchAll(/\(at:([^)]+)\)/g)) at(facts, place);
    }
  });

  const { task } = part;
  if (task?.kind === "predict") {
    it("has exactly one option that is right", async () => {
      const { reveal } = task;
      const stage = stageOfPart(lesson, lesson.parts.indexOf(part));
      const isOther = reveal?.recipe !== undefined || reveal?.recording !== undefined;
      const run = await runOf(isOther ? reveal : stage);
      const facts = run.streamFacts === null ? at(run, reveal?.at ?? stage.at) : run;
      const right = task.options.filter(({ when, isRight }) => isRight === true || (when && allHold(when, facts)));
      expect(right.map(({ text }) => text)).toHaveLength(1);
    });
  } else if (task?.kind === "find") {
    it("is not done when it begins, and done at its solution", async () => {
      const facts = await begun(lesson, part);
      const solved = at(facts, task.solution);
      expect(allHold(task.until, facts), "when it begins").toBe(false);
      expect(allHold(task.until, solved), "at the solution").toBe(true);
      for (const { when, say } of task.replies) expect(allHold(when, solved), say).toBe(false);
    });
  } else if (task?.kind === "change") {
    it("is not done when it begins, and done by its solution", async () => {
      const solved = await runOf({ recipe: task.solution });
      expect(allHold(task.until, await begun(lesson, part)), "when it begins").toBe(false);
      expect(allHold(task.until, solved), "by the solution").toBe(true);
      for (const { when, say } of task.replies) expect(allHold(when, solved), say).toBe(false);
    });
  }
});

/** What the texts say: [run, figure, place, value]. Numbers are compared to two digits. */
const walk = "";
const other = "problem=walk-5x20-9";
const story = "problem=story-9x1-900041&B=94";
const diary = "problem=diary-5x14-5&B=120";
const copied = "problem=walk-4x13-710000&policy=snapKv&B=63&w=16&s=16";
const guess = `${other}&policy=expectedAttention&B=160`;
const twoOrders = "problem=orders2-walk-4x10-5&policy=gkv&B=72&w=8";
const swappedOrders = "problem=orders2-walk-4x10-5-swap12&policy=gkv&B=72&w=8";
const merged = "problem=walk-5x20-9&policy=gkv&B=64&model=winnow-1m-unshared&merge=keepKv";
const packed = `${other}&policy=fullCache&store=quantised`;
const latents = `${other}&policy=fullCache&read=latents`;
const ofHead = { layer: 2, kvHead: 0, position: 50 };
const stated: readonly (readonly [string, FigureName, FigurePlace, string | number | boolean | null])[] = [
  ["policy=fullCache", "attention", { position: 14, step: 5, layer: 2, kvHead: 0 }, 1],
  ["policy=fullCache", "answer", {}, "right"],
  ["policy=fullCache", "meanAttention", { position: 0 }, 0.01],
  [walk, "slots", { step: 32 }, 106],
  ["policy=streamingLlm", "evictedStep", { position: 14, layer: 2, kvHead: 0 }, 48],
  ["policy=streamingLlm", "mistake", {}, 124],
  ["policy=streamingLlm&sinks=0", "mistake", {}, 124],
  ["policy=streamingLlm&B=280", "answer", {}, "wrong"],
  [`${other}&policy=snapKv`, "part", { name: "localRaw", position: 50, step: 64, layer: 2, kvHead: 0 }, 0.44],
  [`${other}&policy=snapKv`, "part", { name: "localRaw", position: 50, step: 80, layer: 2, kvHead: 0 }, 0.05],
  [`${other}&policy=snapKv&w=16&s=16`, "mistake", {}, 197],
  [`${other}&policy=snapKv&B=192`, "answer", {}, "wrong"],
  [`${other}&policy=snapKv&B=200`, "answer", {}, "right"],
  [`${other}&alpha=0`, "rank", { position: 50, step: 160, layer: 2, kvHead: 0 }, 86],
  [`${other}&alpha=0`, "mistake", {}, 74 + 188],
  [`${other}&alpha=0.2`, "answer", {}, "wrong"],
  [`${other}&alpha=0.3`, "isHeld", { position: 50, step: "last", layer: 2, kvHead: 0 }, true],
  [other, "answer", {}, "right"],
  [other, "rank", { position: 50, step: 112, layer: 2, kvHead: 0 }, 7],
  [other, "part", { name: "local", position: 50, step: 112, layer: 2, kvHead: 0 }, 0],
  [other, "part", { name: "history", position: 50, step: 112, layer: 2, kvHead: 0 }, 0.51],
  [other, "part", { name: "local", position: 50, step: 64, layer: 2, kvHead: 0 }, 1],
  [story, "answer", {}, "right"],
  [story, "attention", { position: 83, step: 69, layer: 3, kvHead: 2 }, 1],
  [story, "part", { name: "redundancy", position: 83, step: 32, layer: 3, kvHead: 2 }, 0.71],
  [story, "part", { name: "local", position: 25, step: 32, layer: 3, kvHead: 2 }, 0],
  [story, "part", { name: "local", position: 83, step: 32, layer: 3, kvHead: 2 }, 0],
  [`${story}&lambda=1`, "isKept", { position: 83, step: 32, layer: 3, kvHead: 2 }, false],
  [`${story}&lambda=0.9`, "answer", {}, "right"],
  [`${story}&lambda=0.1`, "answer", {}, "unfinished"],
  [diary, "heldHeads", { position: 114, step: 84 }, 13],
  [diary, "attention", { position: 114, step: 85, layer: 1, kvHead: 0 }, 1],
  [diary, "attention", { position: 114, step: 85, layer: 2, kvHead: 1 }, 1],
  [diary, "isHeld", { position: 114, step: "last", layer: 1, kvHead: 0 }, true],
  [diary, "isHeld", { position: 114, step: "last", layer: 2, kvHead: 1 }, true],
  [diary, "isHeld", { position: 114, step: "last", layer: 3, kvHead: 1 }, true],
  [diary, "evictedStep", { position: 114, layer: 2, kvHead: 0 }, 112],
  [`${diary}&policy=promptRecent`, "lastEvictedStep", { position: 114 }, 32],
  ["policy=fullCache", "overlap", { step: 265, layer: 2, share: 0.25 }, 0.47],
  ["policy=fullCache", "overlap", { step: 265, layer: 0, share: 0.25 }, 0.33],
  ["policy=fullCache", "unionOverlap", { step: 265, layer: 2, share: 0.25 }, 0.76],
  ["policy=fullCache", "unionByChance", { step: 265, layer: 2, share: 0.25 }, 0.58],
  ["policy=fullCache", "overlap", { step: 265, layer: 2, share: 0.8 }, 0.81],
  ["policy=fullCache", "overlapByChance", { step: 265, layer: 2, share: 0.8 }, 0.8],
  ["policy=snapKv", "answer", {}, "wrong"],
  ["policy=fullCache", "attention", { position: 14, step: 6, layer: 2, kvHead: 0 }, 1],
  ["policy=fullCache", "attention", { position: 80, step: 8, layer: 0, kvHead: 0 }, 1],
  ["share=roles&B=64", "slots", { step: 257, layer: 0, kvHead: 3 }, 44],
  [`${copied}&share=roles`, "answer", {}, "right"],
  [guess, "foretold", { step: 112, layer: 2, kvHead: 0 }, 0.41],
  [guess, "foretold", { step: 112, layer: 3, kvHead: 1 }, 0.14],
  [guess, "answer", {}, "wrong"],
  [`${other}&B=96`, "answer", {}, "right"],
  [twoOrders, "keepRate", { step: "last", name: "1" }, 0.42],
  [twoOrders, "keepRate", { step: "last", name: "2" }, 0.35],
  [twoOrders, "answer", {}, "right"],
  [twoOrders, "isHeld", { position: 11, step: "last", layer: 0, kvHead: 0 }, true],
  [swappedOrders, "keepRate", { step: "last", name: "1" }, 0.28],
  [swappedOrders, "keepRate", { step: "last", name: "2" }, 0.33],
  [`${twoOrders}&keep=3-6`, "keepRate", { step: "last", name: "2" }, 0.29],
  [`${twoOrders}&keep=7-12`, "obeyed", { name: "1" }, false],
  [`${swappedOrders}&fair=1`, "obeyed", { name: "1" }, false],
  ["problem=orders2-walk-4x10-5&policy=fullCache", "obeyed", { name: "1" }, true],
  ["problem=orders2-walk-4x10-5&policy=fullCache", "obeyed", { name: "2" }, true],
  [merged, "carriedShare", { step: "last" }, 0.11],
  [merged, "changeMerged", { step: "last" }, 0.015],
  [merged, "changeDropped", { step: "last" }, 0.0155],
  [merged, "answer", {}, "right"],
  [merged.replace("&merge=keepKv", ""), "answer", {}, "right"],
  [`${merged}&mergeT=0.6`, "carriedShare", { step: "last" }, 0.515],
  [`${merged}&mergeT=0.3`, "carriedShare", { step: "last" }, 0.998],
  [`${merged}&mergeT=0.3`, "changeMerged", { step: "last" }, 0.000016],
  [`${merged}&mergeT=0.3`, "changeDropped", { step: "last" }, 0.017],
  [`${merged}&mergeT=0.3`, "mistake", {}, 74 + 99],
  [`${merged}&mergeT=0.3&mergeby=average`, "changeMerged", { step: "last" }, 0.021],
  [`${merged}&mergeT=0.3&mergeby=average`, "changeDropped", { step: "last" }, 0.0196],
  [merged.replace("-unshared", "") + "&mergeT=0.3", "changeMerged", { step: "last" }, 0.044],
  [merged.replace("-unshared", "") + "&mergeT=0.3", "changeDropped", { step: "last" }, 0.025],
  [`${other}&policy=snapKv&B=104&store=half`, "answer", {}, "wrong"],
  [`${other}&policy=snapKv&B=104&store=half`, "slots", { step: "last" }, 113],
  [`${other}&policy=snapKv&B=104&store=half`, "bytes", { step: "last" }, 226 * 1024],
  [`${other}&policy=fullCache`, "bytes", { step: "last" }, 1356 * 1024],
  [`${packed}&kbits=3&vbits=3`, "bytes", { step: "last" }, 225.5 * 1024],
  [`${packed}&kbits=2&vbits=2`, "answer", {}, "wrong"],
  [`${packed}&kbits=2&vbits=4`, "mistake", {}, 311],
  [packed, "bytes", { step: "last" }, 272256],
  [`${other}&B=64&store=half`, "bytes", { step: "last" }, 146 * 1024],
  [`${other}&B=64&store=quantised`, "bytes", { step: "last" }, 102016],
  [`${latents}&rsets=head`, "answer", {}, "right"],
  [`${latents}&rsets=head`, "bytes", { step: "last" }, 1130904],
  [`${latents}&rsets=head`, "slots", { step: 260 }, 334],
  [`${latents}&rsets=head`, "isRead", { step: 77, ...ofHead }, true],
  [`${latents}&rsets=head`, "unreadSteps", { step: 115, ...ofHead }, 38],
  [`${latents}&rsets=head`, "attention", { step: 118, ...ofHead }, 1],
  [`${latents}&rsets=head`, "isRead", { step: 193, ...ofHead }, true],
  [`${latents}&rsets=head`, "unreadSteps", { step: 247, ...ofHead }, 54],
  [`${latents}&rsets=head`, "attention", { step: 248, ...ofHead }, 1],
  [latents, "answer", {}, "wrong"],
  [`${latents}&rrank=0.5`, "answer", {}, "wrong"],
  [`${other}&policy=snapKv`, "evictedStep", ofHead, 112],
  [`${other}&policy=snapKv`, "mistake", {}, 74 + 123],
  [`${other}&policy=snapKv`, "bytes", { step: "last" }, 420 * 1024],
  ["problem=diary-5x21-960029&B=114", "mistake", {}, 103 + 133],
  ["problem=diary-5x21-960029&B=114&model=winnow-1m-distilled", "mistake", {}, null],
];

it.each(stated)("states what the run %j gives: %s at %j is %s", async (recipe, figure, place, value) => {
  const found = figureValue(figure, place, await runOf({ recipe }));
  // A change of an output is a small number, told to two digits.
  const unit = figure.startsWith("change") ? Number(value) * 10 : 1;
  if (typeof value === "number" && typeof found === "number") expect(found / unit).toBeCloseTo(value / unit, 2);
  else expect(found).toBe(value);
});

it("compares two checkpoints on one diary", async () => {
  const { lanes } = await runOf({
    recipe: "problem=diary-5x21-960029&B=114&lane=model:winnow-1m-distilled,policy:gkv",
  });
  const [base, distilled] = lanes.map(({ trace }) => trace);
  const step = divergenceStep(base, distilled) ?? NaN;
  expect(step).toBe(133);
  expect([base, distilled].map(({ steps }) => steps[step].text.trim())).toEqual(["kitchen", "attic"]);
  const { meanOverlap, meanChance } = laneOverlap({ trace: base, step }, { trace: distilled, step });
  expect(meanOverlap).toBeCloseTo(0.79, 2);
  expect(meanChance).toBeCloseTo(0.46, 2);
});

it("says how faint the scores are, and how much of the spread a picture shows", async () => {
  const [{ trace }] = (await runOf({ recipe: guess })).lanes;
  const worths = trace.events.flatMap(({ parts }) => [...parts["worth"].values]);
  expect(worths.filter((worth) => worth < 1e-30).length / worths.length).toBeCloseTo(0.42, 2);
  const event = trace.events.find(({ step }) => step === 112);
  const seen = (head: number) => event && headCloud(event, head, trace.header.model)?.shares;
  const [first, other] = [seen(8), seen(13)].map((shares) => (shares?.[0] ?? 0) + (shares?.[1] ?? 0));
  expect(first).toBeCloseTo(0.5, 2);
  expect(other).toBeCloseTo(0.34, 2);
  const span = event && foretoldSpan(trace, event, { reach: "event", others: [] });
  expect(chanceBand(span ? headForetold(trace, span, 8, TOTAL).positions.length : 0)).toBeCloseTo(0.16, 2);
});

it("quotes the stored sweep of the pitfalls lab", () => {
  const leaked = (policyId: string, mode: string, ratio: number, isSecretFirst: boolean) => {
    const cell = sweep.cells.find(
      (one) =>
        one.policyId === policyId && one.mode === mode && one.ratio === ratio && one.isSecretFirst === isSecretFirst,
    );
    return cell && Math.round(cell.leaked.mean * sweep.problemCount);
  };
  expect(sweep.problemCount).toBe(24);
  expect([leaked("streamingLlm", "plain", 0.4, false), leaked("streamingLlm", "fair", 0.4, false)]).toEqual([24, 6]);
  expect([leaked("gkv", "plain", 0.6, true), leaked("gkv", "fair", 0.6, true)]).toEqual([0, 21]);
});

it("counts the seeds rightly", async () => {
  const seeds = [0, 1, 2, 3, 4];
  const answers = (recipe: string) =>
    Promise.all(
      seeds.map(async (seed) => figureValue("answer", {}, await runOf({ recipe: `${recipe}&seed=${seed}` }))),
    );
  const rightOf = (all: readonly unknown[]) => all.filter((answer) => answer === "right").length;
  expect(rightOf(await answers("policy=random"))).toBe(2);
  expect(rightOf(await answers(`${diary}&policy=random`))).toBe(0);
  for (const seed of seeds) {
    const { lanes } = await runOf({ recipe: `${diary}&policy=random&seed=${seed}` });
    expect(generatedText(lanes[0].trace, lanes[0].stepCount - 1)).toContain("Answer : 59");
  }
}, 30_000);

it("says what a query read, and what its selection found", async () => {
  const [{ trace }] = (await runOf({ recipe: `${latents}&rsets=head` })).lanes;
  const { read, dense } = bytesRead(trace);
  const last = trace.steps.length - 1;
  expect(read[last] / dense[last]).toBeCloseTo(0.59, 2);
  const means = (["recall", "attention"] as const).map((name) => {
    const shares = foundShares(trace, 2, name).subarray(1);
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  });
  expect(means[0]).toBeCloseTo(0.46, 2);
  expect(means[1]).toBeCloseTo(0.75, 2);
});

it("counts walks that come out right by dropping and by merging", async () => {
  const rightOf = async (more: string): Promise<number> => {
    const walks = [1, 2, 3, 4].map((seed) => merged.replace("walk-5x20-9", `walk-5x16-${seed}`));
    const runs = await Promise.all(walks.map((walk) => runOf({ recipe: walk.replace("&merge=keepKv", more) })));
    return runs.filter((facts) => figureValue("answer", {}, facts) === "right").length;
  };
  expect(await rightOf("")).toBe(4);
  expect(await rightOf("&merge=keepKv")).toBe(4);
  expect(await rightOf("&merge=keepKv&mergeT=0.3")).toBe(0);
  expect(await rightOf("&merge=keepKv&mergeT=0.3&mergeby=average")).toBe(0);
}, 120_000);

it("quotes the stored comparison of shares", async () => {
  const roles = await loadHeadRoles({ ...shippedModels[0], layerCount: 4, headCount: 8 }, readStored);
  const rows = budgetRows(roles).map(({ label, budgetShare, problemCount, ...row }) => [
    ...[label, budgetShare, problemCount, Math.round(problemCount * row.uniform.right)],
    Math.round(problemCount * row.roles.right),
  ]);
  expect(rows).toEqual([
    ["G-KV", 0.25, 60, 23, 27],
    ["G-KV", 0.4, 60, 38, 33],
    ["SnapKV", 0.25, 60, 5, 20],
    ["SnapKV", 0.4, 60, 21, 35],
  ]);
  const [control] = budgetRows(await loadHeadRoles({ ...shippedModels[1], layerCount: 4, headCount: 8 }, readStored));
  expect([control.label, 60 * control.uniform.right, 60 * control.roles.right]).toEqual(["G-KV", 9, 20]);
  expect(roles.surface.infScore[2][0]).toBeCloseTo(0.69, 2);
  expect(roles.tasks.find(({ id }) => id === "rule")?.infScore[2][0]).toBe(1);
});

async function readStored(file: string): Promise<Response> {
  return new Response(await readFile(new URL(`public/${file}`, root), "utf8"));
}

it("quotes the stored results of checkpoints", async () => {
  const stored = await readStored("models/winnow-1m-distilled/training.json");
  const { checkpoints } = parseCheckpointResults(await stored.text(), "training.json");
  const diary = checkpoints.map((checkpoint) => checkpointCell(checkpoint, "diary", 0.25));
  // The lesson's first diary has seed 960029, the file's first 960000.
  expect(diary.map(({ outcomes }) => outcomes[29]).join("")).toMatch(/^ww[er]{5}$/);
  expect([0, 6].map((at) => rightShare(diary[at]).share)).toEqual([0.4, 0.82]);
  expect(rightShare(checkpointCell(checkpoints[4], "walk", 0.25)).share).toBe(0.12);
});

it("quotes the stored table of results", async () => {
  const table = await readFile(new URL("docs/results.md", root), "utf8");
  const share = (family: string, budget: string, policy: string): number => {
    const [, section] = table.split(`**${family}**`);
    const [head, ...rows] = section.split("\n").filter((line) => line.startsWith("|"));
    const cells = (row: string | undefined) => (row ?? "").split("|").map((cell) => cell.replaceAll("*", "").trim());
    return Number(
      cells(rows.find((row) => cells(row)[1] === policy))[cells(head).findIndex((cell) => cell.startsWith(budget))],
    );
  };
  const row = (family: string, budget: string) =>
    ["G-KV", "Prompt + recent", "Random (keep prompt)", "SnapKV"].map((policy) => share(family, budget, policy));
  expect(row("walk", "25 %")).toEqual([93, 72, 63, 2]);
  expect(row("walk", "35 %")).toEqual([97, 98, 98, 8]);
  expect(row("diary", "35 %")).toEqual([80, 4, 4, 27]);
});

it("names itself in its file, and takes 3 to 8 minutes", () => {
  expect(lessons.map(({ id }) => id)).toEqual(index);
  for (const { id, minutes } of lessons) {
    expect(minutes, id).toBeGreaterThanOrEqual(3);
    expect(minutes, id).toBeLessThanOrEqual(8);
  }
});
