// A lesson as a file: its schema (docs/lessons.md), checked where it comes in. A bad file is refused with the place, what
// was expected there and what was found.
import * as v from "valibot";
import { errorMessage, InputError } from "../../lib/errors";
import { shortened } from "../../lib/shortened";
import { decodeLink } from "../../settings/link";
import { settingIds } from "../../settings/settings";
import { parseStreamTexts } from "../../settings/streamLink";
import { panelNames } from "../../state/arrangement";
import { parsePlace } from "../../state/moment";
import { figureNames } from "./figures";
import { proseComplaint } from "./prose";
import { isStreamPanel, streamPanelNames } from "../streams/streamPanels";

const id = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,39}$/, "expected small letters, digits and hyphens, at most 40"),
);
const line = v.pipe(v.string(), v.minLength(1), v.maxLength(400));
const prose = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(2000),
  v.rawCheck(({ dataset, addIssue }) => {
    const complaint = dataset.typed ? proseComplaint(dataset.value) : null;
    if (complaint !== null) addIssue({ message: complaint });
  }),
);
const paragraphs = v.pipe(v.array(prose), v.minLength(1), v.maxLength(12));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const check = v.pipe(
  v.strictObject({
    figure: v.picklist(figureNames),
    step: v.optional(v.union([whole, v.literal("last")])),
    layer: v.optional(whole),
    kvHead: v.optional(whole),
    position: v.optional(whole),
    lane: v.optional(whole),
    name: v.optional(line),
    share: v.optional(v.number()),
    is: v.optional(v.union([v.string(), v.number(), v.boolean()])),
    oneOf: v.optional(v.pipe(v.array(v.union([v.string(), v.number()])), v.minLength(1))),
    atLeast: v.optional(v.number()),
    atMost: v.optional(v.number()),
  }),
  v.check(
    ({ is, oneOf, atLeast, atMost }) => [is, oneOf, atLeast, atMost].some((limit) => limit !== undefined),
    "expected one of is, oneOf, atLeast, atMost",
  ),
);
const checks = v.pipe(v.array(check), v.minLength(1), v.maxLength(8));

const recipe = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const [complaint] = decodeLink(recipeFragment(dataset.value)).complaints;
    if (complaint !== undefined) addIssue({ message: `expected settings as a link holds them; ${complaint}` });
  }),
);
const place = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const [complaint] = dataset.typed ? parsePlace(dataset.value).complaints : [];
    if (complaint !== undefined) addIssue({ message: `expected a place such as step:48,layer:2,head:0; ${complaint}` });
  }),
);

const stream = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { stream: texts, complaints } = decodeLink(recipeFragment(dataset.value));
    const [complaint] = texts === null ? ["there is none"] : [...complaints, ...parseStreamTexts(texts).complaints];
    if (complaint !== undefined) addIssue({ message: `expected a stream as a link holds it; ${complaint}` });
  }),
);

const stage = v.strictObject({
  /** One of the three: a recorded run of the page, the settings of a run, or a stream of frames. */
  recording: v.optional(line),
  recipe: v.optional(recipe),
  stream: v.optional(stream),
  at: v.optional(place, "step:0"),
  /** Plays from there. */
  plays: v.optional(v.boolean(), false),
  panels: v.pipe(v.array(v.picklist([...panelNames, ...streamPanelNames])), v.minLength(1), v.maxLength(4)),
  /** What the panels show where it differs from what they begin with. [panel] → [choice] */
  views: v.optional(v.record(v.string(), v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))), {}),
  light: v.optional(
    v.strictObject({
      positions: v.optional(v.pipe(v.array(whole), v.maxLength(40)), []),
      heads: v.optional(
        v.pipe(v.array(v.pipe(v.string(), v.regex(/^\d+\.\d+$/, "expected layer.head, such as 2.0"))), v.maxLength(40)),
        [],
      ),
      panels: v.optional(v.array(v.picklist(panelNames)), []),
    }),
    { positions: [], heads: [], panels: [] },
  ),
});

const taskBase = {
  ask: prose,
  hints: v.optional(v.pipe(v.array(prose), v.maxLength(4)), []),
  /** Said when it is done. */
  done: prose,
};
/** What the page says to a state that is not the solution. */
const replies = v.optional(v.pipe(v.array(v.strictObject({ when: checks, say: prose })), v.maxLength(6)), []);

const option = v.strictObject({
  text: prose,
  /** What holds in the run if this option is the right one. */
  when: v.optional(checks),
  /** Instead, for a question that the run doesn't answer. */
  isRight: v.optional(v.boolean()),
  reply: prose,
});

