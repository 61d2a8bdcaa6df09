// For teachers: what each lesson is good for, what students get wrong, and its links.
import { encodeLink } from "../../settings/link";
import { CopyField } from "../../panels/share/CopyField";
import { escaped } from "../../panels/share/embedCode";
import { pageAddress } from "../../panels/share/pageAddress";
import { learnWords } from "../../words/en/learn";
import type { Lesson } from "./lessonFile";
import { Prose } from "./Prose";
import "../../styles/shareBody.css";

interface TeachersProps {
  readonly lessons: readonly Lesson[];
  readonly onBack: () => void;
}

const words = learnWords.teachers;

export function Teachers({ lessons, onBack }: TeachersProps) {
  return (
    <div className="learn-contents learn-teachers">
      <p>
        <button type="button" className="link-button" onClick={onBack}>
          ← {words.back}
        </button>
      </p>
      <h2>{words.title}</h2>
      <p className="learn-intro">{words.intro}</p>
      {lessons.map((lesson, place) => (
        <details key={lesson.id} className="learn-lesson">
          <summary>
            <strong>
              {place + 1}. {lesson.title}
            </strong>{" "}
            <span className="muted">{learnWords.contents.minutes(lesson.minutes)}</span>
          </summary>
          <Points title={words.goals} texts={lesson.goals} />
          <Points title={words.mistakes} texts={lesson.mistakes} />
          <Points title={words.handIn} texts={[lesson.handIn]} />
          <CopyField label={words.link} text={lessonAddress(lesson)} rows={1} />
          <CopyField label={words.frame} text={lessonFrame(lesson)} rows={2} />
        </details>
      ))}
      <p className="muted">{words.write}</p>
    </div>
  );
}

function Points({ title, texts }: { readonly title: string; readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {texts.map((text) => (
          <li key={text}>
            <Prose text={text} onGo={() => undefined} />
          </li>
        ))}
      </ul>
    </>
  );
}

function lessonAddress({ id }: Lesson): string {
  return `${pageAddress()}#${encodeLink({ way: "learn", lesson: { lesson: id, part: 0 } })}`;
}

function lessonFrame({ id, title }: Lesson): string {
  const sandbox = "allow-scripts allow-same-origin allow-popups";
  return `<iframe src="${pageAddress()}?embed&lesson=${id}" title="${escaped(title)}" width="960" height="640" sandbox="${sandbox}"></iframe>`;
}
