// Worker processes that take recipes from one queue. A process that dies fails only its own problem and is replaced.

import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { RunReport } from "./judgeRun";
import type { RunRecipe } from "../../src/engine/protocol";
import { InputError } from "../../src/lib/errors";
import type { WorkerCommand, WorkerEvent, WorkerSetup } from "./worker";

export type RunOutcome =
  { readonly type: "done"; readonly report: RunReport } | { readonly type: "failed"; readonly message: string };

const runScript = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
const workerScript = fileURLToPath(new URL("./worker.ts", import.meta.url));

/**
 * Runs every recipe in one of `jobs` processes and calls `onOutcome` as each ends, in any order. Throws InputError if a
 * process cannot open the model.
 */
export async function runInPool(
  recipes: readonly RunRecipe[],
  { jobs, setup }: { readonly jobs: number; readonly setup: WorkerSetup },
  onOutcome: (index: number, outcome: RunOutcome) => void,
): Promise<void> {
  let nextIndex = 0;
  const serve = async (): Promise<void> => {
    let worker: Worker | null = null;
    try {
      while (nextIndex < recipes.length) {
        const index = nextIndex++;
        worker ??= await openWorker(setup);
        const event = await worker.ask({ type: "run", recipe: recipes[index] });
        if (event.type === "died") worker = null;
        onOutcome(index, event.type === "done" ? event : { type: "failed", message: messageOf(event) });
      }
    } catch (error) {
      nextIndex = recipes.length; // stops the other processes
      throw error;
    } finally {
      worker?.close();
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(jobs, recipes.length) }, serve));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

type Reply = WorkerEvent | { readonly type: "died"; readonly message: string };

interface Worker {
  ask(command: WorkerCommand): Promise<Reply>;
  close(): void;
}

async function openWorker(setup: WorkerSetup): Promise<Worker> {
  // Standard output belongs to the results.
  const child = fork(runScript, [workerScript], { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [] });
  const worker: Worker = {
    ask: (command) => askChild(child, command),
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
  const reply = await worker.ask({ type: "open", ...setup });
  if (reply.type === "ready") return worker;
  worker.close();
  throw new InputError(messageOf(reply));
}

/** The reply to a command, or the news that the process died over it. */
function askChild(child: ChildProcess, command: WorkerCommand): Promise<Reply> {
  return new Promise((resolve) => {
    const settle = (reply: Reply): void => {
      child.off("message", onMessage);
      child.off("exit", onExit);
      child.off("error", onError);
      resolve(reply);
    };
    const onMessage = (event: unknown): void => settle(event as WorkerEvent);
    const onExit = (code: number | null, signal: string | null): void =>
      settle({ type: "died", message: `the process ended (${signal ?? `code ${String(code)}`})` });
    const onError = (error: Error): void => settle({ type: "died", message: error.message });
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.on("error", onError);
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
    else child.send(command);
  });
}

function messageOf(reply: Reply): string {
  return "message" in reply ? reply.message : `unexpected reply "${reply.type}"`;
}
