// What a lesson can check: figures of the run on screen and of what the reader points at, and conditions on them. Each figure
// is a function of the page's state; null where it cannot be told, which fulfils no condition. The names are part of the
// lessons' schema (docs/lessons.md).
import { headOf, headRow, type HeadRows } from "../../cache/headRows";
import { overlapWork } from "../../panels/overlap/overlapWork";
import { retainedShares } from "../../panels/overlap/view";
import { stretches, stretchOf } from "../../panels/timeline/windows";
import { TOTAL } from "../../policy/formula";
import { judgeAnswer, judgeOrders, judgeTrace } from "../../problems/judge";
import type { PageState } from "../../state/pageStore";
import { laneStep, type LaneRun } from "../../state/shownRuns";
import { generatedText, memoryFigures } from "../../trace/figures";
import { foretoldSpan, headForetold } from "../../trace/foretold";
import { isAttentionRecorded } from "../../trace/recorded";
import { keepRatesAfterStep, meanRate } from "../../trace/keepRates";
import { latestOf } from "../../trace/latest";
import {
  cacheAfterStep,
  cacheSeenByStep,
  eventAtStep,
  heldShare,
  lastEventAtStep,
  lifetimes,
  positionToSlot,
  writtenCountAfterStep,
} from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { isStreamFigure, streamFigures, streamFigureValue, type StreamFigureName } from "./streamFigures";
import { carriedShare, isRead, outputChange, readCount, unreadSteps } from "./methodFigures";

/** What the figures look at. */
export type Facts = Pick<
  PageState,
  "lanes" | "stageLane" | "shownStep" | "focusLayer" | "focusKvHead" | "pinnedPosition" | "problem" | "streamFacts"
>;

export type FigureValue = number | string | boolean | null;

/** Where a figure is taken; what is left out is what the reader chose. */
export interface FigurePlace {
  readonly step?: number | "last" | undefined;
  readonly layer?: number | undefined;
  readonly kvHead?: number | undefined;
  readonly position?: number | undefined;
  readonly lane?: number | undefined;
  /** Of `setting`, `part`, `obeyed`, `keepRate` and `streamAnswer`: which one. */
  readonly name?: string | undefined;
  /** Of `overlap` and its like: the share that each window marks. */
  readonly share?: number | undefined;
}

