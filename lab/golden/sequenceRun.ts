// A whole sequence of known keys and queries, played through the schedule of events: what each event keeps.
import { InputError } from "../../src/lib/errors";
import { chooseSurvivors, keepCarry } from "../../src/policy/admission";
import type { PolicyParameters } from "../../src/policy/policy";
import type { HeadDims } from "./caseParts";
import { inOrder } from "./caseParts";
import type { LoopState } from "./decodeLoopCase";
import { appended, gatherKeys } from "./decodeLoopCase";
import type { Tensor } from "./field";
import { rowsOfHeads } from "./field";
import { scoreHeads } from "./scoreHeads";
import type { TermProbe } from "./termProbe";

export interface SequenceRun extends HeadDims {
  readonly parameters: PolicyParameters;
  readonly promptCount: number;
  readonly intervalSteps: number;
  readonly keys: Tensor; // [kvHead][position][headDim]
  readonly queries: Tensor; // [head][position][headDim]
  readonly paddingCount: number;
  /** build_sparse_mask divides R by its maximum over all slots, inference over the candidates only. */
  readonly hasWindowInMaximum: boolean;
}

/** What an event kept, and the first row that sees it. */
export interface RunSet {
  readonly startRow: number;
  readonly positions: readonly (readonly number[])[]; // [kvHead]
}

/** What each event L = P, P + s, … < T keeps, per KV head, whether it acts or not. */
export async function keptByRun(run: SequenceRun, probe: TermProbe): Promise<RunSet[]> {
  const tokenCount = run.keys.shape[1];
  if (run.intervalSteps < 1) throw new InputError("divide_length: expected at least 1, found 0");
  let state: LoopState = { positions: heads(run).map(() => new Int32Array(0)), carried: null };
  const sets: RunSet[] = [];
  let seenCount = 0;
  for (let length = run.promptCount; length < tokenCount; length += run.intervalSteps) {
    state = { ...state, positions: state.positions.map((positions) => appended(positions, seenCount, length)) };
    seenCount = length;
    const mustAct = state.positions[0].length > run.parameters.budgetSlots;
    if (mustAct) state = await act(run, state, seenCount, probe);
    sets.push({ startRow: length, positions: state.positions.map((positions) => [...positions]) });
  }
  return sets;
}

async function act(run: SequenceRun, state: LoopState, seenCount: number, probe: TermProbe): Promise<LoopState> {
  const { parameters, paddingCount } = run;
  const lengthSlots = state.positions[0].length;
  const keys = gatherKeys(run.keys, state.positions);
  // Padding is evicted first, so every head has the same amount of it left.
  const paddingSlots = state.positions[0].filter((position) => position < paddingCount).length;
  const layer = {
    ...run,
    ...state,
    lengthSlots,
    paddingSlots,
    keys,
    rawKeys: keys,
    queries: rowsOfHeads(run.queries, seenCount - parameters.windowSlots, seenCount),
  };
  const weights = run.hasWindowInMaximum ? await lambdasOfBuilder(layer, parameters, probe) : null;
  const scores = await inOrder(heads(run), async (kvHead) => {
    const lambda = weights === null ? parameters.lambda : weights[kvHead];
    return (await scoreHeads(layer, { ...parameters, lambda }, probe))[kvHead];
  });
  const kept = scores.map(({ total }) => {
    const lowered = total.map((score, slot) => (slot < paddingSlots ? -Infinity : score));
    return chooseSurvivors({ total: lowered, lengthSlots, keepSlots: parameters.budgetSlots, isProtected: null }).slots;
  });
  const carries = scores.map(({ carry }, kvHead) => (carry === null ? null : keepCarry(carry, kept[kvHead])));
  const carried = carries.filter((carry) => carry !== null);
  return {
    positions: kept.map((slots, kvHead) => slots.map((slot) => state.positions[kvHead][slot])),
    carried: carried.length === kept.length ? carried : null,
  };
}

/**
 * With r = (maximum of R over the candidates) / (maximum over all slots), the builder's λ·F − (1 − λ)·r·R̂ ranks as the
 * family's formula does with λ / (λ + (1 − λ)·r): dividing by a wider maximum only shifts the balance. [kvHead]
 */
async function lambdasOfBuilder(
  layer: Parameters<typeof scoreHeads>[0],
  { lambda, windowSlots }: PolicyParameters,
  probe: TermProbe,
): Promise<number[]> {
  const { softmax } = await probe.redundancy(layer);
  return heads(layer).map((kvHead) => {
    const row = softmax.subarray(kvHead * layer.lengthSlots, (kvHead + 1) * layer.lengthSlots);
    const ratio = Math.max(...row.subarray(0, layer.lengthSlots - windowSlots)) / Math.max(...row);
    return lambda / (lambda + (1 - lambda) * ratio);
  });
}

/** The KV heads by number. */
export function heads({ kvHeadCount }: Pick<HeadDims, "kvHeadCount">): number[] {
  return Array.from({ length: kvHeadCount }, (_, kvHead) => kvHead);
}
