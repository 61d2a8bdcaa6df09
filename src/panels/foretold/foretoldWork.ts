// The rank correlation of score and attention received for every event and head of a run, computed head by head between
// frames. What an event gave is kept while the run grows, as long as the same steps count.
import { headCountOf } from "../../cache/headRows";
import { chanceDeviation } from "../../lib/rankCorrelation";
import {
  foretoldSpan,
  headForetold,
  type CaughtAttention,
  type ForetoldRequest,
  type ForetoldSpan,
} from "../../trace/foretold";
import { latestOf } from "../../trace/latest";
import type { EvictionEvent, Trace } from "../../trace/trace";
import type { SlicedWork } from "../../ui/useSlices";

export interface HeadResult {
  /** NaN if it can't be told. */
  readonly correlation: number;
  /** Tokens compared. */
  readonly count: number;
  readonly caught: CaughtAttention | null;
}

export interface EventForetold {
  readonly span: ForetoldSpan;
  /** As far as computed. [head] */
  readonly heads: HeadResult[];
}

export interface ForetoldWork extends SlicedWork {
  readonly column: string;
  /** Of the events after which attention was recorded. */
  readonly events: readonly EventForetold[];
}

/** Bytes of attention read before the first picture. */
const AT_ONCE = 1_000_000;

export function foretoldWork(trace: Trace, request: ForetoldRequest, column: string): ForetoldWork {
  const { reach, others } = request;
  const key = [
    "foretoldWork",
    column,
    reach,
    trace.steps.length,
    ...others.flatMap((other) => [other, other.steps.length]),
  ];
  return latestOf<ForetoldWork>(trace, key as ["foretoldWork", ...unknown[]], (before) => {
    const known = before?.column === column ? before.events : [];
    const events = trace.events.flatMap((event): EventForetold[] => {
      const span = foretoldSpan(trace, event, request);
      if (span === null) return [];
      return [known.find((other) => isSameSpan(other.span, span)) ?? { span, heads: [] }];
    });
    return createWork(trace, events, column);
  });
}

function isSameSpan(one: ForetoldSpan, other: ForetoldSpan): boolean {
  return one.event === other.event && one.lastStep === other.lastStep && one.fullCache === other.fullCache;
}

function createWork(trace: Trace, events: readonly EventForetold[], column: string): ForetoldWork {
  const headCount = headCountOf(trace.header.model);
  let at = 0;
  const skip = (): void => {
    while (at < events.length && events[at].heads.length === headCount) at++;
  };
  skip();
  const work: ForetoldWork = {
    column,
    events,
    isDone: () => at === events.length,
    advance() {
      const { span, heads } = events[at];
      const { correlation, positions, caught } = headForetold(trace, span, heads.length, column);
      heads.push({ correlation, count: positions.length, caught });
      skip();
    },
  };
  for (let cost = 0; cost < AT_ONCE && !work.isDone();) {
    cost += costOf(events[at].span, headCount);
    work.advance();
  }
  return work;
}

function costOf({ event, firstStep, lastStep }: ForetoldSpan, headCount: number): number {
  return (event.total.values.length / headCount) * (lastStep + 1 - firstStep);
}

/** 95 of 100 random scores lie within ± this. */
export function chanceBand(count: number): number {
  return 1.96 * chanceDeviation(count);
}

export interface MeanCorrelation {
  readonly mean: number;
  /** Correlations that it is the mean of. */
  readonly count: number;
  /** 95 of 100 random scores, drawn for each head and event, have a mean within ± this. */
  readonly band: number;
}

/** Every correlation counts the same; those that can't be told are left out. Null where none can. */
export function meanCorrelation(results: readonly HeadResult[]): MeanCorrelation | null {
  const told = results.filter(({ correlation }) => !Number.isNaN(correlation));
  if (told.length === 0) return null;
  const variance = told.reduce((sum, { count }) => sum + chanceDeviation(count) ** 2, 0);
  return {
    mean: told.reduce((sum, { correlation }) => sum + correlation, 0) / told.length,
    count: told.length,
    band: (1.96 * Math.sqrt(variance)) / told.length,
  };
}

/** The events whose figures may be put together: those compared with a full cache if any is, else all. */
export function comparableEvents(events: readonly EventForetold[]): readonly EventForetold[] {
  const fair = events.filter(({ span }) => span.fullCache !== null);
  return fair.length > 0 ? fair : events;
}

export function eventResult(work: ForetoldWork, event: EvictionEvent): EventForetold | null {
  return work.events.find(({ span }) => span.event === event) ?? null;
}