const task = v.variant("kind", [
  v.strictObject({
    kind: v.literal("predict"),
    ...taskBase,
    options: v.pipe(v.array(option), v.minLength(2), v.maxLength(5)),
    /** What is put on the stage once the reader has chosen; without a run the part's own stays. */
    reveal: v.optional(v.partial(stage)),
  }),
  v.strictObject({
    kind: v.literal("find"),
    ...taskBase,
    until: checks,
    replies,
    /** A place that fulfils it. */
    solution: place,
  }),
  v.strictObject({
    kind: v.literal("change"),
    ...taskBase,
    controls: v.pipe(v.array(v.picklist(settingIds)), v.minLength(1), v.maxLength(4)),
    until: checks,
    replies,
    /** Settings whose run fulfils it. */
    solution: recipe,
  }),
]);

const part = v.strictObject({
  id,
  title: line,
  text: paragraphs,
  /** Without one, what the part before had stays. */
  stage: v.optional(stage),
  task: v.optional(task),
});

const lessonSchema = v.pipe(
  v.strictObject({
    winnowLesson: v.literal(1),
    id,
    title: line,
    minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)),
    about: prose,
    /** For teachers. */
    goals: v.pipe(v.array(prose), v.minLength(1), v.maxLength(6)),
    mistakes: v.optional(v.pipe(v.array(prose), v.maxLength(6)), []),
    parts: v.pipe(v.array(part), v.minLength(1), v.maxLength(20)),
    /** What the student hands in: the page makes the link. */
    handIn: prose,
  }),
  v.check(
    ({ parts }) => new Set(parts.map((each) => each.id)).size === parts.length,
    "expected another id for each part",
  ),
  v.check(({ parts }) => parts[0].stage !== undefined, "expected a stage in the first part"),
  v.check(
    ({ parts }) =>
      parts.every(
        ({ stage: of }) =>
          of === undefined || [of.recording, of.recipe, of.stream].filter((one) => one !== undefined).length === 1,
      ),
    "expected one of recording, recipe and stream in each stage",
  ),
  v.check(
    ({ parts }) =>
      parts.every(
        ({ stage: of }) =>
          of === undefined || of.panels.every((name) => isStreamPanel(name) === (of.stream !== undefined)),
      ),
    "expected the panels of streams in each stage with a stream, and only there",
  ),
  v.check(
    ({ parts }) =>
      parts.every(({ task: of }, at) => {
        const on = parts.slice(0, at + 1).findLast((each) => each.stage !== undefined)?.stage;
        return on?.stream === undefined || of === undefined || (of.kind === "predict" && of.reveal === undefined);
      }),
    "expected a task that predicts, without a reveal, where a stream is on the stage",
  ),
);

export type Lesson = Readonly<v.InferOutput<typeof lessonSchema>>;
export type LessonPart = Lesson["parts"][number];
export type LessonTask = NonNullable<LessonPart["task"]>;
export type TaskOf<Kind extends LessonTask["kind"]> = Extract<LessonTask, { kind: Kind }>;
export type LessonStageSpec = NonNullable<LessonPart["stage"]>;

/** Settings as a lesson writes them, as a whole fragment. */
export function recipeFragment(text: string): string {
  return text === "" ? "" : /^v\d+/.test(text) ? text : `v4&${text}`;
}

/** More issues than these are not listed. */
const MOST_ISSUES = 4;

/** Throws InputError for a text that isn't a lesson. */
export function parseLesson(json: string, file: string): Lesson {
  let fields: unknown;
  try {
    fields = JSON.parse(json);
  } catch (error) {
    throw new InputError(`${file}: expected JSON (${errorMessage(error)})`);
  }
  const parsed = v.safeParse(lessonSchema, fields);
  if (parsed.success) return parsed.output;
  const issues = parsed.issues.map(issueWords);
  const more = issues.length > MOST_ISSUES ? ` … and ${issues.length - MOST_ISSUES} more` : "";
  throw new InputError(`${file} isn’t a lesson. ${issues.slice(0, MOST_ISSUES).join(" ")}${more}`);
}

/** "parts[2].task.hints[0]: expected string, found 4." Places in lists are counted from 0, as in the file. */
function issueWords(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue)?.replaceAll(/\.(\d+)/g, "[$1]") ?? "the file";
  const isOurs = issue.type === "check" || issue.type === "raw_check" || issue.type === "regex";
  if (isOurs)
    return `${path}: ${issue.message}${issue.type === "regex" ? `, found ${shortened(issue.received)}` : ""}.`;
  return `${path}: expected ${issue.expected ?? "something else"}, found ${shortened(issue.received)}.`;
}

/** The stage of a part: its own, or that of the part before. */
export function stageOfPart({ parts }: Lesson, partIndex: number): LessonStageSpec {
  const found = parts.slice(0, partIndex + 1).findLast(({ stage: of }) => of !== undefined)?.stage;
  if (found === undefined) throw new InputError("The lesson has no stage.");
  return found;
}
