import { expect, it, vi } from "vitest";
import { tinyParameters, tinyReference } from "../engine/hostBench.testing";
import { drawTrace } from "../trace/drawTrace.testing";
import {
  checkpointQuestion,
  checkpointTrial,
  createCheckpointTrials,
  type CheckpointTrialsState,
} from "./checkpointTrials";
import { hostEngines } from "./hostedEngine.testing";
import { drawProblem } from "../problems/families";
import { tokensOf } from "../problems/problem";
import { initialTrials } from "./trials";

const drawn = drawTrace({ prompt: "a b c d e f g h", layerCount: 2, kvHeadCount: 2 }, "a\nb").header;
const header = { ...drawn, model: { ...drawn.model, id: "tiny" }, parameters: { ...tinyParameters }, maxNewTokens: 6 };

function open() {
  const engines = hostEngines();
  let state: CheckpointTrialsState = initialTrials;
  const seen: CheckpointTrialsState["checkpointWork"][] = [];
  const trials = createCheckpointTrials(
    {
      models: [{ ...tinyReference, address: "http://page/models/tiny/" }],
      createEngine: engines.createEngine,
      beforeNextFrame: () => undefined,
    },
    {
      set: (change) => {
        state = { ...state, ...change };
        if (change.checkpointWork !== undefined) seen.push(change.checkpointWork);
      },
      get: () => state,
    },
  );
  const rest = (): Promise<void> => vi.waitFor(() => expect(state.checkpointWork).toBeNull(), { timeout: 20_000 });
  return { ...engines, trials, rest, seen, state: () => state };
}

it("asks each checkpoint once, one after the other, and keeps what each wrote", async () => {
  const page = open();
  const question = checkpointQuestion(header, null);
  page.trials.decodeCheckpoints(question, ["base", "trained/steps/8"]);
  await page.rest();
  expect(page.state().checkpointFailure).toBeNull();
  const trials = page.state().checkpointTrials[question.key];
  expect(trials.map(({ folder, verdict, mistake }) => [folder, verdict, mistake])).toEqual([
    ["base", null, null],
    ["trained/steps/8", null, null],
  ]);
  expect(trials[0].words.length).toBeGreaterThan(0);
  const loads = page.sent.flatMap((command) => (command.type === "load" ? [command.model.address] : []));
  expect(loads).toEqual(["http://page/models/base/", "http://page/models/trained/steps/8/"]);
  page.trials.decodeCheckpoints(question, ["base"]);
  await page.rest();
  expect(page.state().checkpointTrials[question.key]).toHaveLength(2);
  expect(page.sent.filter(({ type }) => type === "load")).toHaveLength(2);
});

it("says why a checkpoint could not decode, and goes on with another question", async () => {
  const page = open();
  const asking = { ...header, parameters: { ...header.parameters, share: "roles" } };
  page.trials.decodeCheckpoints(checkpointQuestion(asking, null), ["base"]);
  await page.rest();
  expect(page.state().checkpointFailure?.message).toContain("share by head role");
  const question = checkpointQuestion(header, null);
  page.trials.decodeCheckpoints(question, ["base"]);
  await page.rest();
  expect(page.state().checkpointFailure).toBeNull();
  expect(page.state().checkpointTrials[question.key]).toHaveLength(1);
});

it("stops when asked to", async () => {
  const page = open();
  page.trials.decodeCheckpoints(checkpointQuestion(header, null), ["base", "trained"]);
  page.trials.stopCheckpoints();
  await page.rest();
  expect(page.state().checkpointTrials).toEqual({});
  expect(page.state().checkpointFailure).toBeNull();
});

it("judges a text word by word against the problem's own solution", () => {
  const problem = drawProblem("walk", 0, 1);
  const question = checkpointQuestion({ ...header, promptText: problem.prompt }, problem);
  const words = tokensOf(problem.trace);
  const judged = (text: readonly string[]) => {
    const trace = drawTrace({ prompt: problem.prompt }, text.join("\n"));
    return checkpointTrial("x", trace, question);
  };
  expect(judged(words)).toMatchObject({ verdict: "right", mistake: null, answer: problem.answer });
  const spoilt = words.with(3, words[3] === "left" ? "right" : "left");
  expect(judged(spoilt).mistake).toEqual({ rightWords: 3, expected: words[3] });
});
