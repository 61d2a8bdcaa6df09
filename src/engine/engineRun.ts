// One run in the worker: steps its lanes together, obeys pause, step and stop between two tokens, survives the loss of
// its device. Everything that happens is an event in the run's outbox; nothing is thrown to the outside.
//
//   lane 0   ─0─     ─1─     ─2─          a round: one step of every lane that has not ended, in order; a lane that lies
//   lane 1      ─0─     ─1─     ─2─       behind, because it ended and was continued, comes up to the others first
//
//   allowance  0 = paused, n = that many rounds and then paused, Infinity = to the end

import { errorMessage, InputError } from "../lib/errors";
import { policyById } from "../policy/policies";
import type { Backend } from "./backend";
import { DeviceLostError } from "./backendKeeper";
import { createBreather } from "./giveWay";
import { createGuide } from "./guide";
import type { Lane, RunEngine } from "./lane";
import { createLane } from "./lane";
import { laneRecipes } from "./laneRecipes";
import type { Outbox } from "./outbox";
import type { RunRecipe, RunRequest } from "./protocol";

export interface EngineRunRequest {
  readonly run: number;
  readonly request: RunRequest;
  readonly isPaused: boolean;
  readonly outbox: Outbox;
}

export interface EngineRun {
  pause(): void;
  /** Takes this many steps in every lane that has not ended and pauses; Infinity goes on to the end. */
  advance(stepCount: number): void;
  /** Goes on after the end, by up to this many tokens in every lane that has ended. */
  continueBy(extraTokens: number): void;
  /** Ends every lane where it stands; they can still be continued. */
  stop(): void;
  /** Ends the run without a word, because another takes its place. */
  close(): void;
}

/** Longest stretch of work between two looks at the worker's messages. */
const SLICE_MS = 8;
/** A device lost this often within one run will be lost again. */
const MOST_LOSSES = 3;

