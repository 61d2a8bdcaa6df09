// A text of the user's own: the field, which of its words the model knows, and a problem to start from.
import { Fragment, memo } from "react";
import { knownWords } from "../../problems/vocabulary";
import { tokensOf, type Problem } from "../../problems/problem";
import { settingTable } from "../../settings/settings";
import { SettingControl } from "./SettingControl";

interface OwnTextProps {
  readonly text: string;
  /** The button fills in its prompt. */
  readonly problem: Problem;
  readonly onText: (text: string) => void;
}

export function OwnText({ text, problem, onText }: OwnTextProps) {
  return (
    <div className="own-text">
      <SettingControl row={settingTable.promptText} value={text} onChange={(value) => onText(String(value))} />
      <div className="own-text-foot">
        <p role="status">
          <WordReport text={text} />
        </p>
        <button type="button" onClick={() => onText(problem.prompt)}>
          Start from {problem.id}
        </button>
      </div>
      <p className="muted">
        Put spaces around punctuation. A prompt begins with <code>&lt;bos&gt;</code> and ends with{" "}
        <code>&lt;think&gt;</code>.
      </p>
      <KnownWords />
    </div>
  );
}

function WordReport({ text }: { readonly text: string }) {
  const { wordCount, unknown, glued } = textWords(text);
  if (wordCount === 0) return "No text yet.";
  if (unknown.length === 0) return "Every word is in the vocabulary.";
  return (
    <>
      Not in the vocabulary (becomes &lt;unk&gt;): <Words words={unknown} className="word word-unknown" />
      {glued !== null && `“${glued}” is in it as “${apart(glued)}”.`}
    </>
  );
}

const KnownWords = memo(function KnownWords() {
  return (
    <details className="known-words">
      <summary>All {knownWords.length} words of its vocabulary</summary>
      <p>
        <Words words={knownWords} className="word" />
      </p>
    </details>
  );
});

/** With a space after each, for screen readers and for copying. */
function Words({ words, className }: { readonly words: readonly string[]; readonly className: string }) {
  return words.map((word) => (
    <Fragment key={word}>
      <span className={className}>{word}</span>{" "}
    </Fragment>
  ));
}

const known: ReadonlySet<string> = new Set(knownWords);

interface TextWords {
  readonly wordCount: number;
  /** Each once, in the order of the text. */
  readonly unknown: readonly string[];
  /** An unknown word that would be known if its punctuation stood apart; null if there is none. */
  readonly glued: string | null;
}

/** Which words of a text the embedded models know. Their tokens are whole words, split at white space. */
export function textWords(text: string): TextWords {
  const words = text.trim() === "" ? [] : tokensOf(text);
  const unknown = [...new Set(words.filter((word) => !known.has(word)))];
  return {
    wordCount: words.length,
    unknown,
    glued:
      unknown.find(
        (word) =>
          apart(word) !== word &&
          apart(word)
            .split(" ")
            .every((part) => known.has(part)),
      ) ?? null,
  };
}

/** "barn." as "barn ." */
function apart(word: string): string {
  return word.replace(/([.,;:?]+)$/, " $1");
}
