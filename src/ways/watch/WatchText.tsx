// What the model was told and what it thinks, word by word; the lines scroll by themselves so that the newest stays in sight.
import { memo, useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import type { Focus } from "../../panels/focus";
import type { Trace } from "../../trace/trace";
import { stageWords } from "../../words/en/watch";
import { isSameLine, watchLines, type TextBeat, type WatchLine, type WatchWord } from "./watchText";
import { WordTip, type TipPlace } from "./WordTip";

interface WatchTextProps {
  readonly trace: Trace;
  readonly step: number;
  readonly beat: TextBeat;
  readonly focus: Focus;
  /** A word that is pointed out: what a wrong word should have been read from. */
  readonly pinned: number | null;
}

export const WatchText = memo(function WatchText({ trace, step, beat, focus, pinned }: WatchTextProps) {
  const lines = useMemo(() => watchLines(trace, { step, beat, focus }), [trace, step, beat, focus]);
  const [tip, setTip] = useState<TipPlace | null>(null);
  const thoughts = useFollowedEnd(trace, step);
  const hover = ({ target, clientX: x, clientY: y }: PointerEvent): void => {
    const position = target instanceof HTMLElement ? target.dataset.position : undefined;
    setTip(position === undefined ? null : { position: Number(position), x, y });
  };
  const of = (part: WatchLine["part"]) => lines.filter((line) => line.part === part);
  return (
    <section
      className="watch-card watch-text"
      data-beat={beat}
      aria-label={`${stageWords.told}. ${stageWords.thinks}.`}
      onPointerMove={hover}
      onPointerLeave={() => setTip(null)}
    >
      <h2>{stageWords.told}</h2>
      <div className="watch-told">
        <Lines lines={of("prompt")} pinned={pinned} />
      </div>
      <h2>{stageWords.thinks}</h2>
      <div ref={thoughts} className="watch-thoughts" tabIndex={0} role="region" aria-label={stageWords.thinks}>
        <Lines lines={of("reasoning")} pinned={pinned} />
      </div>
      {tip !== null && <WordTip trace={trace} place={tip} moment={{ step, beat, focus }} />}
    </section>
  );
});

/** Shows the end of the text after every step: below, or in the last of its columns. */
function useFollowedEnd(trace: Trace, step: number) {
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    const follow = (): void => {
      current.scrollTop = current.scrollHeight;
      current.scrollLeft = current.scrollWidth;
    };
    follow();
    const observer = new ResizeObserver(follow);
    observer.observe(current);
    return () => observer.disconnect();
  }, [trace, step]);
  return scroller;
}

function Lines({ lines, pinned }: { readonly lines: readonly WatchLine[]; readonly pinned: number | null }) {
  return lines.map((line) => {
    const isHere = line.words.some(({ position }) => position === pinned);
    return <Line key={line.words[0].position} line={line} pinned={isHere ? pinned : null} />;
  });
}

const Line = memo(
  function Line({ line, pinned }: { readonly line: WatchLine; readonly pinned: number | null }) {
    return (
      <p className="watch-line">
        {line.words.map((word) => (
          <span
            key={word.position}
            className={`${wordClass(word)}${word.position === pinned ? " watch-word-pinned" : ""}`}
            data-position={word.position}
            data-word={word.going === "lifted" || word.going === "falling" ? word.label : undefined}
          >
            {word.label}
            {word.score !== null && <i className={`watch-score watch-score-${word.score}`} />}
          </span>
        ))}
      </p>
    );
  },
  (before, after) => before.pinned === after.pinned && isSameLine(before.line, after.line),
);

function wordClass({ held, isNewest, isLooking, going }: WatchWord): string {
  let name = `watch-word held-${held}`;
  if (held === 0) name += " watch-word-gone";
  if (isNewest) name += " watch-word-newest";
  if (isLooking) name += " watch-word-looking";
  if (going !== null) name += ` watch-word-${going}`;
  return name;
}