/** A figure that is something, is one of several, or lies within limits. */
export interface Check extends FigurePlace {
  readonly figure: FigureName;
  readonly is?: string | number | boolean | undefined;
  readonly oneOf?: readonly (string | number)[] | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

interface Place {
  readonly lane: LaneRun;
  readonly trace: Trace;
  readonly step: number;
  readonly layer: number;
  readonly kvHead: number;
  readonly head: number;
  /** Null while nothing is pinned. */
  readonly position: number | null;
  readonly name: string;
  readonly share: number;
  readonly problem: PageState["problem"];
}

type Figure = (place: Place) => FigureValue;

const table = {
  // The run, whatever the step.
  /** "right", "wrong" or "unfinished"; null until the run has ended. */
  answer: ({ lane, trace }) => endedText(lane, (text) => judgeAnswer(text, trace.header.expectedAnswer ?? "")),
  /** Position of the first wrong word. */
  mistake: ({ lane, problem }) =>
    problem === null ? null : endedText(lane, (text) => judgeTrace(problem, text).firstFault?.position ?? null),
  /** Id of the problem, and of the policy. */
  problem: ({ problem }) => problem?.id ?? null,
  policy: ({ trace }) => trace.header.policyId,
  /** Whether the answer obeys an order of the prompt; `name`: its place there, "1" for the first. */
  obeyed: ({ lane, trace, name }) =>
    endedText(lane, (text) => {
      const order = judgeOrders(trace.header.promptText, text).find((_, place) => String(place + 1) === name);
      return order === undefined || order.verdict === "unfinished" ? null : order.verdict === "kept";
    }),
  /** A parameter by its name in the settings, such as budgetSlots. */
  setting: ({ trace, name }) => (Object.hasOwn(trace.header.parameters, name) ? trace.header.parameters[name] : null),
  stepCount: ({ lane }) => (lane.end === null ? null : lane.stepCount),
  eventCount: ({ lane, trace }) => (lane.end === null ? null : trace.events.length),
  /** Most slots that any head has read in the run. */
  peakSlots: ({ lane, trace }) =>
    lane.end === null
      ? null
      : Math.max(...trace.steps.slice(0, lane.stepCount).map(({ lengths }) => Math.max(...lengths))),
  /** Attention to the token in the mean of all steps and heads, 0 … 1. */
  meanAttention: at(({ lane, trace, position }) => (lane.end === null ? null : meanAttentionTo(trace, position))),
  /** Steps between the first event and the last that no window saw. */
  blindSteps: ({ lane, trace }) => (lane.end === null ? null : blindStepCount(trace)),

  // The step.
  step: ({ step }) => step,
  isEvent: ({ trace, step }) => eventAtStep(trace, step) !== null,
  isBlind: ({ trace, lane, step }) => stretchOf(stretches(trace, lane.stepCount), step)?.sight === "blind",
  /** Slots that the step's query could see in the head, itself included; and tokens of the text by then. */
  slots: ({ trace, step, head }) => trace.steps[step].lengths[head],
  textTokens: ({ trace, step }) => writtenCountAfterStep(trace, step),
  /** Share of an order's tokens that the heads hold after the step, the mean of all heads; `name` as above. */
  keepRate: ({ trace, step, name }) => {
    const order = trace.header.spans?.instructions.find((_, place) => String(place + 1) === name);
    return order === undefined ? null : meanRate(keepRatesAfterStep(trace, [order], step)[0]);
  },
  /** Bytes of the cache after the step, as its entries are stored. */
  bytes: ({ trace, step }) => memoryFigures(trace, step).bytesInUse,
  /** Share of the evicted that kept tokens carry on; and the output change at events, as done and had they been dropped. */
  carriedShare,
  changeMerged: (place) => outputChange(place, "merged"),
  changeDropped: (place) => outputChange(place, "evicted"),
  /** Agreement of the last of four windows with the earlier ones, mean of the layer's heads, and what chance gives. */
  overlap: (place) => overlapOf(place, "single"),
  overlapByChance: (place) => overlapOf(place, "singleChance"),
  unionOverlap: (place) => overlapOf(place, "union"),
  unionByChance: (place) => overlapOf(place, "unionChance"),

  // The head.
  layer: ({ layer }) => layer,
  kvHead: ({ kvHead }) => kvHead,
  /** Slots that the step's query read. */
  readSlots: readCount,
  /** Rank correlation of the last event's score with the attention that its tokens received until the next: kept tokens only. */
  foretold: ({ lane, trace, step, head }) => {
    const event = lane.end === null ? null : lastEventAtStep(trace, step);
    const span = event && foretoldSpan(trace, event, { reach: "event", others: [] });
    return span && headForetold(trace, span, head, TOTAL).correlation;
  },

  // The token.
  position: ({ position }) => position,
  word: at(({ trace, position }) => wordAt(trace, position)),
  isInPrompt: at(({ trace, position }) => position < trace.header.promptTokens.length),
  /** Share of all heads that hold it after the step, 0 … 1, and how many heads these are. */
  heldShare: at(({ trace, step, position }) => heldShare(trace, step).at(position) ?? null),
  heldHeads: at(({ trace, step, position }) => {
    const share = heldShare(trace, step).at(position);
    return share === undefined ? null : Math.round(share * trace.steps[step].lengths.length);
  }),
  /** Whether the head holds it after the step, and whether the step's query could see it. */
  isHeld: at(({ trace, step, head, position }) => positionToSlot(cacheAfterStep(trace, step), head, position) >= 0),
  isSeen: at(({ trace, step, head, position }) => positionToSlot(cacheSeenByStep(trace, step), head, position) >= 0),
  /** Step of the event at which the head evicted it, and at which the last head did; null while it is held. */
  evictedStep: at(({ trace, layer, kvHead, position }) =>
    finiteOrNull(lifetimes(trace).evictedStep(layer, kvHead, position)),
  ),
  lastEvictedStep: at(({ trace, position }) => finiteOrNull(lifetimes(trace).lastEvictedStep(position))),
  /** Whether the step's query read it, and for how many steps the head has left it unread though it holds it. */
  isRead: at(isRead),
  unreadSteps: at(unreadSteps),
  /** Attention of the step's query in the head, 0 … 1: to the token, and the largest to any token. */
  attention: at(({ trace, step, head, position }) => attentionTo(trace, step, head, position)),
  largestAttention: ({ trace, step, head }) =>
    trace.steps[step].attentionScale.length === 0 ? null : trace.steps[step].attentionScale[head],

  // The token in the last event up to the step, in the head.
  /** 1 for the highest total. */
  rank: ofEvent((event, head, candidate) => {
    const totals = headRow(event.total, head);
    return totals.reduce((rank, total) => (total > totals[candidate] ? rank + 1 : rank), 1);
  }),
  total: ofEvent((event, head, candidate) => headRow(event.total, head)[candidate]),
  isKept: ofEvent((event, head, candidate) => headRow(event.survivors, head).includes(candidate)),
  /** An intermediate figure of the score: local, history, redundancy, … */
  part: ofEvent((event, head, candidate, name) => partOf(event, head, candidate, name)),
  /** Its remembered score counted more than the present one. */
  isSavedByHistory: ofEvent((event, head, candidate) => {
    const [local, history] = ["local", "history"].map((name) => partOf(event, head, candidate, name));
    return local !== null && history !== null && history > local && headRow(event.survivors, head).includes(candidate);
  }),
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof table | StreamFigureName;
export const figureNames = [...Object.keys(table), ...Object.keys(streamFigures)] as readonly FigureName[];

/** A figure at a place; null where the run on screen does not say. */
export function figureValue(figure: FigureName, wanted: FigurePlace, facts: Facts): FigureValue {
  if (isStreamFigure(figure)) return streamFigureValue(figure, wanted, facts.streamFacts);
  const place = placeOf(wanted, facts);
  return place === null ? null : table[figure](place);
}

/** Whether all conditions hold; none hold while nothing is on screen. */
export function allHold(checks: readonly Check[], facts: Facts): boolean {
  return checks.every((check) => holds(check, figureValue(check.figure, check, facts)));
}

function holds({ is, oneOf, atLeast, atMost }: Check, value: FigureValue): boolean {
  if (value === null || Number.isNaN(value)) return false;
  if (is !== undefined && value !== is) return false;
  if (oneOf !== undefined && !oneOf.some((each) => each === value)) return false;
  if (atLeast !== undefined && !(typeof value === "number" && value >= atLeast)) return false;
  return atMost === undefined || (typeof value === "number" && value <= atMost);
}

function placeOf(wanted: FigurePlace, facts: Facts): Place | null {
  const lane = facts.lanes.at(wanted.lane ?? facts.stageLane);
  if (lane === undefined || lane.stepCount === 0) return null;
  const { trace } = lane;
  const last = lane.stepCount - 1;
  // Which step is the last is not known while the run goes on.
  if (wanted.step === "last" && lane.end === null) return null;
  const step = wanted.step === "last" ? last : (wanted.step ?? laneStep(lane, facts.shownStep));
  const { layerCount, kvHeadCount } = trace.header.model;
  const layer = wanted.layer ?? facts.focusLayer;
  const kvHead = wanted.kvHead ?? facts.focusKvHead;
  // A live run may not have come that far, and another model may not have that head.
  if (step > last || layer >= layerCount || kvHead >= kvHeadCount) return null;
  const position = wanted.position ?? facts.pinnedPosition;
  return {
    lane,
    trace,
    step,
    layer,
    kvHead,
    head: headOf(trace.header.model, layer, kvHead),
    position: position !== null && position < trace.header.promptTokens.length + lane.stepCount ? position : null,
    name: wanted.name ?? "",
    share: wanted.share ?? 0.25,
    problem: facts.problem,
  };
}

/** A figure of a token: null while none is pinned. */
function at(figure: (place: Place & { readonly position: number }) => FigureValue): Figure {
  return (place) => (place.position === null ? null : figure({ ...place, position: place.position }));
}

/** A figure of a candidate of the last event; null for a token that it did not decide about. */
function ofEvent(figure: (event: EvictionEvent, head: number, candidate: number, name: string) => FigureValue): Figure {
  return at(({ trace, step, head, position, name }) => {
    const event = lastEventAtStep(trace, step);
    if (event === null) return null;
    const candidate = positionToSlot(event.positionsBefore, head, position);
    if (candidate < 0 || candidate >= headRow(event.total, head).length) return null;
    return figure(event, head, candidate, name);
  });
}

function partOf(event: EvictionEvent, head: number, candidate: number, name: string): number | null {
  const rows = (event.parts as Readonly<Record<string, HeadRows<Float32Array> | undefined>>)[name];
  const value = rows === undefined ? NaN : headRow(rows, head)[candidate];
  return Number.isNaN(value) ? null : value;
}

function endedText<Value>(lane: LaneRun, judge: (text: string) => Value): Value | null {
  return lane.end === null ? null : judge(generatedText(lane.trace, lane.stepCount - 1));
}

function wordAt({ header, steps }: Trace, position: number): string {
  const promptCount = header.promptTokens.length;
  return (position < promptCount ? header.promptTexts[position] : steps[position - promptCount].text).trim();
}

function finiteOrNull(step: number): number | null {
  return Number.isFinite(step) ? step : null;
}

function attentionTo(trace: Trace, step: number, head: number, position: number): number | null {
  const { attention, attentionScale } = trace.steps[step];
  if (!isAttentionRecorded(trace.steps[step], head)) return null;
  const slot = positionToSlot(cacheSeenByStep(trace, step), head, position);
  return slot < 0 ? 0 : (headRow(attention, head)[slot] / 255) * attentionScale[head];
}

function meanAttentionTo(trace: Trace, position: number): number | null {
  return latestOf(trace, ["lessonMeanAttention", position, trace.steps.length], () => {
    const { steps } = trace;
    const headCount = steps[0].lengths.length;
    let sum = 0;
    for (const { step } of steps) {
      for (let head = 0; head < headCount; head++) {
        const attention = attentionTo(trace, step, head, position);
        if (attention === null) return null;
        sum += attention;
      }
    }
    return sum / (steps.length * headCount);
  });
}

function blindStepCount(trace: Trace): number | null {
  const [first, last] = [trace.events.at(0), trace.events.at(-1)];
  if (first === undefined || last === undefined) return null;
  return stretches(trace, trace.steps.length)
    .filter(({ sight, from }) => sight === "blind" && from > first.step && from < last.step)
    .reduce((count, { from, to }) => count + Math.min(to, last.step) - from + 1, 0);
}

type OverlapCurve = "single" | "singleChance" | "union" | "unionChance";

function overlapOf({ trace, step, layer, share }: Place, curve: OverlapCurve): number | null {
  const place = retainedShares.findIndex((known) => Math.abs(known - share) < 0.01);
  const layers = latestOf(trace, ["lessonOverlap", step], () => {
    const work = overlapWork(trace, { step, windowCount: 4, source: "rows" }, 0);
    while (work !== null && !work.isDone()) work.advance();
    return work?.layers ?? [];
  });
  return layers.at(layer)?.[curve].at(place) ?? null;
}
