// Several runs on one clock: how many there may be, and that they were asked the same.
import { InputError } from "../../lib/errors";
import { MOST_LANES } from "../../settings/lanes";
import type { Trace } from "../../trace/trace";

/** Throws InputError for more runs than lanes, and for runs of different prompts. `names` says which is which. */
export function checkRunTogether(traces: readonly Trace[], names: readonly string[]): void {
  checkLaneCount(traces.length);
  const [first, ...others] = traces;
  const other = others.findIndex(({ header }) => !isSamePrompt(header.promptTokens, first.header.promptTokens));
  if (other < 0) return;
  throw new InputError(
    `${names[other + 1]} has another prompt than ${names[0]}; only runs of one prompt stand side by side. Open it alone.`,
  );
}

export function checkLaneCount(count: number): void {
  if (count <= MOST_LANES) return;
  throw new InputError(`${count} runs were chosen and at most ${MOST_LANES} stand side by side; choose fewer.`);
}

function isSamePrompt(one: Int32Array, other: Int32Array): boolean {
  return one.length === other.length && one.every((token, position) => token === other[position]);
}
