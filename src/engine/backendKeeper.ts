// Keeps a backend in service: when its device is lost, the keeper opens another backend (chooseBackend.ts), and work that waits
// on the lost one fails with DeviceLostError.

import { errorMessage } from "../lib/errors";
import type { Backend } from "./backend";
import type { OpenedBackend } from "./chooseBackend";
import { giveWay } from "./giveWay";

/** The device under a piece of work is gone; the work can be done again on `keeper.current()`. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}

export interface BackendKeeper {
  /** The backend in use; after a loss the one that takes its place, once it is open. After a failure to open one, the next call tries again. */
  current(): Promise<Backend>;
  /** The outcome of work on a backend, or DeviceLostError as soon as that backend's device is lost. `signal`: what may abort the work. */
  guard<Result>(backend: Backend, work: Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** After a failure that nothing explains: a GPU may not be trusted any more, so the next work gets a fresh one. */
  renew(backend: Backend): void;
  /** For tests: loses the device as a driver crash would. */
  lose(): void;
  dispose(): void;
}

/** How long a failed piece of work waits to learn that the device was lost under it. */
const LOSS_NEWS_MS = 250;

export function createBackendKeeper(request: {
  readonly opened: OpenedBackend;
  /** Opens another backend after a loss: the GPU again, else the CPU. */
  reopen(): Promise<OpenedBackend>;
  onChange(opened: OpenedBackend, reason: string): void;
}): BackendKeeper {
  const lostReasons = new WeakMap<Backend, string>();
  const watchers = new WeakMap<Backend, Set<(error: DeviceLostError) => void>>();
  let isDisposed = false;
  let opened = request.opened;
  /** After a reopening that failed. */
  let openAgain: (() => Promise<Backend>) | null = null;
  let current = Promise.resolve(adopt(opened));

  function adopt(next: OpenedBackend): Backend {
    opened = next;
    const { backend } = next;
    void backend.lost.then((reason) => {
      if (!isDisposed && !lostReasons.has(backend)) {
        replace(backend, reason, `The GPU was lost (${withoutStop(reason)}). The run goes on from where it was`);
      }
    });
    return backend;
  }

  /** `words` say what happened and what follows; where it goes on is added to them. */
  function replace(backend: Backend, reason: string, words: string): void {
    lostReasons.set(backend, reason);
    void startReopening(reason, words);
    for (const reject of watchers.get(backend) ?? []) reject(new DeviceLostError(reason));
    backend.dispose();
  }

  /** Whoever waits gets the failure, and the next call of current() tries again. */
  function startReopening(reason: string, words: string): Promise<Backend> {
    openAgain = null;
    current = reopen(reason, words);
    // Handled here too: nothing may be waiting.
    current.catch(() => {
      if (!isDisposed) openAgain = () => startReopening(reason, words);
    });
    return current;
  }

  async function reopen(reason: string, words: string): Promise<Backend> {
    const next = await request.reopen();
    if (isDisposed) {
      next.backend.dispose();
      throw new DeviceLostError(reason);
    }
    const backend = adopt(next);
    const place = backend.summary.type === "gpu" ? "a new GPU device" : "the CPU";
    request.onChange(next, `${words} on ${place}. ${next.notice?.text ?? ""}`.trim());
    return backend;
  }

  async function guard<Result>(backend: Backend, work: Promise<Result>, signal?: AbortSignal): Promise<Result> {
    let stopWatching = (): void => undefined;
    const lost = new Promise<never>((_, reject) => {
      const reason = lostReasons.get(backend);
      if (reason !== undefined) {
        reject(new DeviceLostError(reason));
        return;
      }
      const watching = watchers.get(backend) ?? new Set();
      watchers.set(backend, watching.add(reject));
      stopWatching = () => watching.delete(reject);
    });
    try {
      return await Promise.race([work, lost]);
    } catch (error) {
      const isAborted = signal?.aborted === true && error === signal.reason;
      // Work on a lost device may fail before the browser says that the device is lost.
      if (error instanceof DeviceLostError || isAborted || backend.summary.type === "cpu") throw error;
      const reason = await lossWithin(backend, LOSS_NEWS_MS);
      throw reason === null ? error : new DeviceLostError(reason, { cause: errorMessage(error) });
    } finally {
      stopWatching();
    }
  }

  async function lossWithin(backend: Backend, waitMs: number): Promise<string | null> {
    const started = performance.now();
    while (!lostReasons.has(backend) && performance.now() - started < waitMs) await giveWay();
    return lostReasons.get(backend) ?? null;
  }

  return {
    current: () => openAgain?.() ?? current,
    guard,
    renew(backend) {
      const isReplaceable = backend.summary.type === "gpu" && !isDisposed && !lostReasons.has(backend);
      if (isReplaceable) replace(backend, "its run failed", "After this failure the next run starts afresh");
    },
    lose: () => opened.lose(),
    dispose() {
      isDisposed = true;
      opened.backend.dispose();
    },
  };
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
