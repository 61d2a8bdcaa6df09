// What the library knows of a saved run without opening it. Entries come from a database that an older or newer page may
// have written: they are parsed, and one that cannot be read is listed as lost instead of hiding the others.

import * as v from "valibot";
import { streamPolicies } from "../../policy/streamChoices";
import { isStreamTrace, type SavedTrace } from "../../trace/file/savedRun";
import { framesSeenBy, type StreamTrace } from "../../trace/stream/streamTrace";
import { thumbnail } from "./thumbnail";
import { streamThumbnail } from "./streamThumbnail";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const storedRunSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** Milliseconds since 1970. */
  savedAtMs: v.number(),
  modelLabel: v.string(),
  policyLabel: v.string(),
  promptCount: count,
  stepCount: count,
  budgetSlots: v.nullable(count),
  /** Of a stream, whose prompt and steps count as none. */
  stream: v.optional(v.object({ frames: count, capFrames: v.nullable(count), answers: count, right: count })),
  /** Of the run file. */
  fileBytes: count,
  /** Where the file lies: the origin's own file system, or the database. */
  place: v.picklist(["files", "database"]),
  thumbnail: v.object({ cachePath: v.string(), textPath: v.string(), heldDigits: v.string() }),
});

export type StoredRun = v.InferOutput<typeof storedRunSchema>;

export interface LibraryRun extends StoredRun {
  /** Its file is gone or not whole: it can be deleted, not opened. */
  readonly isLost: boolean;
}

/** Null for what no page of this version wrote. */
export function parseStoredRun(value: unknown): StoredRun | null {
  const parsed = v.safeParse(storedRunSchema, value);
  return parsed.success ? parsed.output : null;
}

export function unreadableRun(id: string): LibraryRun {
  return {
    id,
    name: "Unreadable entry",
    savedAtMs: 0,
    modelLabel: "",
    policyLabel: "",
    promptCount: 0,
    stepCount: 0,
    budgetSlots: null,
    fileBytes: 0,
    place: "database",
    thumbnail: { cachePath: "", textPath: "", heldDigits: "" },
    isLost: true,
  };
}

export function storedRunOf(
  trace: SavedTrace,
  rest: Pick<StoredRun, "id" | "name" | "savedAtMs" | "fileBytes" | "place">,
): StoredRun {
  if (isStreamTrace(trace)) return { ...rest, ...streamEntries(trace) };
  const { model, policyLabel, promptTokens, parameters } = trace.header;
  const { budgetSlots } = parameters;
  const isCount = typeof budgetSlots === "number" && Number.isInteger(budgetSlots) && budgetSlots >= 0;
  return {
    ...rest,
    modelLabel: model.label,
    policyLabel,
    promptCount: promptTokens.length,
    stepCount: trace.steps.length,
    budgetSlots: isCount ? budgetSlots : null,
    thumbnail: thumbnail(trace),
  };
}

function streamEntries(trace: StreamTrace) {
  const { model, recipe } = trace.header;
  return {
    modelLabel: model.label,
    policyLabel: streamPolicies[recipe.policyId].label,
    ...{ promptCount: 0, stepCount: 0, budgetSlots: null },
    stream: {
      frames: framesSeenBy(trace),
      capFrames: recipe.choices.capFrames,
      answers: trace.answers.length,
      right: trace.answers.filter(({ isRight }) => isRight === true).length,
    },
    thumbnail: streamThumbnail(trace),
  };
}
