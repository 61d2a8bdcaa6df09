// What a reader may choose in Foretold.
import { TOTAL } from "../../policy/formula";
import type { ForetoldReach } from "../../trace/foretold";
import type { EvictionEvent } from "../../trace/trace";

export interface ForetoldView {
  /** The total, or a part of the score. */
  readonly column: string;
  readonly reach: ForetoldReach;
  readonly axes: "ranks" | "values";
}

export const reaches: readonly ForetoldReach[] = ["event", 1, 16, 64, 256];

/** The total, and the parts that the event recorded for some head. */
export function testedColumns({ parts }: EvictionEvent): readonly string[] {
  return [TOTAL, ...Object.keys(parts).filter((name) => parts[name].values.length > 0)];
}
