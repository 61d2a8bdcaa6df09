// Asks a question by hand: one of those that the frames seen so far answer, or one composed from the grammar.
import { useId, useState } from "react";
import { composedQuestion, questionForms } from "../../problems/stream/questionForms";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { answerable } from "./questionRows";

export interface StreamAsk {
  readonly onAsk: (question: string) => void;
  /** The engine is at work on it. */
  readonly isBusy: boolean;
  /** Why nothing can be asked now, in words; null if it can. */
  readonly whyNot: string | null;
}

interface AskFormProps {
  readonly trace: StreamTrace;
  /** There are others. */
  readonly isEveryLane: boolean;
  readonly seen: number;
  readonly ask: StreamAsk;
}

const COMPOSED = "composed";

export function AskForm({ trace, isEveryLane, seen, ask }: AskFormProps) {
  const id = useId();
  const options = answerable(trace, seen);
  const [picked, setPicked] = useState("");
  const [form, setForm] = useState(0);
  const [filling, setFilling] = useState("");
  const isComposed = picked === COMPOSED || options.length === 0;
  const { fillings } = questionForms[form];
  const filled = fillings.includes(filling) ? filling : (fillings.at(0) ?? "");
  const known = options.some(({ question }) => question === picked) ? picked : (options.at(0)?.question ?? "");
  const question = isComposed ? composedQuestion(questionForms[form], filled) : known;
  return (
    <form
      className="stream-ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (ask.whyNot === null && !ask.isBusy) ask.onAsk(question);
      }}
    >
      <label htmlFor={id}>Ask after frame {seen}</label>
      <select id={id} value={isComposed ? COMPOSED : known} onChange={(event) => setPicked(event.target.value)}>
        {options.map((option) => (
          <option key={option.question} value={option.question}>
            {option.text}
          </option>
        ))}
        <option value={COMPOSED}>Compose one…</option>
      </select>
      {isComposed && (
        <>
          <select aria-label="Form" value={form} onChange={(event) => setForm(Number(event.target.value))}>
            {questionForms.map(({ id: formId, text }, at) => (
              <option key={formId} value={at}>
                {text}
              </option>
            ))}
          </select>
          {fillings.length > 0 && (
            <select aria-label="What stands for …" value={filled} onChange={(event) => setFilling(event.target.value)}>
              {fillings.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
        </>
      )}
      <button type="submit" disabled={ask.whyNot !== null || ask.isBusy} title={ask.whyNot ?? undefined}>
        {ask.isBusy ? "Asking…" : isEveryLane ? "Ask every lane" : "Ask"}
      </button>
      {ask.whyNot !== null && <span className="stream-ask-why">{ask.whyNot}</span>}
    </form>
  );
}
