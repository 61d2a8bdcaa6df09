// The questions of a stream as rows: what the frames say, what each lane answered, and what it looked at. Pure.
import { headCountOf } from "../../cache/headRows";
import { counted } from "../../lib/counted";
import { questionsAt } from "../../problems/stream/questions";
import { readQuestion } from "../../problems/stream/questionForms";
import { streamById } from "../../problems/stream/streamProblem";
import { seenAnswer, type PatchSeen, type SeenAnswer } from "../../problems/stream/watch";
import { answerLooks, heldShares } from "../../trace/stream/streamReplay";
import { frameTokensOf, type StreamAnswer, type StreamTrace } from "../../trace/stream/streamTrace";
import { latestOf } from "../../trace/latest";
import type { FigureTable } from "../../ui/figure/figureTable";
import { patchToken, patchWords, shownBy, type PatchAt } from "../stream/patchFacts";
import { streamLaneNames } from "../stream/streamShown";

export interface LaneAnswer {
  /** Among the answers of the lane's trace. */
  readonly answer: number;
  readonly given: string;
  readonly isRight: boolean | null;
}

export interface QuestionRow {
  /** From 1, in the order in which they were asked. */
  readonly number: number;
  readonly moment: number;
  readonly question: string;
  /** What the frames say; null where they do not. */
  readonly expected: string | null;
  /** Null: this lane was not asked, or not yet. [lane] */
  readonly answers: readonly (LaneAnswer | null)[];
}

/** All that were asked or are planned, by moment; answers later than the frames seen are left out. */
export function questionRows(lanes: readonly StreamTrace[], seen: number): readonly QuestionRow[] {
  const asked = lanes.flatMap(({ header, answers }) => [
    ...header.recipe.questions,
    ...answers.map((answer) => answer.asked),
  ]);
  const different = new Map(asked.map((one) => [`${one.moment} ${one.question}`, one]));
  return [...different.values()]
    .sort((left, right) => left.moment - right.moment)
    .map(({ moment, question, answer }, at) => ({
      ...{ number: at + 1, moment, question, expected: answer },
      answers: lanes.map(({ answers }) => {
        const index = answers.findIndex((one) => one.asked.moment === moment && one.asked.question === question);
        return index < 0 || moment > seen
          ? null
          : { answer: index, given: givenWords(answers[index]), isRight: answers[index].isRight };
      }),
    }));
}

/** Without the end; "…" where it goes on. */
function givenWords({ words }: StreamAnswer): string {
  const end = words.indexOf("<eos>");
  if (end === 0) return "no answer";
  return end < 0 ? `${words.join(" ")} …` : words.slice(0, end).join(" ");
}

/** What the frames seen by then say to a question: words, and the patches that show it. From the frames alone. */
export function framesSay(trace: StreamTrace, moment: number, question: string): SeenAnswer | null {
  return latestOf(trace, ["streamFramesSay", moment, question], () => {
    const frames = Array.from({ length: moment }, (_, frame) => shownBy(trace, frame));
    return seenAnswer(frames, question);
  });
}

/** "The frames show: green ball by the lamp in frames 12 to 14." */
export function framesSayText(said: SeenAnswer | null): string {
  if (said === null) return "The frames do not say, or allow several answers.";
  if (said.seen.length === 0) return "No frame shows it.";
  const groups = new Map<string, number[]>();
  for (const { name, place, frame } of said.seen) {
    const what = place === null ? patchWords(name) : `${patchWords(name)} by the ${place}`;
    groups.set(what, [...(groups.get(what) ?? []), frame + 1]);
  }
  const parts = [...groups].map(
    ([what, frames]) => `${what} in ${frames.length === 1 ? "frame" : "frames"} ${spans(frames)}`,
  );
  return `The frames show: ${parts.join("; ")}.`;
}

