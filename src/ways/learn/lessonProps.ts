// What the parts of a lesson's page are handed.
import type { LessonPlace } from "../../settings/linkContent";
import type { WayProps } from "../wayProps";
import type { Lesson } from "./lessonFile";

export interface LessonViewProps extends Pick<WayProps, "store" | "theme" | "nextRun" | "shown"> {
  readonly lesson: Lesson;
  /** From 1; null for a lesson from a file. */
  readonly number: number | null;
  readonly lessonCount: number;
  readonly place: LessonPlace;
  readonly next: Lesson | null;
  /** There is no list to go back to. */
  readonly isAlone: boolean;
}

export interface PartProps extends LessonViewProps {
  readonly partIndex: number;
}
