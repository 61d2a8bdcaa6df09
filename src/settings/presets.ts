// Presets: comparisons that make a point, each with the claim that its link has to bear out. They are found and checked
// by `npm run presets` and stored in public/presets.json, which the page fetches when somebody asks for it.
import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(600));

/** Problems of one kind that some settings answer right, and of how many. */
const shareSchema = v.object({
  rightCount: count,
  problemCount: count,
  /** Where the counts stand: in the stored table of results, or found by the search for presets. */
  source: v.picklist(["table", "search"]),
});

/** How a lane of the preset's run ends, and the share for its settings. */
const laneSchema = v.object({
  ...shareSchema.entries,
  answer: v.picklist(["right", "wrong", "unfinished"]),
  /** What it answers, null for nothing. */
  given: v.nullable(v.string()),
  tokenCount: count,
});

/** Attention to a token, in %: the most that a query head of the KV head pays it. */
const percent = v.pipe(count, v.maxValue(100));

const lossSchema = v.object({
  /** The lane that evicted the token, or blurred it, and one that still held it there as it was when it was needed. */
  lane: count,
  keeper: count,
  layer: count,
  kvHead: count,
  position: count,
  /** The lane still held the token, and merged these positions into its slot; absent where it evicted it. */
  blend: v.optional(
    v.object({
      positions: v.pipe(v.array(count), v.minLength(1)),
      /** When it was needed, in the lane and in the keeper. */
      attentionPercent: percent,
      keeperAttentionPercent: percent,
    }),
  ),
  /** Step of the event that evicted it, or merged the last of these into it, and the later step whose token is read from it. */
  lostAtStep: count,
  neededAtStep: count,
  /** What the token closes, in plain words. */
  what: text,
  written: text,
  expected: text,
});

const presetSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/)),
  title: text,
  /** What one sees. */
  sees: text,
  /** Why it matters, and how often it holds. */
  matters: text,
  /** Fragment of the address: recipe, lanes, moment and a proof for each lane. */
  link: v.pipe(v.string(), v.minLength(1), v.maxLength(4000)),
  lanes: v.pipe(v.array(laneSchema), v.minLength(2), v.maxLength(4)),
  /** What else the second sentence counts. */
  besides: v.array(shareSchema),
  loss: lossSchema,
});

const fileSchema = v.object({
  version: v.literal(1),
  /** The command that makes it again. */
  command: v.string(),
  modelDigest: v.string(),
  presets: v.array(presetSchema),
});

export type PresetLane = Readonly<v.InferOutput<typeof laneSchema>>;
export type PresetShare = Readonly<v.InferOutput<typeof shareSchema>>;
/** The evicted or blurred token that the preset is about. */
export type PresetLoss = Readonly<v.InferOutput<typeof lossSchema>>;
export type Preset = Readonly<v.InferOutput<typeof presetSchema>>;
export type PresetFile = Readonly<v.InferOutput<typeof fileSchema>>;

/** Throws InputError for a text that isn't a list of presets. */
export function parsePresets(json: string, file: string): PresetFile {
  let fields: unknown;
  try {
    fields = JSON.parse(json);
  } catch (error) {
    throw new InputError(`${file}: expected JSON (${errorMessage(error)}); make it again with npm run presets`);
  }
  const parsed = v.safeParse(fileSchema, fields);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new InputError(
    `${file} isn’t a list of presets: ${v.getDotPath(issue) ?? "it"}: ${issue.message}; make it again with npm run presets`,
  );
}

/** Fetched relative to the page, so that it works from any folder of any host. Throws InputError in plain words. */
export async function loadPresets(
  fetchFile: (file: string) => Promise<Response> = (file) => fetch(file),
): Promise<readonly Preset[]> {
  const file = "presets.json";
  let response: Response;
  let json: string;
  try {
    response = await fetchFile(file);
    json = await response.text();
  } catch (error) {
    throw new InputError(`${file} could not be loaded: ${errorMessage(error)}`);
  }
  if (!response.ok) throw new InputError(`${file} could not be loaded (HTTP ${response.status}).`);
  return parsePresets(json, file).presets;
}
