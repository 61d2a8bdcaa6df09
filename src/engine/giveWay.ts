// Lets the event loop run, so that a worker in the middle of a long prefill receives its messages.

/** Resolves in a later task. A message channel, because browsers hold a nested timer of 0 back by 4 ms. */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

export interface Breather {
  /** Gives way when the last time was long enough ago; throws the signal's reason when aborted. */
  breathe(signal?: AbortSignal): Promise<void>;
}

/** Gives way at most once per `sliceMs` of work. */
export function createBreather(sliceMs: number): Breather {
  let sliceStart = performance.now();
  return {
    breathe: async (signal) => {
      if (performance.now() - sliceStart >= sliceMs) {
        await giveWay();
        sliceStart = performance.now();
      }
      signal?.throwIfAborted();
    },
  };
}
