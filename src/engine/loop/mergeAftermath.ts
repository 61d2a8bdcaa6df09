// What an event that merged does to the queries after it. The run is repeated up to the event and goes on, fed the same tokens,
// with the event left out, so that every slot that it found is still there; each query's output is compared with what it would
// be had the event happened: as it did, dropped, averaged, merged by ZIP. Before a first event that run is the full cache.
import { appendPositions, emptyCache, type CacheState } from "../../cache/cacheState";
import { headRow, joinRows, lengthRange, rowCount } from "../../cache/headRows";
import { InputError } from "../../lib/errors";
import { QUERY_SOURCE } from "../../policy/zipMerge";
import type { HeadMergePlan } from "../../policy/merging";
import { AFTERMATH_QUERIES, type EventMerges, type MergeAftermath, type MergeChanges } from "../../trace/merges";
import type { EvictionEvent } from "../../trace/trace";
import type { Backend, Session, SessionMerges } from "../backend";
import { createBreather } from "../giveWay";
import type { AftermathRequest } from "../protocol";
import { applyEviction } from "./decideEviction";
import { mergingHeads } from "./decideMerges";
import { comparedHead, outputChanges, withNewSlots, type ComparedHead } from "./outputChanges";
import { createRunPlan, type PlannedRun } from "./runPlan";

const SLICE_MS = 25;

/** Of the last event of the request. Throws InputError for one that cannot be measured so. */
export async function measureAftermath(
  backend: Backend,
  planned: PlannedRun,
  { tokens, events }: AftermathRequest,
  signal?: AbortSignal,
): Promise<MergeAftermath> {
  const event = events[events.length - 1];
  const { step, positionsBefore } = event;
  if (event.merges?.sources.values.includes(QUERY_SOURCE) === true) {
    throw new InputError(
      "some merges of this event changed a key along its newest query, which later queries are not compared with; " +
        "run it with the bias as fallback",
    );
  }
  const plan = createRunPlan(planned);
  const lastStep = Math.min(step + AFTERMATH_QUERIES, tokens.length);
  const longest = lengthRange(
    Int32Array.from({ length: rowCount(positionsBefore) }, (_, head) => headRow(positionsBefore, head).length),
  );
  const room = longest.longest + lastStep - step;
  const request = plan.sessionRequest(lastStep + 1);
  const session = await backend.createSession({
    ...request,
    ...{ slotCapacity: Math.max(request.slotCapacity, room), layerSlots: undefined },
    ...{ terms: [], hasTaps: false, hasHeadTaps: false, hasEvidence: false },
  });
  const breather = createBreather(SLICE_MS);
  const toStep = async (at: number): Promise<void> => {
    await breather.breathe(signal);
    if (at === 0) await session.prefill(planned.promptTokens, signal);
    else session.decode(tokens[at - 1]);
    await session.collect();
  };
  try {
    const cache = await repeatEvents(session, { planned, events, toStep });
    const changes: MergeChanges[] = [];
    const compared = await comparedHeads(session, planned, event, cache);
    for (let at = step; at <= lastStep; at++) {
      if (at > step) await toStep(at);
      changes.push(await changesOf(session, planned, compared, at - step));
    }
    return { step, changes };
  } finally {
    session.dispose();
  }
}

interface Repetition {
  readonly planned: PlannedRun;
  readonly events: readonly EvictionEvent[];
  readonly toStep: (step: number) => Promise<void>;
}

/** Up to the forward of the last event's step, every event before it carried out again. */
async function repeatEvents(session: Session, { planned, events, toStep }: Repetition): Promise<CacheState> {
  const { model, promptTokens } = planned;
  let cache = emptyCache(model.config);
  let written = 0;
  let place = 0;
  for (let step = 0; step <= events[events.length - 1].step; step++) {
    await toStep(step);
    if (events[place].step !== step) continue;
    const positionCount = promptTokens.length + step;
    cache = appendPositions(cache, written, positionCount - written);
    written = positionCount;
    if (place === events.length - 1) break;
    const { survivors, merges } = events[place];
    session.compact({ survivors, ...(merges && { merges }) });
    cache = applyEviction(cache, events[place]);
    place++;
  }
  return cache;
}

async function comparedHeads(
  session: Session,
  { model }: PlannedRun,
  event: EvictionEvent,
  cache: CacheState,
): Promise<readonly ComparedHead[]> {
  const { headDim, headCount, kvHeadCount } = model.config;
  const [merges, recorded] = [mergesOf(session), event.merges];
  if (recorded === undefined) throw new InputError("this event merged nothing");
  const measures = await merges.measure(event.survivors);
  const heads = mergingHeads({ headDim, groupSize: headCount / kvHeadCount }, cache, event, measures);
  return heads.map((head, at) => comparedHead(head, recordedPlan(recorded, at)));
}

async function changesOf(
  session: Session,
  { model }: PlannedRun,
  compared: readonly ComparedHead[],
  newCount: number,
): Promise<MergeChanges> {
  const { headCount, kvHeadCount } = model.config;
  const heads = compared.map((head) => withNewSlots(head, newCount));
  const survivors = joinRows(
    heads.map((head) => Int32Array.from(head.survivors)),
    Int32Array,
  );
  const merges = mergesOf(session);
  const measures = await merges.measure(survivors);
  return outputChanges({ heads, measures, groupSize: headCount / kvHeadCount }, merges);
}

function mergesOf({ merges }: Session): SessionMerges {
  if (merges === undefined) throw new InputError("this run merges nothing");
  return merges;
}

function recordedPlan(merges: EventMerges, head: number): Pick<HeadMergePlan, "pairs" | "logBias" | "carriers"> {
  const [keyWeights, valueWeights] = [headRow(merges.keyWeights, head), headRow(merges.valueWeights, head)];
  const sources = headRow(merges.sources, head);
  return {
    pairs: Array.from(headRow(merges.targets, head), (target, pair) => ({
      ...{ target, source: sources[pair] },
      ...{ keyWeight: keyWeights[pair], valueWeight: valueWeights[pair] },
    })),
    logBias: headRow(merges.logBias, head),
    carriers: headRow(merges.carriers, head),
  };
}
