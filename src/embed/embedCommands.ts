// Carries out the host page's commands: each is checked against what is on screen, then passed to the store. Errors read
// "what: expected …, found …".
import { InputError, unreachable } from "../lib/errors";
import { isUnderWay, laneOnStage, laneStep } from "../state/shownRuns";
import type { PageState, PageStore } from "../state/pageStore";
import { whenPage } from "../state/whenPage";
import { askedRun, recipeCost } from "../state/recipe";
import { decodeRunFile } from "../trace/file/runFile";
import { LARGEST_RUN_BYTES } from "../trace/file/zip";
import type { Trace } from "../trace/trace";
import type { EmbedOptions } from "../state/embedQuery";
import { commandTypes, type CommandType } from "./embedMessages";
import type { DoCommand, PageCommand } from "./embedSession";

export interface CommandSurroundings {
  readonly store: PageStore;
  readonly options: Pick<EmbedOptions, "mode" | "hidden">;
  /** Resolves once the run that the query names has been opened, asked for, or cannot be had. */
  readonly firstRun: Promise<void>;
  readonly onTheme: (theme: EmbedOptions["theme"]) => void;
}

/** Commands that this page accepts. */
export function allowedCommands({ mode, hidden }: CommandSurroundings["options"]): readonly CommandType[] {
  const canRun = mode === "interactive" && !hidden.includes("run");
  return commandTypes.filter((type) => canRun || (type !== "run" && type !== "stop"));
}

export function pageCommands({ store, options, firstRun, onTheme }: CommandSurroundings): DoCommand {
  const allowed = allowedCommands(options);
  let openedCount = 0;
  return async (command: PageCommand) => {
    if (!allowed.includes(command.type)) {
      throw new InputError(`${command.type}: expected a page with mode=interactive that does not hide run.`);
    }
    if (command.type === "theme") {
      onTheme(command.theme);
      return [];
    }
    // The first run would replace whatever an earlier command did.
    await firstRun;
    if (isAboutRun(command)) await whenPage(store, (page) => page.stepCount > 0 || !isLiveRunComing(page));
    const page = store.getState();
    switch (command.type) {
      case "open":
        return await openLink(store, command.link);
      case "openRun": {
        // The file requested last is shown, whichever is read first.
        const number = ++openedCount;
        const trace = await readRun(command.file, command.name ?? "the run file of the message");
        if (number !== openedCount) throw new InputError("openRun: another run file was sent after this one.");
        page.showTrace(trace);
        return [];
      }
      case "seek": {
        traceOnScreen(store);
        within("seek, step", command.step, page.stepCount - 1);
        page.moveTo(command.step);
        return [];
      }
      case "play":
        traceOnScreen(store);
        if (page.runStatus === "paused" && page.isFollowing) page.resume();
        else page.play();
        return [];
      case "pause":
        if (page.runStatus === "running" && page.isFollowing) page.pause();
        else page.pausePlayback();
        return [];
      case "run":
        startCheapRun(store);
        return [];
      case "stop":
        if (isUnderWay(page.runStatus)) page.stop();
        return [];
      case "focus": {
        const { layerCount, kvHeadCount } = traceOnScreen(store).header.model;
        within("focus, layer", command.layer, layerCount - 1);
        within("focus, kvHead", command.kvHead, kvHeadCount - 1);
        page.focusOn(command.layer, command.kvHead);
        return [];
      }
      case "pin": {
        const newest = newestPosition(store);
        if (command.position !== null) within("pin, position", command.position, newest);
        // Pinning a pinned position would unpin it.
        if (command.position !== page.pinnedPosition) page.pin(command.position);
        return [];
      }
      default:
        return unreachable(command);
    }
  };
}

/** Whether the command moves through the run on screen or points at something in it. */
function isAboutRun({ type }: PageCommand): boolean {
  return ["seek", "play", "pause", "focus", "pin"].includes(type);
}

function isLiveRunComing({ runStatus }: PageState): boolean {
  return runStatus === "loading" || isUnderWay(runStatus);
}

/** Problems with the link appear on the page as well as in the answer. */
async function openLink(store: PageStore, link: string): Promise<readonly string[]> {
  for (const { id } of store.getState().notices) store.getState().dismiss(id);
  await store.getState().openLink(link);
  return store
    .getState()
    .notices.filter(({ tone }) => tone !== "info")
    .map(({ text }) => text);
}

async function readRun(file: ArrayBuffer, name: string): Promise<Trace> {
  if (file.byteLength > LARGEST_RUN_BYTES) {
    throw new InputError(`${name}: expected at most ${LARGEST_RUN_BYTES} bytes, found ${file.byteLength}.`);
  }
  const trace = await decodeRunFile(new Uint8Array(file), name);
  if (trace.steps.length === 0) throw new InputError(`${name}: expected a run with steps, found none.`);
  return trace;
}

/** Runs only what the page would start by itself; anything costlier needs a person to press Run. */
function startCheapRun(store: PageStore): void {
  const { runStatus, run } = store.getState();
  if (isUnderWay(runStatus) || runStatus === "loading") {
    throw new InputError("run: expected a page at rest, found a run under way; stop it first.");
  }
  const cost = recipeCost(askedRun(store.getState()));
  if (cost.type === "costly") {
    throw new InputError(`run: this recipe is costly (${cost.words}); a person has to press Run.`);
  }
  run("run");
}

function traceOnScreen(store: PageStore): Trace {
  const lane = laneOnStage(store.getState());
  if (lane === null) throw new InputError("There is no run on screen yet; wait for a status event with a run.");
  return lane.trace;
}

function newestPosition(store: PageStore): number {
  const { header } = traceOnScreen(store);
  const lane = laneOnStage(store.getState());
  return header.promptTokens.length + (lane === null ? 0 : laneStep(lane, store.getState().shownStep));
}

function within(what: string, value: number, last: number): void {
  if (value > last) throw new InputError(`${what}: expected 0 to ${last}, found ${value}.`);
}
