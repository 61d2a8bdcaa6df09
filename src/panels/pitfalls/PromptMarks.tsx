// The prompt word by word, to mark in it what always stays and what is an instruction: select words, mark them, run.
import { memo, useId, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from "react";
import { counted } from "../../lib/counted";
import { formatSpans, isInSpans, noSpans, positionsOf, type PromptSpans } from "../../lib/spans";
import { instructionSpans } from "../../problems/orders";
import type { PanelPage } from "../definePanel";
import {
  markChoices,
  objectionToMarks,
  spanOf,
  withInstruction,
  withKept,
  withoutMarks,
  type WordRange,
} from "./marks";

type PromptMarksProps = Pick<PanelPage, "trace" | "problem" | "onTry" | "onBeside">;

/** Starts from the marks of the run: give it a key that changes with them. */
export function PromptMarks({ trace, problem, onTry, onBeside }: PromptMarksProps) {
  const { promptTexts, spans = noSpans } = trace.header;
  const [marks, setMarks] = useState<PromptSpans>(spans);
  const [range, setRange] = useState<WordRange | null>(null);
  const words = range === null ? "" : promptTexts.slice(spanOf(range).start, spanOf(range).end).join("").trim();
  const mark = (marked: (marks: PromptSpans, span: ReturnType<typeof spanOf>) => PromptSpans) => (): void => {
    if (range === null) return;
    setMarks(marked(marks, spanOf(range)));
    setRange(null);
  };
  const ofProblem = problem === null ? [] : instructionSpans(problem.prompt);
  const { keptSpans, instructionSpans: written } = markChoices(marks, ofProblem);
  const isSame = formatSpans(marks.kept) === formatSpans(spans.kept);
  const haveSameInstructions = formatSpans(marks.instructions) === formatSpans(spans.instructions);
  const objection = objectionToMarks(marks);
  return (
    <div className="prompt-marks">
      <h3>Mark the prompt</h3>
      <WordList texts={promptTexts} marks={marks} range={range} onRange={setRange} />
      <p className="prompt-marks-key">
        <span className="prompt-word prompt-word-kept">always kept</span>
        <span className="prompt-word prompt-word-instruction prompt-word-first">instruction</span>
        <span role="status">
          {range !== null
            ? `Selected: “${words}”, ${counted(spanOf(range).end - spanOf(range).start, "token")}.`
            : isSame && haveSameInstructions
              ? "Drag over words or tap the first and the last; by keyboard, use the arrows, with Shift for more words."
              : `Marked, not run yet: ${counted(positionsOf(marks.kept).length, "token")} always kept, ${counted(marks.instructions.length, "instruction")}.`}
        </span>
      </p>
      <div className="pitfalls-tools" role="group" aria-label="The words selected">
        <button type="button" disabled={range === null} onClick={mark(withKept)}>
          Keep words
        </button>
        <button type="button" disabled={range === null} onClick={mark(withInstruction)}>
          Make an instruction
        </button>
        <button type="button" disabled={range === null} onClick={mark(withoutMarks)}>
          Unmark
        </button>
        <span className="prompt-marks-run">
          <button
            type="button"
            disabled={(isSame && haveSameInstructions) || objection !== null}
            onClick={() => onTry(problem, { keptSpans, instructionSpans: written })}
          >
            Run with marks
          </button>
          <button
            type="button"
            disabled={isSame || !haveSameInstructions || objection !== null}
            title="Run a lane next to this one, at the same budget, that keeps the words marked; all lanes have the same instructions"
            onClick={() => onBeside(problem, { keptSpans })}
          >
            Run marks beside
          </button>
        </span>
      </div>
      {objection !== null && <p role="alert">{objection}</p>}
    </div>
  );
}

interface WordListProps {
  readonly texts: readonly string[];
  readonly marks: PromptSpans;
  readonly range: WordRange | null;
  readonly onRange: (range: WordRange | null) => void;
}

function WordList({ texts, marks, range, onRange }: WordListProps) {
  const list = useRef<HTMLDivElement>(null);
  const isTouched = useRef(false);
  const id = useId();
  // Where the arrows go on from once a selection is over.
  const [place, setPlace] = useState(0);
  const focus = range?.focus ?? place;
  const selected = range === null ? null : spanOf(range);

  const select = (next: WordRange): void => {
    setPlace(next.focus);
    onRange(next);
  };
  const choose = (word: number | null, isExtending: boolean): void => {
    if (word !== null) select({ anchor: isExtending && range !== null ? range.anchor : word, focus: word });
  };
  const press = (event: PointerEvent): void => {
    isTouched.current = event.pointerType === "touch";
    if (event.button === 0 && !isTouched.current) choose(wordAt(event), event.shiftKey);
  };
  // A finger that is dragged scrolls: the second tap ends the range that the first began.
  const tap = (event: MouseEvent): void => {
    if (isTouched.current) choose(wordAt(event), range !== null && range.anchor === range.focus);
  };
  const drag = (event: PointerEvent): void => {
    const word = event.pointerType === "touch" || event.buttons !== 1 ? null : wordAt(event);
    if (word !== null && range !== null && word !== range.focus) select({ anchor: range.anchor, focus: word });
  };
  const move = (event: KeyboardEvent): void => {
    const to = wordMoved(event.key, focus, list.current);
    if (event.key === "Escape" && range !== null) onRange(null);
    else if (to !== null) select({ anchor: event.shiftKey ? (range?.anchor ?? place) : to, focus: to });
    else return;
    // The arrows move the choice here; elsewhere they step through time.
    event.preventDefault();
    event.stopPropagation();
    if (to !== null) list.current?.children[to].scrollIntoView({ block: "nearest" });
  };
  return (
    <div
      ref={list}
      className="prompt-words"
      role="listbox"
      aria-label="Words of the prompt"
      aria-multiselectable="true"
      aria-activedescendant={`${id}${focus}`}
      tabIndex={0}
      onPointerDown={press}
      onPointerMove={drag}
      onClick={tap}
      onKeyDown={move}
    >
      {texts.map((text, position) => (
        <Word
          key={position}
          id={`${id}${position}`}
          text={text}
          position={position}
          isSelected={selected !== null && position >= selected.start && position < selected.end}
          isActive={position === focus}
          isKept={isInSpans(marks.kept, position)}
          isInstruction={isInSpans(marks.instructions, position)}
          isFirst={marks.instructions.some(({ start }) => start === position)}
        />
      ))}
    </div>
  );
}

interface WordProps {
  readonly id: string;
  readonly text: string;
  readonly position: number;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly isKept: boolean;
  readonly isInstruction: boolean;
  /** Of its instruction. */
  readonly isFirst: boolean;
}

const Word = memo(function Word({ id, text, position, isSelected, isActive, ...marked }: WordProps) {
  const { isKept, isInstruction, isFirst } = marked;
  const classes = [
    "prompt-word",
    ...(isKept ? ["prompt-word-kept"] : []),
    ...(isInstruction ? ["prompt-word-instruction"] : []),
    ...(isFirst ? ["prompt-word-first"] : []),
    ...(isActive ? ["prompt-word-active"] : []),
  ];
  return (
    <span id={id} className={classes.join(" ")} role="option" aria-selected={isSelected} data-word={position}>
      {visible(text)}
      {isKept && <span className="visually-hidden"> (always kept)</span>}
      {isInstruction && <span className="visually-hidden"> (instruction)</span>}
    </span>
  );
});

/** White space alone would be an empty word. */
function visible(text: string): string {
  return text.trim() || text.replaceAll("\n", "⏎").replaceAll(" ", "␣") || "∅";
}

/** Under the pointer, wherever the drag began. */
function wordAt({ clientX, clientY }: MouseEvent): number | null {
  const word = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>("[data-word]");
  return word === null || word === undefined ? null : Number(word.dataset.word);
}

/** Where a key leads from a word; null for other keys. Up and down go to the nearest word of the next line. */
function wordMoved(key: string, from: number, list: HTMLElement | null): number | null {
  const last = (list?.children.length ?? 0) - 1;
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, from - 1);
    case "ArrowRight":
      return Math.min(last, from + 1);
    case " ":
    case "Enter":
      return from;
    case "Home":
      return 0;
    case "End":
      return last;
    case "ArrowUp":
    case "ArrowDown":
      return list === null ? null : wordInNextLine(list, from, key === "ArrowUp" ? -1 : 1);
    default:
      return null;
  }
}

function wordInNextLine(list: HTMLElement, from: number, by: 1 | -1): number {
  const boxes = Array.from(list.children, (word) => word.getBoundingClientRect());
  const middle = ({ left, right }: DOMRect): number => (left + right) / 2;
  let [line, best, gap] = [boxes[from].top, from, Infinity];
  for (let at = from + by; at >= 0 && at < boxes.length; at += by) {
    if (Math.abs(boxes[at].top - line) > boxes[at].height / 2) {
      if (best !== from) break;
      line = boxes[at].top;
    } else if (line === boxes[from].top) continue;
    const distance = Math.abs(middle(boxes[at]) - middle(boxes[from]));
    if (distance < gap) [best, gap] = [at, distance];
  }
  return best;
}
