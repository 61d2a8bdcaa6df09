// The text of a lesson, part by part: prose, task, and the way on.
import { useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import { parsePlace, placeText } from "../../state/moment";
import { momentOf } from "../../state/openedLink";
import { progressIn } from "../../state/lessons";
import type { PageStore } from "../../state/pageStore";
import { learnWords } from "../../words/en/learn";
import { HandIn } from "./HandIn";
import { stageOfPart, type Lesson, type TaskOf } from "./lessonFile";
import type { PartProps } from "./lessonProps";
import { Prose } from "./Prose";
import { isOpenAt, stageLesson, type StagedRun } from "./stageLesson";
import { TaskCard } from "./TaskCard";

export function LessonText({ store, lesson, number, lessonCount, next, isAlone, partIndex }: PartProps) {
  const words = learnWords.lesson;
  const progress = useStore(store, (state) => progressIn(state.progress, lesson.id));
  const { openLesson, keepProgress } = store.getState();
  const part = lesson.parts[partIndex];
  const isLast = partIndex === lesson.parts.length - 1;
  const isDone = progress.done.includes(part.id);
  const acts = usePartActs(store, lesson, partIndex);
  const goTo = (index: number): void => openLesson({ lesson: lesson.id, part: index });
  const heading = useRef<HTMLHeadingElement>(null);
  const article = useRef<HTMLElement>(null);
  const wasShown = useRef(partIndex);
  useEffect(() => {
    if (wasShown.current === partIndex) return;
    wasShown.current = partIndex;
    article.current?.scrollTo({ top: 0 });
    heading.current?.focus({ preventScroll: true });
  }, [partIndex]);
  useEffect(() => {
    if (isLast) keepProgress(lesson.id, { isFinished: true });
  }, [isLast, keepProgress, lesson]);
  const openTasks = lesson.parts.filter(({ task, id }) => task !== undefined && !progress.done.includes(id)).length;
  return (
    <article ref={article} className="lesson-text">
      <header className="lesson-head">
        <p className="lesson-place">
          {!isAlone && (
            <button type="button" className="link-button" onClick={() => openLesson(null)}>
              ← {words.all}
            </button>
          )}
          <span className="muted">{words.place(number, lessonCount, lesson.minutes)}</span>
        </p>
        <h2>{lesson.title}</h2>
        <ol className="lesson-parts" aria-label={words.parts}>
          {lesson.parts.map(({ id, title }, index) => (
            <li key={id}>
              <button
                type="button"
                aria-label={words.part(index + 1, title, progress.done.includes(id))}
                title={title}
                aria-current={index === partIndex ? "step" : undefined}
                onClick={() => goTo(index)}
              >
                {progress.done.includes(id) ? "✓" : index + 1}
              </button>
            </li>
          ))}
        </ol>
      </header>
      <h3 ref={heading} tabIndex={-1}>
        {part.title}
      </h3>
      {part.text.map((text) => (
        <p key={text}>
          <Prose text={text} onGo={acts.go} />
        </p>
      ))}
      {part.task !== undefined && (
        <TaskCard
          key={`${lesson.id} ${part.id}`}
          store={store}
          task={part.task}
          isDone={isDone}
          pick={Object.hasOwn(progress.picks, part.id) ? progress.picks[part.id] : null}
          onPick={acts.pick}
          onDone={acts.done}
          onGo={acts.go}
          onSolve={acts.solve}
        />
      )}
      {isLast && (
        <HandIn
          store={store}
          lessonId={lesson.id}
          ask={lesson.handIn}
          isStream={stageOfPart(lesson, partIndex).stream !== undefined}
          openTasks={openTasks}
          onGo={acts.go}
        />
      )}
      <nav className="lesson-foot" aria-label={lesson.title}>
        <button type="button" disabled={partIndex === 0} onClick={() => goTo(partIndex - 1)}>
          {words.back}
        </button>
        {!isLast && (
          <button
            type="button"
            className={part.task === undefined || isDone ? "button-primary" : ""}
            onClick={() => goTo(partIndex + 1)}
          >
            {part.task === undefined || isDone ? words.next : words.skip}
          </button>
        )}
        {isLast && next !== null && !isAlone && (
          <button type="button" className="button-primary" onClick={() => openLesson({ lesson: next.id, part: null })}>
            {words.nextLesson(next.title)}
          </button>
        )}
      </nav>
    </article>
  );
}

/** What the reader does in a part. */
function usePartActs(store: PageStore, lesson: Lesson, partIndex: number) {
  return useMemo(() => {
    const part = lesson.parts[partIndex];
    const { keepProgress } = store.getState();
    const markDone = (): void => {
      const { done } = progressIn(store.getState().progress, lesson.id);
      if (!done.includes(part.id)) keepProgress(lesson.id, { done: [...done, part.id] });
    };
    const show = (change: Partial<StagedRun>): void => {
      const { lesson: place } = store.getState();
      void stageLesson(store, { ...stageOfPart(lesson, partIndex), plays: false, ...change }, () =>
        isOpenAt(store, place),
      );
    };
    return {
      done: markDone,
      pick: (option: number): void => {
        const { picks } = progressIn(store.getState().progress, lesson.id);
        keepProgress(lesson.id, { picks: { ...picks, [part.id]: option } });
        markDone();
        if (part.task?.kind === "predict" && part.task.reveal !== undefined) show(revealOf(part.task.reveal));
      },
      /** A place in the run on the stage: what it leaves open stays as it is. */
      go: (at: string) => goTo(store, at),
      solve: (): void => {
        if (part.task?.kind === "find") show({ at: part.task.solution });
        else if (part.task?.kind === "change") show(withRecipe(part.task.solution));
      },
    };
  }, [store, lesson, partIndex]);
}

type Reveal = NonNullable<TaskOf<"predict">["reveal"]>;

function revealOf({ recording, recipe, at, plays }: Reveal): Partial<StagedRun> {
  return {
    ...(recording !== undefined && { recording, recipe: undefined }),
    ...(recipe !== undefined && withRecipe(recipe)),
    ...(at !== undefined && { at }),
    ...(plays !== undefined && { plays }),
  };
}

function withRecipe(recipe: string): Partial<StagedRun> {
  return { recipe, recording: undefined };
}

function goTo(store: PageStore, at: string): void {
  const { moveTo, focusOn, pin } = store.getState();
  const { place } = parsePlace(`${placeText(momentOf(store.getState()))},${at}`);
  moveTo(place.step);
  focusOn(place.layer, place.kvHead);
  if (place.pinnedPosition !== store.getState().pinnedPosition) pin(place.pinnedPosition);
}
