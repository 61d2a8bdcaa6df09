// The engine behind the worker's messages: hands loads to the model loader and commands to the present run. It knows
// neither `self` nor `navigator`, so that it runs in tests as it does in the worker. Every failure becomes a `failed` event.

import { errorMessage, unreachable } from "../lib/errors";
import type { ModelSource } from "../model/source";
import type { NamedBlob } from "../model/source/blobSource";
import type { BackendMakers } from "./chooseBackend";
import { startEngineRun } from "./engineRun";
import type { EngineRun } from "./engineRun";
import { startStreamRun, type StreamRun } from "./stream/streamRun";
import { measureAftermath } from "./loop/mergeAftermath";
import { createModelLoader, type RunWatch } from "./modelLoader";
import { createOutbox, transferList } from "./outbox";
import type { Outbox } from "./outbox";
import type { RunEngine } from "./lane";
import type { EngineCommand, EngineEvent, RunRecipe } from "./protocol";

export interface EngineEdge extends BackendMakers {
  post(event: EngineEvent, transfer: ArrayBuffer[]): void;
  /** `files`: of a model that lies under no address. */
  openSource(address: string, files?: readonly NamedBlob[]): ModelSource;
}

export interface EngineHost {
  handle(command: EngineCommand): void;
  dispose(): void;
}

type AnyRun = EngineRun | StreamRun;

interface PresentRun {
  readonly number: number;
  readonly outbox: Outbox;
  /** Null until the model has been loaded. */
  engineRun: AnyRun | null;
  /** Commands that came before that. */
  readonly early: ((engineRun: AnyRun) => void)[];
  isOver: boolean;
  /** Of a measurement, which has no steps. */
  readonly aborter?: AbortController;
}

export function createEngineHost(edge: EngineEdge): EngineHost {
  let present: PresentRun | null = null;

  const post = (event: EngineEvent): void => edge.post(event, transferList(event));
  const loader = createModelLoader({
    ...edge,
    post,
    onBackendChange(modelId, { backend: { summary: backend }, check }, reason) {
      const event: EngineEvent = { type: "backendChanged", modelId, backend, check, reason };
      if (present === null) post(event);
      else present.outbox.push(event);
    },
  });

  /** `open`: on one engine for each of these lanes. */
  async function start(
    run: number,
    lanes: readonly Pick<RunRecipe, "model">[],
    open: (engines: readonly RunEngine[], outbox: Outbox) => AnyRun,
  ): Promise<void> {
    endPresentRun();
    const outbox = createOutbox(post);
    const started: PresentRun = { number: run, outbox, engineRun: null, early: [], isOver: false };
    present = started;
    try {
      const engines = await loader.enginesOf(lanes, watchOf(started));
      if (started.isOver) return;
      const engineRun = open(engines, outbox);
      started.engineRun = engineRun;
      for (const command of started.early) command(engineRun);
    } catch (error) {
      outbox.push({ type: "failed", run, message: errorMessage(error) });
    }
  }

  async function measure({
    run,
    recipe,
    request,
  }: Extract<EngineCommand, { type: "measureAftermath" }>): Promise<void> {
    endPresentRun();
    const aborter = new AbortController();
    const outbox = createOutbox(post);
    const started: PresentRun = { number: run, outbox, engineRun: null, early: [], isOver: false, aborter };
    present = started;
    try {
      const [{ model, tokenizer, keeper }] = await loader.enginesOf([recipe], watchOf(started));
      const backend = await keeper.current();
      const planned = { model, tokenizer, promptTokens: tokenizer.encode(recipe.promptText), recipe };
      const measured = measureAftermath(backend, planned, request, aborter.signal);
      outbox.push({ type: "aftermath", run, aftermath: await keeper.guard(backend, measured) });
    } catch (error) {
      outbox.push({ type: "failed", run, message: errorMessage(error) });
    }
  }

  function watchOf(started: PresentRun): RunWatch {
    const { number: run, outbox } = started;
    return {
      isOver: () => started.isOver,
      tell: (lane, notice) => outbox.push({ type: "laneNotice", run, lane, notice }),
    };
  }

  function endPresentRun(): void {
    if (present === null) return;
    present.isOver = true;
    present.outbox.close();
    present.engineRun?.close();
    present.aborter?.abort();
    present = null;
  }

  /** Commands of a run that is no longer present come too late and change nothing. */
  function inRun(run: number, command: (engineRun: AnyRun) => void): void {
    if (present?.number !== run) return;
    if (present.engineRun === null) present.early.push(command);
    else command(present.engineRun);
  }

  return {
    handle(command) {
      switch (command.type) {
        case "load":
          endPresentRun();
          loader.load(command);
          break;
        case "start": {
          const { run, request, isPaused } = command;
          const open = (engines: readonly RunEngine[], outbox: Outbox): AnyRun =>
            startEngineRun(engines, { run, request, isPaused, outbox });
          void start(run, request.lanes, open);
          break;
        }
        case "startStream": {
          const { run, request, isPaused } = command;
          void start(run, [{}], ([engine], outbox) => startStreamRun(engine, { run, request, isPaused, outbox }));
          break;
        }
        case "ask":
          inRun(command.run, (engineRun) => {
            if ("ask" in engineRun) engineRun.ask(command.question);
          });
          break;
        case "measureAftermath":
          void measure(command);
          break;
        case "pause":
          inRun(command.run, (engineRun) => engineRun.pause());
          break;
        case "resume":
          inRun(command.run, (engineRun) => engineRun.advance(Infinity));
          break;
        case "advance":
          inRun(command.run, (engineRun) => engineRun.advance(command.stepCount));
          break;
        case "continue":
          inRun(command.run, (engineRun) => {
            if ("continueBy" in engineRun) engineRun.continueBy(command.extraTokens);
          });
          break;
        case "stop":
          inRun(command.run, (engineRun) => engineRun.stop());
          break;
        case "watchHeads":
          inRun(command.run, (engineRun) => {
            if ("watchHeads" in engineRun) engineRun.watchHeads(command.wanted);
          });
          break;
        case "credit":
          if (present?.number === command.run) present.outbox.grant(command.stepCount);
          break;
        case "loseDevice":
          loader.loseDevice();
          break;
        default:
          unreachable(command);
      }
    },
    dispose() {
      endPresentRun();
      loader.dispose();
    },
  };
}
