// A stream in the worker: up to four lanes watch the same frames, one frame a round, each under its own recipe. Planned questions are
// asked when their moment comes, others whenever the page asks. After the loss of a device the frames are seen again on another,
// and the stream goes on from where it was.

import { assert, errorMessage, InputError } from "../../lib/errors";
import type { AskedQuestion, StreamAnswer } from "../../trace/stream/streamTrace";
import type { Backend } from "../backend";
import { driveRun, type RunWork } from "../driveRun";
import type { RunEngine } from "../lane";
import type { Outbox } from "../outbox";
import type { StreamRequest, WatchedBlock } from "../protocol";
import { createRunControl, type RunControl } from "../runControl";
import { openWatch, type StreamWatch } from "./streamWatch";

export interface StreamRun {
  pause(): void;
  /** Sees this many frames more and pauses; Infinity goes on to the end. */
  advance(frameCount: number): void;
  /** In every lane, at the frame that the stream has come to. */
  ask(question: string): void;
  /** Ends the stream where it stands. */
  stop(): void;
  /** Ends the run without a word, because another takes its place. */
  close(): void;
}

interface StreamRunRequest {
  readonly run: number;
  readonly request: StreamRequest;
  readonly isPaused: boolean;
  readonly outbox: Outbox;
}

export function startStreamRun(engine: RunEngine, { run, request, isPaused, outbox }: StreamRunRequest): StreamRun {
  requirePlan(request);
  const control = createRunControl(isPaused);
  const work = createWork(engine, { run, request, outbox, control });
  void driveRun(run, { work, control, outbox });
  return {
    pause() {
      if (!work.isEnded()) control.pause();
    },
    advance(frameCount) {
      if (!work.isEnded()) control.advance(frameCount);
    },
    ask(question) {
      work.waiting.push(question);
      control.wake();
    },
    stop() {
      if (!work.isEnded()) control.stop();
    },
    close: () => control.close(),
  };
}

function requirePlan({ lanes, frames }: StreamRequest): void {
  const [{ questions }] = lanes;
  assert(
    lanes.every((lane) => JSON.stringify(lane.questions) === JSON.stringify(questions)),
    "all lanes plan the same questions",
  );
  questions.forEach(({ moment, question }, at) => {
    const isInOrder = at === 0 || questions[at - 1].moment <= moment;
    if (moment >= 0 && moment <= frames.length && isInOrder) return;
    throw new InputError(
      `“${question}” is planned after frame ${moment}; expected moments in order, from 0 to ${frames.length} frames`,
    );
  });
}

interface WorkParts extends Omit<StreamRunRequest, "isPaused"> {
  readonly control: RunControl;
}

interface StreamWork extends RunWork {
  /** Questions of the page that are not yet answered. */
  readonly waiting: string[];
  isEnded(): boolean;
}

function createWork(engine: RunEngine, { run, request, outbox, control }: WorkParts): StreamWork {
  const { keeper } = engine;
  const { lanes, frames } = request;
  const [{ questions: planned }] = lanes;
  let watches: StreamWatch[] = []; // [lane]
  let opened: Backend | null = null;
  let acting: number | null = null; // lane
  /** Frames that the page knows of; work that was lost after them is done again. */
  let framesShown = 0;
  let askedCount = 0; // of the planned
  /** Frames after which blocks were closed before they were full. */
  const closings = new Set<number>();
  const waiting: string[] = [];
  let isEnded = false;
  let isAnnounced = false;
  let isPauseReported = false;

  const close = (): void => {
    for (const watch of watches) watch.dispose();
    watches = [];
    opened = null;
  };

  /** Lanes one after the other on the backend that is open. A failure in here is named after its lane. */
  async function inLanes<Result>(act: (watch: StreamWatch) => Promise<Result>): Promise<Result[]> {
    assert(opened !== null, "the lanes are open");
    const results: Result[] = [];
    for (const [lane, watch] of watches.entries()) {
      acting = lane;
      results.push(await keeper.guard(opened, act(watch)));
    }
    acting = null;
    return results;
  }

  async function openLanes(): Promise<void> {
    const backend = await keeper.current();
    if (backend === opened) return;
    close();
    opened = backend;
    for (const [lane, recipe] of lanes.entries()) {
      acting = lane;
      const watch = await keeper.guard(backend, openWatch(backend, engine, { ...request, recipe }));
      watches.push(watch);
      if (isAnnounced) outbox.push({ type: "memory", run, lane, memory: watch.header.memory });
      else outbox.push({ type: "streamStarted", run, lane, header: watch.header });
    }
    acting = null;
    isAnnounced = true;
  }

  /** A frame that the page knows of is seen again after a loss. True when there was one. */
  async function catchUp(): Promise<boolean> {
    const seen = watches[0].framesShown;
    if (seen >= framesShown) return false;
    await inLanes(async (watch) => {
      await watch.see();
      if (closings.has(watch.framesShown)) await watch.closeBlock();
    });
    return true;
  }

  function report(blocks: readonly (WatchedBlock | null)[], answers: readonly StreamAnswer[]): void {
    outbox.push({ type: "watched", run, framesShown, blocks, answers });
  }

  async function askAll(question: AskedQuestion): Promise<void> {
    const blocks = await inLanes((watch) => watch.closeBlock());
    let answers: StreamAnswer[] = [];
    try {
      answers = await inLanes((watch) => watch.ask(question));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      outbox.push({ type: "refused", run, message: explain(errorMessage(error)) });
    }
    closings.add(framesShown);
    report(blocks, answers);
  }

  async function seeFrame(): Promise<void> {
    const blocks = await inLanes((watch) => watch.see());
    const isLast = watches[0].framesShown === frames.length;
    const rest = isLast ? await inLanes((watch) => watch.closeBlock()) : [];
    framesShown = watches[0].framesShown;
    if (isLast) closings.add(framesShown);
    report(
      blocks.map((block, lane) => block ?? rest.at(lane) ?? null),
      [],
    );
    control.useRound();
  }

  function end(how: "whole" | "stopped"): void {
    isEnded = true;
    outbox.push({ type: "streamEnded", run, end: how });
  }

  /** Names the lane where there are several. */
  const explain = (message: string): string =>
    acting === null || lanes.length === 1 ? message : `Lane ${acting + 1}: ${message}`;

  return {
    waiting,
    isEnded: () => isEnded,
    async proceed() {
      acting = null;
      await openLanes();
      if (await catchUp()) return true;
      const question = waiting.at(0);
      if (question !== undefined) {
        await askAll({ type: null, moment: framesShown, question, answer: null });
        waiting.shift();
        return true;
      }
      if (isEnded) return false;
      if (control.isStopAsked) {
        control.hasStopped();
        end("stopped");
        return false;
      }
      const due = planned.at(askedCount);
      if (due?.moment === framesShown) {
        await askAll(due);
        askedCount++;
        return true;
      }
      if (framesShown === frames.length) {
        end("whole");
        return false;
      }
      if (control.allowance === 0) {
        if (!isPauseReported) outbox.push({ type: "paused", run, stepCount: framesShown });
        isPauseReported = true;
        return false;
      }
      if (isPauseReported) outbox.push({ type: "resumed", run });
      isPauseReported = false;
      await seeFrame();
      return true;
    },
    breakOff: close,
    explain,
    renewBackend() {
      if (opened !== null) keeper.renew(opened);
    },
    dispose: close,
  };
}