/** Throws InputError for lanes that cannot be stepped together, or a policy that does not exist. */
export function startEngineRun(engine: RunEngine, { run, request, isPaused, outbox }: EngineRunRequest): EngineRun {
  const { keeper } = engine;
  const { isForced } = request;
  const recipes = laneRecipes(request);
  const explainers = recipes.map((recipe, lane) => explainer(recipe, lane, recipes.length));
  const lanes = recipes.map((recipe, lane) =>
    createLane(engine, { run, lane, recipe, isForced, outbox, explain: explainers[lane] }),
  );
  const guide = isForced ? createGuide(engine, recipes) : null;
  let latestBackend: Backend | null = null;
  let allowance = isPaused ? 0 : Infinity;
  let isRoundOpen = false; // a lane has taken its step and another has not
  let isPauseTold = false;
  let isContinued = false; // not yet told
  let isStopAsked = false;
  let isClosed = false;
  let lossCount = 0;
  let acting: Lane | null = null;
  let interruption = new AbortController();
  let wake = (): void => undefined;

  /** The lane whose turn it is: the first of those with the fewest steps; null when all have ended. */
  function laneInTurn(): Lane | null {
    const going = lanes.filter(({ end }) => end === null);
    const fewest = Math.min(...going.map(({ stepCount }) => stepCount));
    return going.find(({ stepCount }) => stepCount === fewest) ?? null;
  }

  const isOver = (): boolean => lanes.every(({ end, isAskedForMore }) => end !== null && !isAskedForMore);

  /** Failures in here are told as those of this lane. */
  async function inLane<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    acting = lane;
    const result = await work();
    acting = null;
    return result;
  }

  async function openLanes(): Promise<void> {
    const backend = await keeper.current();
    latestBackend = backend;
    const shadow = guide === null ? null : await guide.on(backend);
    for (const lane of lanes) await inLane(lane, () => lane.open(backend, shadow));
  }

  async function extendLanes(): Promise<void> {
    for (const lane of lanes.filter(({ isAskedForMore }) => isAskedForMore)) {
      if (await inLane(lane, () => lane.extend())) isContinued = true;
    }
    if (!isContinued) return;
    isContinued = isPauseTold = false;
    outbox.push({ type: "resumed", run });
  }

  /** What the run does next, once; false when there is nothing to do until someone says so. */
  async function proceed(): Promise<boolean> {
    acting = null;
    await openLanes();
    await extendLanes();
    const lane = laneInTurn();
    // Pause and stop leave the lanes at one step, unless that would have to wait for a prefill.
    const isFinishingRound = isRoundOpen && lane !== null && lane.stepCount > 0;
    if (isStopAsked && !isFinishingRound) {
      isStopAsked = false;
      for (const going of lanes.filter(({ end }) => end === null)) going.finish("stopped");
      return false;
    }
    if (lane === null) return false;
    if (allowance === 0 && !isFinishingRound) {
      if (!isPauseTold) outbox.push({ type: "paused", run, stepCount: lane.stepCount });
      isPauseTold = true;
      return false;
    }
    if (isPauseTold) outbox.push({ type: "resumed", run });
    isPauseTold = false;
    await stepLane(lane);
    return true;
  }

  async function stepLane(lane: Lane): Promise<void> {
    interruption = new AbortController();
    const { signal } = interruption;
    try {
      await inLane(lane, () => lane.step(signal));
    } catch (error) {
      // Pause and stop cut a prefill short; the lane's next step begins it again.
      if (error !== signal.reason || !signal.aborted) throw error;
      isRoundOpen = false;
      return;
    }
    const next = laneInTurn();
    isRoundOpen = next !== null && next.stepCount < lane.stepCount;
    if (!isRoundOpen) allowance = Math.max(0, allowance - 1); // a pause may have set it to 0 meanwhile
  }

  function fail(message: string): void {
    outbox.push({ type: "failed", run, message });
    close();
  }

  function surviveLoss({ message }: DeviceLostError): void {
    lossCount++;
    isRoundOpen = false; // a lane's next step repeats what was lost: a pause must not wait for it
    if (lossCount < MOST_LOSSES) return;
    fail(`The GPU was lost ${lossCount} times during this run (${message}). Run again, or choose the CPU.`);
  }

  function endIn(error: unknown): void {
    const message = errorMessage(error);
    fail(acting === null ? message : acting.explain(message));
    if (!(error instanceof InputError) && latestBackend !== null) keeper.renew(latestBackend);
  }

  async function drive(): Promise<void> {
    const breather = createBreather(SLICE_MS);
    while (!isClosed) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      try {
        const isBusy = await proceed();
        await (isBusy ? breather.breathe() : woken);
      } catch (error) {
        if (error instanceof DeviceLostError) surviveLoss(error);
        else endIn(error);
      }
    }
    for (const lane of lanes) lane.dispose();
    guide?.dispose();
  }

  function close(): void {
    isClosed = true;
    interruption.abort(new Error("the run is over"));
    wake();
  }

  void drive();
  return {
    pause() {
      if (isOver()) return;
      allowance = 0;
      interruption.abort(new Error("paused"));
    },
    advance(stepCount) {
      if (isOver()) return;
      // Steps asked for while others are still due come on top of them.
      allowance = allowance === Infinity ? stepCount : allowance + stepCount;
      wake();
    },
    continueBy(extraTokens) {
      const ended = lanes.filter(({ end }) => end !== null);
      if (ended.length === 0) return;
      for (const lane of ended) lane.askForMore(extraTokens);
      allowance = Infinity;
      wake();
    },
    stop() {
      if (isOver()) return;
      isStopAsked = true;
      interruption.abort(new Error("stopped"));
      wake();
    },
    close,
  };
}

/** Names the lane where there are several. */
function explainer({ policyId }: RunRecipe, lane: number, laneCount: number): (message: string) => string {
  const { label } = policyById(policyId);
  return (message) => (laneCount === 1 ? message : `Lane ${lane + 1}, ${label}: ${message}`);
}