/** 3, 4, 5, 9 → "3 to 5, 9" */
export function spans(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((left, right) => left - right)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs
    .map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from}, ${to}` : `${from} to ${to}`))
    .join(", ");
}

interface HeldSights {
  /** Of the patches that show the answer, those that a head still held. */
  readonly held: number;
  readonly all: number;
  /** By how many heads the best held of them was held. */
  readonly mostHeads: number;
  readonly headCount: number;
}

/** What a lane still held of the patches that show the answer. */
export function heldSights(trace: StreamTrace, moment: number, seen: readonly PatchSeen[]): HeldSights {
  const shares = heldShares(trace, moment);
  const headCount = headCountOf(trace.header.model);
  const frameTokens = frameTokensOf(trace);
  const heads = seen.map((one) => Math.round(shares[patchToken(frameTokens, one)] * headCount));
  return {
    ...{ held: heads.filter((count) => count > 0).length, all: seen.length },
    ...{ mostHeads: Math.max(0, ...heads), headCount },
  };
}

/** "3 of these 4 patches still held, the best of them by 12 of 16 heads" */
export function heldText({ held, all, mostHeads, headCount }: HeldSights): string {
  const heads = `${mostHeads} of ${counted(headCount, "head")}`;
  if (all === 1) return `held by ${heads}`;
  return held === 0
    ? `none of these ${all} patches still held`
    : `${held} of these ${all} patches still held, the best of them by ${heads}`;
}

export interface LookedAt extends PatchAt {
  readonly name: string;
  /** Attention summed over the answer's tokens, the mean over heads. */
  readonly attention: number;
}

/** The patches that an answer looked at most; empty where its attention was not recorded. */
export function mostLookedAt(trace: StreamTrace, answer: number, count: number): readonly LookedAt[] {
  const frameTokens = frameTokensOf(trace);
  return Array.from(answerLooks(trace, answer, null), (attention, token) => ({ attention, token }))
    .filter(({ attention, token }) => attention > 0 && token % frameTokens !== 0)
    .sort((left, right) => right.attention - left.attention)
    .slice(0, count)
    .map(({ attention, token }) => {
      const [frame, cell] = [Math.floor(token / frameTokens), (token % frameTokens) - 1];
      return { frame, cell, name: shownBy(trace, frame)[cell], attention };
    });
}

/** Right answers of those judged. [lane] */
export function rightCounts(rows: readonly QuestionRow[], laneCount: number) {
  return Array.from({ length: laneCount }, (_, lane) => {
    const judged = rows.flatMap(({ answers }) => answers[lane] ?? []).filter(({ isRight }) => isRight !== null);
    return { right: judged.filter(({ isRight }) => isRight).length, judged: judged.length };
  });
}

export interface AnswerableQuestion {
  readonly question: string;
  readonly text: string;
}

/** Questions that have one answer after so many frames; none for a stream that cannot be drawn again. */
export function answerable(trace: StreamTrace, moment: number): readonly AnswerableQuestion[] {
  const { header } = trace;
  return latestOf(header, ["streamAnswerable", moment], () => {
    const stream = latestOf(header, ["streamDrawn"], () => streamById(header.recipe.streamId));
    if (stream === null) return [];
    const found = questionsAt(stream, moment).map(({ question }) => ({ question, text: readQuestion(question) }));
    return found.sort((left, right) => left.text.localeCompare(right.text));
  });
}

export function questionsTable(lanes: readonly StreamTrace[]): FigureTable {
  const names = streamLaneNames(lanes);
  return {
    caption: "Questions, what the frames say, and what each lane answered",
    columns: [
      ...["question", "asked after (frames)", "text", "the frames say", "why"],
      ...names.flatMap((name, lane) => [`lane ${lane + 1} ${name}`, `lane ${lane + 1}: right`]),
    ],
    rows: questionRows(lanes, lanes[0].header.frames.length).map(({ number, moment, question, expected, answers }) => [
      ...[number, moment, readQuestion(question), expected, framesSayText(framesSay(lanes[0], moment, question))],
      ...answers.flatMap((answer) => [
        answer?.given ?? null,
        answer === null || answer.isRight === null ? null : answer.isRight ? "right" : "wrong",
      ]),
    ]),
  };
}

/** "2 of 3 questions right" */
export function rightText({ right, judged }: { readonly right: number; readonly judged: number }): string {
  return judged === 0 ? "none judged yet" : `${right} of ${counted(judged, "question")} right`;
}
