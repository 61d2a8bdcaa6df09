// The list of lessons: what is done, where to go on, and progress and lessons as files.
import { useStore } from "zustand";
import { errorMessage } from "../../lib/errors";
import { parseProgress, progressIn, progressText } from "../../state/lessons";
import type { PageStore } from "../../state/pageStore";
import { download, jsonFile, pickFiles } from "../../ui/files";
import { learnWords } from "../../words/en/learn";
import { parseLesson, type Lesson } from "./lessonFile";
import { keepLesson } from "./lessonLibrary";
import { Prose } from "./Prose";

interface ContentsProps {
  readonly store: PageStore;
  readonly lessons: readonly Lesson[];
  /** The lesson opened from a file, if any. */
  readonly own: Lesson | null;
  readonly onOwn: (lesson: Lesson) => void;
  readonly onTeachers: () => void;
}

const words = learnWords.contents;

export function Contents({ store, lessons, own, onOwn, onTeachers }: ContentsProps) {
  const { addProgress, openLesson, tell } = store.getState();
  const save = (): void => {
    const text = progressText(store.getState().progress);
    download(new Blob([text], { type: "application/json" }), "winnow-progress.json");
  };
  const add = (text: string, name: string): void => {
    const progress = parseProgress(text, name);
    addProgress(progress);
    tell("info", words.added(Object.keys(progress).length));
  };
  const open = (text: string, name: string): void => {
    const lesson = parseLesson(text, name);
    keepLesson(text);
    onOwn(lesson);
    openLesson({ lesson: lesson.id, part: 0 });
  };
  const pick = (read: (text: string, name: string) => void): void =>
    pickFiles(jsonFile, ([file]) => {
      const readFile = async (): Promise<void> => read(await file.text(), file.name);
      readFile().catch((error: unknown) => tell("error", errorMessage(error)));
    });
  return (
    <div className="learn-contents">
      <h2>{words.title}</h2>
      <p className="learn-intro">{words.intro}</p>
      <ol className="learn-list">
        {lessons.map((lesson, place) => (
          <Entry key={lesson.id} store={store} lesson={lesson} label={String(place + 1)} />
        ))}
        {own !== null && <Entry store={store} lesson={own} label={words.ownLesson} />}
      </ol>
      <p className="learn-tools">
        <span className="muted">{words.progress}</span>
        <button type="button" onClick={save}>
          {words.save}
        </button>
        <button type="button" onClick={() => pick(add)}>
          {words.add}
        </button>
        <button type="button" onClick={() => pick(open)}>
          {words.openFile}
        </button>
        <button type="button" onClick={onTeachers}>
          {words.teachers}
        </button>
      </p>
    </div>
  );
}

interface EntryProps extends Pick<ContentsProps, "store"> {
  readonly lesson: Lesson;
  readonly label: string;
}

function Entry({ store, lesson, label }: EntryProps) {
  const progress = useStore(store, (state) => progressIn(state.progress, lesson.id));
  const tasks = lesson.parts.filter(({ task }) => task !== undefined);
  const done = tasks.filter(({ id }) => progress.done.includes(id)).length;
  const isBegun = done > 0 || progress.part > 0;
  const isFinished = progress.isFinished && done === tasks.length;
  return (
    <li className={isFinished ? "learn-entry learn-entry-done" : "learn-entry"}>
      <button
        type="button"
        className="learn-open"
        onClick={() => store.getState().openLesson({ lesson: lesson.id, part: isFinished ? 0 : null })}
      >
        <span className="learn-number">{isFinished ? "✓" : label}</span>
        <span className="learn-title">{lesson.title}</span>
        <span className="learn-about">
          <Prose text={lesson.about} onGo={() => undefined} />
        </span>
        <span className="learn-state">
          {words.minutes(lesson.minutes)}
          {(isBegun || isFinished) && ` · ${words.tasksDone(done, tasks.length)}`}
          <span className="learn-go">{isFinished ? words.again : isBegun ? words.goOn : words.begin}</span>
        </span>
      </button>
    </li>
  );
}
