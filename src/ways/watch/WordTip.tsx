// A small card at a word under the pointer: who holds it, and its score in the head on show.
import type { Trace } from "../../trace/trace";
import { writtenNumber } from "../../ui/numbers";
import { inUnit, tipWords } from "../../words/en/watch";
import { wordFacts, type TextMoment } from "./watchText";
import { unitOf } from "./causeText";

export interface TipPlace {
  readonly position: number;
  /** Of the pointer, in CSS pixels of the view. */
  readonly x: number;
  readonly y: number;
}

const WIDTH = 210;
const HEIGHT = 90;

interface WordTipProps {
  readonly trace: Trace;
  readonly place: TipPlace;
  readonly moment: TextMoment;
}

export function WordTip({ trace, place, moment }: WordTipProps) {
  if (place.position > trace.header.promptTokens.length + moment.step) return null;
  const { label, heldCount, headCount, carried, readCount, isNewest, score } = wordFacts(trace, place.position, moment);
  const words = inUnit(tipWords, unitOf(trace));
  const left = Math.max(8, Math.min(place.x + 12, window.innerWidth - WIDTH - 8));
  const top = place.y + HEIGHT + 20 < window.innerHeight ? place.y + 18 : place.y - HEIGHT - 6;
  return (
    <div className="watch-tip" style={{ left, top, width: WIDTH }} aria-hidden="true">
      <strong>{label}</strong>
      <div>{isNewest ? words.newest : words.heldBy(heldCount, headCount)}</div>
      {carried !== null && <div>{words.carriedBy(carried.count, carried.by)}</div>}
      {readCount !== null && heldCount > 0 && <div>{words.readBy(readCount, heldCount)}</div>}
      {score !== null && (
        <div>
          {words.scored(writtenNumber(score.level), score.rank, score.count)}{" "}
          {!score.isKept && (score.carrier === null ? words.goes : words.merges(score.carrier))}
        </div>
      )}
    </div>
  );
}
