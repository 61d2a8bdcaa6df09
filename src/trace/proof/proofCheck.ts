// A run against the proof of another one of the same recipe: reproduced, or what differs and by how little it was decided.
import { modulo, proveRun, type Proof, type ProofDetail } from "./proof";
import { tokensDigest } from "./digest";
import type { Trace } from "../trace";
import { marginOf, probabilitiesIn, type DivergedVerdict, type SameTokensVerdict, type ReplayVerdict } from "./verdict";

/** Whether a run is the one that was vouched for. */
export function checkProof({ tokensDigest: promised, detail }: Proof, trace: Trace): ReplayVerdict {
  const stepCount = trace.steps.length;
  const hasEnded = trace.end === "stopToken" || trace.end === "length";
  if (detail === null) return checkTokensAlone(promised, trace, hasEnded);
  const own = proveRun(trace);
  const here = own.detail;
  if (here.promptHash !== detail.promptHash) return { type: "incomplete", reason: "otherPrompt" };

  const commonCount = Math.min(stepCount, detail.stepCount);
  const otherMark = firstOtherMark(detail, here, commonCount);
  if (stepCount === detail.stepCount && own.tokensDigest === promised) {
    // The digest of all tokens and the marks of some cannot disagree in a proof that was left as it was.
    if (otherMark !== null) return { type: "incomplete", reason: "damagedProof" };
    return checkSurvivors(detail, here, trace);
  }
  const { markInterval } = detail;
  if (otherMark !== null) {
    return diverged(detail, here, trace, { from: otherMark * markInterval, to: (otherMark + 1) * markInterval - 1 });
  }
  const firstUnmarked = Math.floor(commonCount / markInterval) * markInterval;
  if (stepCount < detail.stepCount) {
    if (hasEnded) return diverged(detail, here, trace, { from: firstUnmarked, to: stepCount });
    return { type: "incomplete", reason: "stopped", stepCount, promisedCount: detail.stepCount };
  }
  const ownStart = tokensDigest(trace.steps.slice(0, commonCount).map(({ token }) => token));
  // The same tokens, and then more of them here.
  if (stepCount > commonCount && ownStart === promised)
    return diverged(detail, here, trace, { from: commonCount, to: commonCount });
  // Behind the last mark, or under marks that agree by chance: one in 64 does.
  const from = Math.floor(Math.max(0, commonCount - 1) / markInterval) * markInterval;
  return diverged(detail, here, trace, { from, to: Math.max(from, commonCount - 1) });
}

function checkTokensAlone(promised: string, { steps }: Trace, hasEnded: boolean): ReplayVerdict {
  const tokenCount = steps.length;
  if (tokensDigest(steps.map(({ token }) => token)) === promised) {
    return { type: "reproduced", tokenCount, eventCount: null, survivorCount: null };
  }
  if (!hasEnded) return { type: "incomplete", reason: "stopped", stepCount: tokenCount, promisedCount: null };
  return { type: "diverged", from: 0, to: tokenCount - 1, closest: null, lastEvent: null, otherSurvivorsSince: null };
}

/** The first mark of steps that both runs have and that differs. */
function firstOtherMark({ marks, markInterval }: ProofDetail, here: ProofDetail, commonCount: number): number | null {
  const markCount = Math.floor(commonCount / markInterval);
  const found = marks.findIndex(
    (mark, place) => place < markCount && mark !== here.marks[(place + 1) * markInterval - 1],
  );
  return found < 0 ? null : found;
}

function checkSurvivors(detail: ProofDetail, here: ProofDetail, trace: Trace): ReplayVerdict {
  const tokenCount = trace.steps.length;
  const others = otherGroups(detail, here);
  if (others.length === 0 && detail.eventCount === here.eventCount) {
    const survivorCount = trace.events.reduce((sum, { survivors }) => sum + survivors.values.length, 0);
    return { type: "reproduced", tokenCount, eventCount: here.eventCount, survivorCount };
  }
  return {
    type: "sameTokens",
    tokenCount,
    eventCount: here.eventCount,
    promisedEventCount: detail.eventCount,
    otherGroupCount: others.length,
    eventInterval: detail.eventInterval,
    first: firstOtherEvent(detail, here, trace),
  };
}

/** Groups of events that both have and whose sums differ. */
function otherGroups({ groups, eventInterval }: ProofDetail, here: ProofDetail): readonly number[] {
  const commonCount = Math.min(groups.length, Math.ceil(here.eventCount / eventInterval));
  const sumHere = (group: number): number =>
    here.groups.slice(group * eventInterval, (group + 1) * eventInterval).reduce((sum, hash) => modulo(sum + hash), 0);
  return Array.from({ length: commonCount }, (_, group) => group).filter((group) => groups[group] !== sumHere(group));
}

function firstOtherEvent(detail: ProofDetail, here: ProofDetail, trace: Trace): SameTokensVerdict["first"] {
  const [group] = otherGroups(detail, here);
  if (group === undefined) return null;
  const events = trace.events.slice(group * detail.eventInterval, (group + 1) * detail.eventInterval);
  const [event] = events;
  return {
    fromStep: event.step,
    toStep: events[events.length - 1].step,
    smallestMargin: marginOf(event, trace.header.model.kvHeadCount),
  };
}

function diverged(
  detail: ProofDetail,
  here: ProofDetail,
  trace: Trace,
  { from, to }: { readonly from: number; readonly to: number },
): DivergedVerdict {
  const { kvHeadCount } = trace.header.model;
  const lastEvent = trace.events.findLast(({ step }) => step < to);
  // Of events after the tokens parted nothing follows.
  const otherSteps = otherGroups(detail, here)
    .map((group) => trace.events[group * detail.eventInterval].step)
    .filter((step) => step < to);
  return {
    type: "diverged",
    from,
    to,
    closest: probabilitiesIn(trace, from, to),
    lastEvent: lastEvent === undefined ? null : marginOf(lastEvent, kvHeadCount),
    otherSurvivorsSince: otherSteps[0] ?? null,
  };
}
