// What the colours of the decision mean, and how close it was.
import type { Focus } from "../../panels/focus";
import { focusHead } from "../../panels/focus";
import { readCandidates, type Candidates } from "../../panels/score/candidates";
import { admissionRank } from "../../policy/admission";
import { scoreBeats, type BeatName } from "../../trace/decisionBeats";
import { areScoresRecorded } from "../../trace/recorded";
import { candidateCountOf, type EvictionEvent, type Trace } from "../../trace/trace";
import { writtenNumber } from "../../ui/numbers";
import { decisionWords, inUnit } from "../../words/en/watch";
import { placedText } from "./captions";
import { unitOf } from "./causeText";
import { levelShift } from "./decision";

interface DecisionNoteProps {
  readonly trace: Trace;
  readonly focus: Focus;
  /** The last decision; null before the first. */
  readonly event: EvictionEvent | null;
  /** The line has come down. */
  readonly isDecided: boolean;
  readonly budget: number | null;
}

export function DecisionNote({ trace, focus, event, isDecided, budget }: DecisionNoteProps) {
  const head = focusHead(trace.header.model, focus);
  const candidates = event === null ? null : readCandidates(trace, event, head);
  const isLeftOut = event !== null && candidateCountOf(event, head) > 0 && !areScoresRecorded(event, head);
  const words = inUnit(decisionWords, unitOf(trace));
  const shift = candidates === null ? 0 : levelShift(trace.header, candidates);
  return (
    <section className="watch-card watch-note">
      {candidates === null || candidates.list.length === 0 ? (
        <p>{isLeftOut ? words.leftOut : budget === null ? words.nothingGoes : words.roomLeft(budget)}</p>
      ) : (
        <>
          <ul className="watch-legend">
            {legendOf(trace, candidates).map((name) => (
              <li key={name} title={name === "fresh" ? words.shifted(writtenNumber(shift)) : undefined}>
                <i className={`watch-swatch watch-swatch-${name}`} />
                {legendWords(words, name, event?.windowSlots ?? 0)}
              </li>
            ))}
            <li>
              <i className="watch-swatch watch-swatch-underline" />
              {words.underline}
            </li>
          </ul>
          <p className={isDecided ? undefined : "watch-undecided"}>
            <strong>{words.closest}</strong> {closestCall(trace, candidates)}
          </p>
        </>
      )}
    </section>
  );
}

function legendWords({ legend }: typeof decisionWords, name: LegendName, windowSlots: number): string {
  const said = legend[name];
  return typeof said === "string" ? said : said(windowSlots);
}

type LegendName = keyof typeof decisionWords.legend;

const legendOfBeats: Readonly<Partial<Record<BeatName, LegendName>>> = {
  look: "now",
  before: "before",
  neighbours: "neighbours",
  repeats: "fresh",
  recency: "recency",
  draw: "draw",
  score: "score",
  attention: "attention",
  keysValues: "keysValues",
  prediction: "prediction",
};

/** The parts that this policy has. */
function legendOf({ header }: Trace, { list, row }: Candidates): readonly LegendName[] {
  const names = scoreBeats(header.formula).flatMap((beat) => legendOfBeats[beat] ?? []);
  const isRuled = list.some((_, place) => admissionRank(row, place) > 0);
  return [...names, ...(isRuled ? (["byRule"] as const) : []), "newest", "since"];
}

/** The two words on either side of the line, and how far their scores lie apart. */
function closestCall(trace: Trace, { ranked, keptCount, margin }: Candidates): string {
  const words = inUnit(decisionWords, unitOf(trace));
  const [last, first] = [ranked.at(keptCount - 1), ranked.at(keptCount)];
  if (keptCount === 0 || last === undefined) return words.noneStays;
  if (first === undefined) return words.allStay;
  if (margin < 0 || !Number.isFinite(margin)) return words.byRule;
  const [stays, goes] = [placedText(trace, last.position), placedText(trace, first.position)];
  if (margin === 0) return words.tie(stays, goes);
  return words.closeCall(stays, goes, writtenNumber(margin));
}
