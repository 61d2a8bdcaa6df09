// One trial as the chosen head saw it when it wrote the answer: the text with the needle underlined, attention as fill, the
// top positions outlined.
import { useMemo, type CSSProperties } from "react";
import type { HeadRoles, RolesExample } from "../../state/storedMeasures";
import { exampleLayout, type ExampleWord, type QueryHead } from "./layout";

interface RolesExampleTextProps {
  readonly roles: HeadRoles;
  readonly example: RolesExample;
  readonly head: QueryHead;
}

export function RolesExampleText({ roles, example, head: { layer, head } }: RolesExampleTextProps) {
  const { words, largest, answer } = useMemo(
    () => exampleLayout(roles, example, { layer, head }),
    [roles, example, layer, head],
  );
  return (
    <>
      <p className="roles-text" tabIndex={0} role="group" aria-label={exampleSummary(words, answer)}>
        {words.map((word, position) => (
          <span key={position}>
            <span
              className={wordClass(word)}
              style={{ "--share": largest === 0 ? 0 : (word.attention / largest).toFixed(3) } as CSSProperties}
              title={`attention ${word.attention.toFixed(3)}`}
            >
              {word.text}
            </span>{" "}
          </span>
        ))}
        <strong className="roles-answer">→ {answer}</strong>
      </p>
      <div className="legend">
        <span className="legend-item">
          <span className="roles-word roles-needle">needle</span>
        </span>
        <span className="legend-item">
          <span className="roles-word roles-top">top {roles.topCount}</span>
        </span>
        <span className="legend-item">
          <span className="roles-word" style={{ "--share": 1 } as CSSProperties}>
            attention {largest.toFixed(2)}
          </span>
          this head’s most
        </span>
        <span className="legend-item">→ the answer</span>
      </div>
    </>
  );
}

function wordClass({ isNeedle, isTop }: ExampleWord): string {
  return ["roles-word", ...(isNeedle ? ["roles-needle"] : []), ...(isTop ? ["roles-top"] : [])].join(" ");
}

function exampleSummary(words: readonly ExampleWord[], answer: string): string {
  const needle = words.filter(({ isNeedle }) => isNeedle);
  const attention = needle.reduce((sum, word) => sum + word.attention, 0);
  return (
    `A text of ${words.length} words and the answer ${answer}; the needle is ${needle.map(({ text }) => text).join(" ")}; ` +
    `the head gives it ${attention.toFixed(2)} of its attention`
  );
}
