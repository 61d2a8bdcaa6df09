// Bounds of single numbers, with a message that says name, value and range.

import { InputError } from "../../lib/errors";

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Throws InputError unless the value is a finite number within the bounds, both included. */
export function requireNumber(name: string, value: number, { least, most }: Bounds): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  throw new InputError(`${name} is ${value}, expected a number ${rangeText({ least, most })}`);
}

export function requireInteger(name: string, value: number, { least, most }: Bounds): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError(`${name} is ${value}, expected a whole number ${rangeText({ least, most })}`);
}

function rangeText({ least, most }: Bounds): string {
  if (least === Number.MIN_VALUE) return `above 0 and up to ${most}`;
  return `from ${least} to ${most}`;
}
