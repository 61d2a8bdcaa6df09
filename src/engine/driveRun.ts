// Works for a run until it is closed: proceeds piece by piece, obeys what the page asks in between, does lost work again on another
// device, and ends in a `failed` event. Nothing is thrown to the outside. Runs of text and of streams are driven alike.

import { errorMessage, InputError } from "../lib/errors";
import { DeviceLostError } from "./backendKeeper";
import { createBreather } from "./giveWay";
import type { Outbox } from "./outbox";
import type { RunControl } from "./runControl";

export interface RunWork {
  /** What the run does next, once; false when there is nothing to do before the next command. */
  proceed(): Promise<boolean>;
  /** The work was lost with its device; `proceed` does it again. */
  breakOff(): void;
  /** Says which lane a failure was in, where it was in one. */
  explain(message: string): string;
  /** After a failure that nothing explains. */
  renewBackend(): void;
  dispose(): void;
}

/** Longest stretch of work between two looks at the worker's messages. */
const SLICE_MS = 8;
/** A device lost this often within one run will be lost again. */
const MOST_LOSSES = 3;

/** Works until the run is closed, and closes it itself after a failure. */
export async function driveRun(
  run: number,
  { work, control, outbox }: { readonly work: RunWork; readonly control: RunControl; readonly outbox: Outbox },
): Promise<void> {
  const breather = createBreather(SLICE_MS);
  let lossCount = 0;

  function fail(message: string): void {
    outbox.push({ type: "failed", run, message });
    control.close();
  }

  function surviveLoss({ message }: DeviceLostError): void {
    lossCount++;
    work.breakOff();
    if (lossCount < MOST_LOSSES) return;
    fail(`The GPU was lost ${lossCount} times during this run (${message}). Run again, or choose the CPU.`);
  }

  while (!control.isClosed) {
    const nextCommand = control.nextCommand();
    try {
      const isBusy = await work.proceed();
      await (isBusy ? breather.breathe() : nextCommand);
    } catch (error) {
      if (error instanceof DeviceLostError) {
        surviveLoss(error);
        continue;
      }
      fail(work.explain(errorMessage(error)));
      if (!(error instanceof InputError)) work.renewBackend();
    }
  }
  work.dispose();
}
