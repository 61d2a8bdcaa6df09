// Learn: the lesson that is open, and what the reader has done in each. Written by Learn and by links (openedLink.ts). Progress
// outlives a visit, and a file carries it to another browser; what is read from either is checked.
import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";
import type { LessonPlace } from "../settings/linkContent";

/** What a reader has done in one lesson. */
export interface LessonProgress {
  /** The part that the reader left, from 0. */
  readonly part: number;
  /** Ids of the parts whose task is done. */
  readonly done: readonly string[];
  /** The option chosen in each prediction. [part's id] */
  readonly picks: Readonly<Record<string, number>>;
  /** The reader came to the end. */
  readonly isFinished: boolean;
}

/** By the lesson's id. */
export type Progress = Readonly<Record<string, LessonProgress>>;

export interface LessonsState {
  /** Null for the list of lessons. A new object each time a lesson or part is opened. */
  readonly lesson: LessonPlace | null;
  /** The place whose run was put on the stage last: coming back to Learn leaves the stage as it is. */
  readonly stagedLesson: LessonPlace | null;
  readonly progress: Progress;
}

export interface LessonActions {
  /** Without a part, where the reader left it. Null: back to the list. */
  readonly openLesson: (place: LessonPlace | null) => void;
  readonly lessonStaged: (place: LessonPlace) => void;
  readonly keepProgress: (lessonId: string, change: Partial<LessonProgress>) => void;
  /** Adds what another browser has stored. */
  readonly addProgress: (progress: Progress) => void;
}

export const initialLessons: LessonsState = { lesson: null, stagedLesson: null, progress: {} };

const noProgress: LessonProgress = { part: 0, done: [], picks: {}, isFinished: false };

export function progressIn(progress: Progress, lessonId: string): LessonProgress {
  return Object.hasOwn(progress, lessonId) ? progress[lessonId] : noProgress;
}

export function lessonActions(set: (change: Partial<LessonsState>) => void, get: () => LessonsState): LessonActions {
  return {
    openLesson: (lesson) => set({ lesson: lesson === null ? null : { ...lesson } }),
    lessonStaged: (stagedLesson) => set({ stagedLesson }),
    keepProgress(lessonId, change) {
      const { progress } = get();
      set({ progress: { ...progress, [lessonId]: { ...progressIn(progress, lessonId), ...change } } });
    },
    addProgress: (added) => set({ progress: joinedProgress(get().progress, added) }),
  };
}

/** What is done in either is done; the place and the choices are those of the second. */
function joinedProgress(one: Progress, other: Progress): Progress {
  const joined = Object.entries(other).map(([id, theirs]) => {
    const ours = progressIn(one, id);
    const done = [...new Set([...ours.done, ...theirs.done])];
    const picks = { ...ours.picks, ...theirs.picks };
    return [id, { part: theirs.part, done, picks, isFinished: ours.isFinished || theirs.isFinished }] as const;
  });
  return { ...one, ...Object.fromEntries(joined) };
}

const id = v.pipe(v.string(), v.regex(/^[\w-]{1,60}$/));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(99));
const progressSchema = v.object({
  winnowProgress: v.literal(1),
  lessons: v.pipe(
    v.record(
      id,
      v.object({
        part: whole,
        done: v.pipe(v.array(id), v.maxLength(99)),
        picks: v.record(id, whole),
        isFinished: v.boolean(),
      }),
    ),
    v.maxEntries(500),
  ),
});

/** As a file, and as the browser stores it. */
export function progressText(progress: Progress): string {
  return JSON.stringify({ winnowProgress: 1, lessons: progress }, null, 1);
}

/** Throws InputError for a text that isn't progress. `source`: what the text is, for the message. */
export function parseProgress(text: string, source: string): Progress {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${source}: expected JSON, as “Save progress” writes it (${errorMessage(error)})`);
  }
  const parsed = v.safeParse(progressSchema, fields);
  if (parsed.success) return parsed.output.lessons;
  const [issue] = parsed.issues;
  throw new InputError(
    `${source} isn’t progress that “Save progress” wrote: ${v.getDotPath(issue) ?? "the file"}: ` +
      `expected ${issue.expected ?? "something else"}, found ${issue.received}`,
  );
}
