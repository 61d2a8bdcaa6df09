// Learn: the list of lessons, one of them, or the page for teachers.
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { Tooltip } from "radix-ui";
import { errorMessage } from "../../lib/errors";
import { learnWords } from "../../words/en/learn";
import type { WayProps } from "../wayProps";
import { Contents } from "./Contents";
import type { Lesson } from "./lessonFile";
import { keptLesson, lessonNamed, loadLessons } from "./lessonLibrary";
import { LessonView } from "./LessonView";
import { Teachers } from "./Teachers";
import "./learn.css";

type LearnPageProps = Pick<WayProps, "store" | "theme" | "nextRun" | "shown"> & {
  /** In a frame there is one lesson, no list. */
  readonly isAlone?: boolean;
};

export function LearnPage({ store, isAlone = false, ...shown }: LearnPageProps) {
  const place = useStore(store, (state) => state.lesson);
  const [own, setOwn] = useState<Lesson | null>(() => (isAlone ? null : keptLesson()));
  const [isForTeachers, setForTeachers] = useState(false);
  const { lessons, failure, retry } = useLessons();
  const { openLesson, tell } = store.getState();
  const named = place === null || lessons === null ? null : findLesson(lessons, own, place.lesson);
  const isUnknown = place !== null && lessons !== null && named === null;
  useEffect(() => {
    if (!isUnknown) return;
    tell("warning", learnWords.noLesson(place.lesson, lessons.length));
    openLesson(null);
  }, [isUnknown, place, lessons, tell, openLesson]);

  if (lessons === null) {
    return (
      <div className="page-waiting" role="status">
        {failure ?? learnWords.loading}{" "}
        {failure !== null && (
          <button type="button" onClick={retry}>
            {learnWords.retry}
          </button>
        )}
      </div>
    );
  }
  if (named === null || place === null) {
    return (
      <Tooltip.Provider>
        {isForTeachers ? (
          <Teachers lessons={lessons} onBack={() => setForTeachers(false)} />
        ) : (
          <Contents store={store} lessons={lessons} own={own} onOwn={setOwn} onTeachers={() => setForTeachers(true)} />
        )}
      </Tooltip.Provider>
    );
  }
  const index = lessons.indexOf(named);
  return (
    <Tooltip.Provider>
      <LessonView
        key={named.id}
        {...shown}
        store={store}
        lesson={named}
        number={index < 0 ? null : index + 1}
        lessonCount={lessons.length}
        place={place}
        next={index < 0 ? null : (lessons.at(index + 1) ?? null)}
        isAlone={isAlone}
      />
    </Tooltip.Provider>
  );
}

/** A lesson from a file comes before one of the page with the same id: it may be a changed copy. */
function findLesson(lessons: readonly Lesson[], own: Lesson | null, name: string): Lesson | null {
  return own?.id === name ? own : lessonNamed(lessons, name);
}

let loaded: readonly Lesson[] | null = null;

/** Null until they are there; they are fetched once. */
function useLessons() {
  const [lessons, setLessons] = useState(loaded);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (loaded !== null) return;
    let isCurrent = true;
    loadLessons().then(
      (found) => {
        loaded = found;
        if (isCurrent) setLessons(found);
      },
      (error: unknown) => {
        if (isCurrent) setFailure(errorMessage(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [attempt]);
  const retry = (): void => {
    setFailure(null);
    setAttempt((before) => before + 1);
  };
  return { lessons, failure, retry };
}
