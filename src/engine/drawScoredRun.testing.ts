// Runs with made-up terms and a real policy's scores and decisions: each event follows from the one before, as in a run of
// the engine.

import { appendPositions, emptyCache, type CacheState } from "../cache/cacheState";
import {
  evenOffsets,
  headRow,
  joinRows,
  newRows,
  offsetsOf,
  rowCount,
  rowLengths,
  type HeadRows,
} from "../cache/headRows";
import { hashUniform } from "../lib/random";
import { budgetInForce, isEventStep } from "../policy/budget";
import { createShare, isOverBudget } from "../policy/share";
import { effectiveParameters, policyById } from "../policy/policies";
import { neededTerms, type PolicyParameters, type TermName } from "../policy/policy";
import { policyFormula } from "../policy/secondStage";
import { drawRecord } from "../trace/drawTrace.testing";
import { drawHeader } from "../trace/drawTraceParts.testing";
import type { Trace } from "../trace/trace";
import { createTraceBuilder } from "../trace/traceBuilder";
import type { Measured } from "./backend";
import { decideEviction, withInitialCarry } from "./loop/decideEviction";

export interface ScoredRun {
  readonly policyId: string;
  /** Over the policy's own; small by default. */
  readonly parameters?: Partial<PolicyParameters>;
  readonly seed?: number;
  readonly promptCount?: number;
  readonly stepCount?: number;
  readonly layerCount?: number;
  readonly hasEvidence?: boolean;
}

const SMALL = { budgetSlots: 12, windowSlots: 3, intervalSteps: 4 };
const KV_HEADS = 2;

export function drawScoredRun(run: ScoredRun): Trace {
  const { policyId, seed = 1, promptCount = 9, stepCount = 40, layerCount = 2, hasEvidence = true } = run;
  const policy = policyById(policyId);
  const parameters = effectiveParameters(policy, { ...SMALL, ...run.parameters });
  const words = Array.from({ length: promptCount }, (_, position) => `p${position}`);
  const drawn = drawHeader({ layerCount, kvHeadCount: KV_HEADS, groupSize: 2, windowSlots: 1, words });
  const builder = createTraceBuilder({
    ...drawn,
    policyId,
    policyLabel: policy.label,
    parameters: { ...parameters },
    formula: policyFormula(policy, parameters),
  });
  let cache = emptyCache({ layerCount, kvHeadCount: KV_HEADS });
  const share = createShare(parameters, cache, null);
  for (let step = 0; step < stepCount; step++) {
    cache = step === 0 ? appendPositions(cache, 0, promptCount) : appendPositions(cache, promptCount + step - 1, 1);
    const lengths = rowLengths(cache.positions);
    const record = drawRecord({ step, word: `g${step}`, lengths: [...lengths], hasTaps: false });
    const candidates = offsetsOf(lengths.map((length) => Math.max(0, length - parameters.windowSlots)));
    const needed = neededTerms(policyFormula(policy, parameters));
    const terms = drawTerms(needed, cache, { candidates, promptCount, seed: seed + step });
    if (step === 0) cache = withInitialCarry(cache, terms, { policy, parameters });
    const textLength = promptCount + step;
    const shared = { budgetSlots: budgetInForce(parameters, textLength), textLength };
    const isActing = isOverBudget(share.layerBudgets(shared), lengths, cache);
    if (!isEventStep(step, parameters.intervalSteps) || !isActing) {
      builder.append(record, null);
      continue;
    }
    const event = step / parameters.intervalSteps;
    const evidence = hasEvidence ? drawDuplicates(cache, candidates) : {};
    const occasion = { policy, parameters, promptCount, event, step, share: share.layerShare(shared) };
    const { eviction, cache: after } = decideEviction(occasion, cache, { terms, ...evidence });
    builder.append(record, eviction);
    cache = after;
  }
  return builder.trace;
}

/** Every position has a worth of its own, over three powers of ten, which moves from event to event. */
function drawTerms(
  names: readonly TermName[],
  cache: CacheState,
  drawn: { readonly candidates: Int32Array; readonly promptCount: number; readonly seed: number },
): Measured["terms"] {
  const { candidates, promptCount, seed } = drawn;
  const headCount = rowCount(cache.positions);
  const term = (name: TermName, key: number): HeadRows<Float32Array> => {
    const isOfPrompt = name === "promptAttention"; // measured once, at the prefill
    const rows = newRows(isOfPrompt ? evenOffsets(headCount, promptCount) : candidates, Float32Array);
    for (let head = 0, at = 0; head < headCount; head++) {
      const positions = headRow(cache.positions, head);
      for (let place = 0; at < rows.offsets[head + 1]; place++, at++) {
        const position = isOfPrompt ? place : positions[place];
        rows.values[at] =
          10 ** (-3 * hashUniform(key, head, position)) * (0.5 + hashUniform(isOfPrompt ? 0 : seed, key, at));
      }
    }
    return rows;
  };
  return Object.fromEntries(names.map((name, key) => [name, term(name, key)]));
}

/** Every other position repeats one that depends on it alone, as keys do, and is excused where that is still there. */
function drawDuplicates({ positions }: CacheState, candidates: Int32Array): Omit<Measured, "terms"> {
  const excused = Array.from({ length: rowCount(positions) }, (_, head) => {
    const row = headRow(positions, head);
    return row.map((position) =>
      position % 2 === 1 ? -1 : row.indexOf(position + 1 + Math.floor(6 * hashUniform(position))),
    );
  });
  const votes = newRows(candidates, Int8Array);
  return {
    excusedSlots: joinRows(excused, Int32Array),
    votingHeads: { ...votes, values: votes.values.map((_, at) => at % 2) },
  };
}
