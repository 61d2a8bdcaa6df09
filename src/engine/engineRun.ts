// One run in the worker: steps its lanes together in rounds (runControl.ts), obeys pause, step and stop between two tokens,
// survives the loss of a device. Everything that happens is an event in the run's outbox; nothing is thrown to the outside.

import { policyById } from "../policy/policies";
import type { HeadPlace } from "../trace/watchedHeads";
import type { Backend } from "./backend";
import { driveRun, type RunWork } from "./driveRun";
import type { FollowedFullCaches } from "./forcedLanes";
import { followFullCache, laneRecipes } from "./forcedLanes";
import type { Lane, RunEngine } from "./lane";
import { createLane } from "./lane";
import type { Outbox } from "./outbox";
import type { RunRecipe, RunRequest } from "./protocol";
import type { RunControl } from "./runControl";
import { createRounds, createRunControl } from "./runControl";

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
  /** Lanes that watch some heads watch these from the next forward on. */
  watchHeads(wanted: readonly HeadPlace[]): void;
  /** Ends the run without a word, because another takes its place. */
  close(): void;
}

/**
 * `engines`: one for each lane, the same where lanes share a model. Throws InputError for lanes that cannot be stepped
 * together, or a policy that does not exist.
 */
export function startEngineRun(
  engines: readonly RunEngine[], // [lane]
  { run, request, isPaused, outbox }: EngineRunRequest,
): EngineRun {
  const { isForced, keepsLogits = false } = request;
  const recipes = laneRecipes(request);
  const explainers = recipes.map((recipe, lane) => explainer(recipe, lane, recipes.length));
  const lanes = recipes.map((recipe, lane) =>
    createLane(engines[lane], { run, lane, recipe, isForced, keepsLogits, outbox, explain: explainers[lane] }),
  );
  const followed = isForced ? followFullCache(engines, recipes, request.fedTokens) : null;
  const control = createRunControl(isPaused);
  const isOver = (): boolean => lanes.every(({ end, isAskedForMore }) => end !== null && !isAskedForMore);

  void driveRun(run, { work: createWork({ run, lanes, followed, control, outbox }), control, outbox });
  return {
    pause() {
      if (!isOver()) control.pause();
    },
    advance(stepCount) {
      if (!isOver()) control.advance(stepCount);
    },
    continueBy(extraTokens) {
      const ended = lanes.filter(({ end }) => end !== null);
      if (ended.length === 0) return;
      for (const lane of ended) lane.askForMore(extraTokens);
      control.goToEnd();
    },
    stop() {
      if (!isOver()) control.stop();
    },
    watchHeads(wanted) {
      for (const lane of lanes) lane.watchHeads(wanted);
    },
    close: () => control.close(),
  };
}

interface DrivenRun {
  readonly run: number;
  readonly lanes: readonly Lane[];
  /** Null where each lane follows its own tokens. */
  readonly followed: FollowedFullCaches | null;
  readonly control: RunControl;
  readonly outbox: Outbox;
}

function createWork({ run, lanes, followed, control, outbox }: DrivenRun): RunWork {
  const rounds = createRounds(lanes);
  const latestBackends = new Map<RunEngine, Backend>();
  let acting: Lane | null = null;
  let isPauseReported = false;
  let isContinued = false; // and the page does not know yet

  /** A failure in here is one of this lane. */
  async function inLane<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    acting = lane;
    const result = await work();
    acting = null;
    return result;
  }

  async function openLanes(): Promise<void> {
    for (const lane of lanes) {
      const { engine } = lane;
      const backend = await engine.keeper.current();
      latestBackends.set(engine, backend);
      const compared = (await followed?.of(engine)) ?? null;
      await inLane(lane, () => lane.open(backend, compared));
    }
  }

  async function extendLanes(): Promise<void> {
    for (const lane of lanes.filter(({ isAskedForMore }) => isAskedForMore)) {
      if (await inLane(lane, () => lane.extend())) isContinued = true;
    }
    if (isContinued) reportResumed();
    isContinued = false;
  }

  async function stepLane(lane: Lane): Promise<void> {
    const signal = control.stepSignal();
    try {
      await inLane(lane, () => lane.step(signal));
    } catch (error) {
      // Pause and stop cut a prefill short; the lane's next step begins it again.
      if (error !== signal.reason || !signal.aborted) throw error;
      rounds.breakOff();
      return;
    }
    if (rounds.completes(lane)) control.useRound();
  }

  function reportPaused(stepCount: number): void {
    if (!isPauseReported) outbox.push({ type: "paused", run, stepCount });
    isPauseReported = true;
  }

  function reportResumed(): void {
    isPauseReported = false;
    outbox.push({ type: "resumed", run });
  }

  return {
    async proceed() {
      acting = null;
      await openLanes();
      await extendLanes();
      const lane = rounds.laneInTurn();
      if (control.isStopAsked && !rounds.isUnfinished()) {
        control.hasStopped();
        for (const going of lanes.filter(({ end }) => end === null)) going.finish("stopped");
        return false;
      }
      if (lane === null) return false;
      if (control.allowance === 0 && !rounds.isUnfinished()) {
        reportPaused(lane.stepCount);
        return false;
      }
      if (isPauseReported) reportResumed();
      await stepLane(lane);
      return true;
    },
    breakOff: () => rounds.breakOff(),
    explain: (message) => acting?.explain(message) ?? message,
    renewBackend() {
      const { engine } = acting ?? lanes[0];
      const backend = latestBackends.get(engine);
      if (backend !== undefined) engine.keeper.renew(backend);
    },
    dispose() {
      for (const lane of lanes) lane.dispose();
      followed?.dispose();
    },
  };
}

/** Names the lane where there are several. */
function explainer({ policyId }: RunRecipe, lane: number, laneCount: number): (message: string) => string {
  const { label } = policyById(policyId);
  return (message) => (laneCount === 1 ? message : `Lane ${lane + 1}, ${label}: ${message}`);
}
