// What the model was told and what it thinks, word by word; the lines scroll by themselves so that the newest stays in sight.
import { memo, useEffect, useLayoutEffect, useMemo, useRef, type PointerEvent } from "react";
import type { Focus } from "../../panels/focus";
import { isPunctuation, thinksFirst } from "../../panels/tokenFacts";
import { carriedShare } from "../../trace/carried";
import { heldShare } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { inUnit, stageWords } from "../../words/en/watch";
import { isSameLine, watchLines, type TextBeat, type WatchLine, type WatchWord } from "./watchText";
import type { TipPlace } from "./WordTip";
import { unitOf } from "./causeText";

interface WatchTextProps {
  readonly trace: Trace;
  readonly step: number;
  readonly beat: TextBeat;
  readonly focus: Focus;
  /** Position under the pointer, here or in the chart. */
  readonly lit: number | null;
  /** A word that is pointed out: what a wrong word should have been read from. */
  readonly pinned: number | null;
  readonly onTip: (tip: TipPlace | null) => void;
}

export const WatchText = memo(function WatchText({ trace, step, beat, focus, lit, pinned, onTip }: WatchTextProps) {
  const lines = useMemo(() => watchLines(trace, { step, beat, focus }), [trace, step, beat, focus]);
  const written = thinksFirst(trace) ? stageWords.thinks : stageWords.writes;
  const thoughts = useFollowedEnd(trace, step);
  const hover = ({ target, clientX: x, clientY: y }: PointerEvent): void => {
    const position = target instanceof HTMLElement ? target.dataset.position : undefined;
    onTip(position === undefined ? null : { position: Number(position), x, y });
  };
  const of = (part: WatchLine["part"]) => lines.filter((line) => line.part === part);
  return (
    <section
      className="watch-card watch-text"
      data-beat={beat}
      aria-label={`${stageWords.told}. ${written}.`}
      aria-description={heldSentence(trace, step)}
      onPointerMove={hover}
      onPointerLeave={() => onTip(null)}
    >
      <h2>{stageWords.told}</h2>
      <div className="watch-told">
        <Lines lines={of("prompt")} lit={lit} pinned={pinned} />
      </div>
      <h2>{written}</h2>
      <div ref={thoughts} className="watch-thoughts" tabIndex={0} role="region" aria-label={written}>
        <Lines lines={of("reasoning")} lit={lit} pinned={pinned} />
      </div>
    </section>
  );
});

/** Shows the end of the text after every step: below, or in the last of its columns. */
function useFollowedEnd(trace: Trace, step: number) {
  const scroller = useRef<HTMLDivElement>(null);
  // With the words, so that the frame's layout is computed once.
  useLayoutEffect(() => scrollToEnd(scroller.current), [trace, step]);
  useEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    const observer = new ResizeObserver(() => scrollToEnd(current));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return scroller;
}

function scrollToEnd(scroller: HTMLElement | null): void {
  scroller?.scrollTo({ top: scroller.scrollHeight, left: scroller.scrollWidth });
}

/** For those who do not see how pale the words are. */
function heldSentence(trace: Trace, step: number): string {
  const shares = heldShare(trace, step);
  const goneCount = shares.filter((share) => share === 0).length;
  const wholeCount = shares.filter((share) => share === 1).length;
  const carried = carriedShare(trace, step);
  const held = inUnit(stageWords, unitOf(trace)).held(shares.length, wholeCount, goneCount);
  if (carried === null) return held;
  const carriedCount = shares.filter((share, position) => share === 0 && carried[position] > 0).length;
  return `${held} ${stageWords.carried(carriedCount)}`;
}

interface LinesProps {
  readonly lines: readonly WatchLine[];
  readonly lit: number | null;
  readonly pinned: number | null;
}

function Lines({ lines, lit, pinned }: LinesProps) {
  return lines.map((line) => {
    const { position: from } = line.words[0];
    const ifHere = (position: number | null): number | null =>
      position !== null && position >= from && position < from + line.words.length ? position : null;
    return <Line key={from} line={line} lit={ifHere(lit)} pinned={ifHere(pinned)} />;
  });
}

interface LineProps {
  readonly line: WatchLine;
  readonly lit: number | null;
  readonly pinned: number | null;
}

const Line = memo(
  function Line({ line, lit, pinned }: LineProps) {
    return (
      <p className="watch-line">
        {unbroken(line.words).map((words) => (
          <span key={words[0].position} className="watch-unbroken">
            {words.map((word) => (
              <span
                key={word.position}
                className={`${wordClass(word)}${word.position === lit ? " watch-word-lit" : ""}${word.position === pinned ? " watch-word-pinned" : ""}`}
                data-position={word.position}
                data-word={word.going === "lifted" || word.going === "falling" ? word.label : undefined}
              >
                {word.label}
                {word.score !== null && <i className={`watch-score watch-score-${word.score}`} />}
              </span>
            ))}
          </span>
        ))}
      </p>
    );
  },
  (before, after) => before.lit === after.lit && before.pinned === after.pinned && isSameLine(before.line, after.line),
);

/** The words in groups that one line holds: a mark of punctuation stays with the word before it. */
function unbroken(words: readonly WatchWord[]): readonly (readonly WatchWord[])[] {
  const starts = words.flatMap(({ label }, place) => (place > 0 && isPunctuation(label) ? [] : [place]));
  return starts.map((start, group) => words.slice(start, starts.at(group + 1)));
}

function wordClass({ held, isCarried, isUnread, isNewest, isLooking, going }: WatchWord): string {
  let name = `watch-word held-${held}`;
  if (isCarried) name += " watch-word-carried";
  else if (held === 0) name += " watch-word-gone";
  if (isUnread) name += " watch-word-unread";
  if (isNewest) name += " watch-word-newest";
  if (isLooking) name += " watch-word-looking";
  if (going !== null) name += ` watch-word-${going}`;
  return name;
}
