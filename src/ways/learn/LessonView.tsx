// A lesson: its text on the left, the run that it is about on the right; on a phone one of them at a time. The stage is
// the page's own: the same store, run and clock as in every other view.
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { progressIn } from "../../state/lessons";
import { useMedia } from "../../ui/useMedia";
import { learnWords } from "../../words/en/learn";
import { stageOfPart } from "./lessonFile";
import type { LessonViewProps } from "./lessonProps";
import { LessonStage } from "./LessonStage";
import { LessonText } from "./LessonText";
import { isOpenAt, stageLesson } from "./stageLesson";

export function LessonView(props: LessonViewProps) {
  const { store, lesson, place } = props;
  const [tab, setTab] = useState<"text" | "stage">("text");
  const progress = useStore(store, (state) => progressIn(state.progress, lesson.id));
  const partIndex = Math.min(lesson.parts.length - 1, place.part ?? progress.part);
  const { task, id } = lesson.parts[partIndex];
  const isUntold = task?.kind === "predict" && !Object.hasOwn(progress.picks, id);
  const isNarrow = useMedia(NARROW);
  const { keepProgress } = store.getState();
  useStaging(props, partIndex);
  useEffect(() => {
    keepProgress(lesson.id, { part: partIndex });
  }, [keepProgress, lesson, partIndex]);
  return (
    <div className="lesson" data-tab={tab} data-is-untold={isUntold}>
      {isNarrow && (
        <div className="lesson-tabs" role="group" aria-label={lesson.title}>
          {(["text", "stage"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={tab === each} onClick={() => setTab(each)}>
              {each === "text" ? learnWords.lesson.textTab : learnWords.lesson.stageTab}
              {each === "text" && progress.done.includes(id) && " ✓"}
            </button>
          ))}
        </div>
      )}
      {/* The text stays: the task in it notices when it is done. */}
      <LessonText {...props} partIndex={partIndex} />
      {(!isNarrow || tab === "stage") && (
        <LessonStage {...props} partIndex={partIndex} isUntold={isUntold} isNarrow={isNarrow} />
      )}
    </div>
  );
}

/** Too narrow for text and run side by side; learn.css has the same number. */
const NARROW = "(max-width: 860px)";

/** Puts the part's run on the stage whenever a place in a lesson is opened; coming back from another view changes nothing. */
function useStaging({ store, lesson, place }: LessonViewProps, partIndex: number): void {
  useEffect(() => {
    const { stagedLesson, lessonStaged } = store.getState();
    if (stagedLesson === place) return;
    lessonStaged(place);
    const stage = stageOfPart(lesson, partIndex);
    const before = stagedLesson?.lesson === place.lesson ? stagedLesson.part : null;
    // A part without a stage of its own goes on with what the reader made of the one before.
    const isOn =
      before !== null && lesson.parts[partIndex].stage === undefined && stageOfPart(lesson, before) === stage;
    if (!isOn) void stageLesson(store, stage, () => isOpenAt(store, place));
  }, [store, lesson, place, partIndex]);
}
