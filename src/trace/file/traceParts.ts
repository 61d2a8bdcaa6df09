// A trace in parts that each cross from a worker to the page in a few milliseconds, so that a large one never holds the page up.
import type { EvictionEvent, StepRecord, Trace } from "../trace";

export interface TracePart {
  readonly steps: readonly StepRecord[];
  /** Those that fall on its steps. */
  readonly events: readonly EvictionEvent[];
}

const STEPS_PER_PART = 64;

export function traceParts({ steps, events }: Pick<Trace, "steps" | "events">): readonly TracePart[] {
  return Array.from({ length: Math.ceil(steps.length / STEPS_PER_PART) }, (_, part) => {
    const from = part * STEPS_PER_PART;
    const to = from + STEPS_PER_PART;
    return {
      steps: steps.slice(from, to),
      events: events.filter(({ step }) => step >= from && step < to),
    };
  });
}

/** For each part, the buffers that may move with it instead of being copied: nothing else lies in them. [part] */
export function ownBuffers(parts: readonly TracePart[]): readonly (readonly ArrayBuffer[])[] {
  const buffers = parts.map((part) => [...buffersIn(part)]);
  const useCounts = new Map<ArrayBuffer, number>();
  for (const buffer of buffers.flat()) useCounts.set(buffer, (useCounts.get(buffer) ?? 0) + 1);
  return buffers.map((ofPart) => ofPart.filter((buffer) => useCounts.get(buffer) === 1));
}

function buffersIn(value: unknown, found = new Set<ArrayBuffer>()): ReadonlySet<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) buffersIn(child, found);
  }
  return found;
}
