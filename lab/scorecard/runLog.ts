// What the score card has measured so far: a line per run in .cache, so that a run that was stopped goes on where it was.

import * as v from "valibot";
import { appendFileSync, existsSync, readFileSync } from "node:fs";

const runSchema = v.object({
  /** A letter per item. */
  outcomes: v.string(),
  likeness: v.string(),
  cpuMs: v.number(),
  fullCpuMs: v.number(),
  heldBytes: v.number(),
  fullBytes: v.number(),
});
const forcedSchema = v.object({ agreed: v.array(v.number()), positions: v.array(v.number()) });
const lineSchema = v.object({ key: v.string(), run: v.optional(runSchema), forced: v.optional(forcedSchema) });

/** One problem, or one stream with its questions, under one method. */
export type CardRun = v.InferOutput<typeof runSchema>;
/** The same fed the full cache's tokens. Per item */
export type ForcedRun = v.InferOutput<typeof forcedSchema>;

export interface RunLog {
  readonly runs: Map<string, CardRun>;
  readonly forced: Map<string, ForcedRun>;
  add(key: string, found: { readonly run: CardRun } | { readonly forced: ForcedRun }): void;
}

/** Lines that a crash cut off are left out, and run again. */
export function openRunLog(file: string): RunLog {
  const runs = new Map<string, CardRun>();
  const forced = new Map<string, ForcedRun>();
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  for (const line of text.split("\n")) {
    const parsed = v.safeParse(lineSchema, jsonOf(line));
    if (!parsed.success) continue;
    const { key, run, forced: agreement } = parsed.output;
    if (run !== undefined) runs.set(key, run);
    if (agreement !== undefined) forced.set(key, agreement);
  }
  if (text !== "" && !text.endsWith("\n")) appendFileSync(file, "\n");
  return {
    runs,
    forced,
    add(key, found) {
      appendFileSync(file, `${JSON.stringify({ key, ...found })}\n`);
      if ("run" in found) runs.set(key, found.run);
      else forced.set(key, found.forced);
    },
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
