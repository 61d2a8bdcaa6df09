// gkv.decode_loop: several events in a row; positions and carried scores are ours from event to event, not the file's.
import { budgetInForce } from "../../src/policy/budget";
import { chooseSurvivors, keepCarry } from "../../src/policy/admission";
import type { PolicyParameters } from "../../src/policy/policy";
import { scoreBased } from "../../src/policy/scoreBased";
import { InputError } from "../../src/lib/errors";
import type { CaseContext, HeadDims, RunCase } from "./caseParts";
import { concatenated, readCount, readExpected, readHeadDims, readParameters } from "./caseParts";
import type { FieldComparison } from "./compare";
import { compareArrays, compareExactly } from "./compare";
import type { Field, Tensor } from "./field";
import { booleanOf, fieldOf, integersOf, itemsOf, optionalField, sliceOf, tensorOf } from "./field";
import type { LayerEvent } from "./scoreHeads";
import { scoreHeads } from "./scoreHeads";

/** What one event leaves to the next. */
export interface LoopState {
  readonly positions: readonly Int32Array[]; // [kvHead] of [slot]
  readonly carried: readonly Float32Array[] | null; // [kvHead]
}

interface LoopCase {
  readonly dims: HeadDims;
  readonly parameters: PolicyParameters;
  readonly keys: Tensor; // [kvHead][position][headDim]
}

export const runDecodeLoop: RunCase = async (root, context) => {
  const dims = readHeadDims(root);
  const keys = tensorOf(fieldOf(root, "keys"), [
    dims.kvHeadCount,
    readCount(root, "dims", "total_tokens"),
    dims.headDim,
  ]);
  const loopCase: LoopCase = { dims, parameters: readParameters(root), keys };
  const comparisons: FieldComparison[] = [];
  let state: LoopState = {
    positions: Array.from({ length: dims.kvHeadCount }, () => new Int32Array(0)),
    carried: null,
  };
  let seenCount = 0;
  for (const event of itemsOf(fieldOf(root, "events"))) {
    const textLength = readCount(event, "cur_len");
    if (textLength > keys.shape[1]) throw new InputError(`${event.path}.cur_len: there are only ${keys.shape[1]} keys`);
    state = { ...state, positions: state.positions.map((positions) => appended(positions, seenCount, textLength)) };
    seenCount = textLength;
    const result = await runEvent(loopCase, event, state, context);
    comparisons.push(...result.comparisons.map((one) => ({ ...one, field: `${event.path}.${one.field}` })));
    state = result.state;
  }
  return comparisons;
};

interface EventResult {
  readonly state: LoopState;
  readonly comparisons: readonly FieldComparison[];
}

async function runEvent(
  loopCase: LoopCase,
  event: Field,
  state: LoopState,
  context: CaseContext,
): Promise<EventResult> {
  const { parameters } = loopCase;
  const budgetSlots = budgetInForce(parameters, readCount(event, "cur_len"));
  const lengthSlots = state.positions[0].length;
  const isCompressed = lengthSlots > budgetSlots;
  const comparisons = [
    compareExactly("kv_len_before", lengthSlots, readCount(event, "kv_len_before")),
    compareExactly("compressed", isCompressed, booleanOf(fieldOf(event, "compressed"))),
    compareExactly("kv_len_after", Math.min(lengthSlots, budgetSlots), readCount(event, "kv_len_after")),
  ];
  if (comparisons.some(({ isEqual }) => !isEqual)) return { state, comparisons };
  if (!isCompressed) {
    const start = await startFromPrompt(loopCase, event, state, context);
    return { state: start.state, comparisons: [...comparisons, ...start.comparisons] };
  }
  const acted = await compress({ ...loopCase, parameters: { ...parameters, budgetSlots } }, event, state, context);
  comparisons.push(compareExactly("budget", budgetSlots, readCount(event, "budget")));
  return { state: acted.state, comparisons: [...comparisons, ...acted.comparisons] };
}

/** The column sums of the prompt's attention, if the case has them: H2O with α = 1 starts from these. */
async function startFromPrompt(
  { dims, parameters, keys }: LoopCase,
  event: Field,
  state: LoopState,
  { probe, tolerance }: CaseContext,
): Promise<EventResult> {
  const queriesField = optionalField(event, "prompt_queries");
  if (queriesField === null) return { state, comparisons: [] };
  const lengthSlots = state.positions[0].length;
  const sums = await probe.promptAttention({
    shape: { ...dims, lengthSlots, windowSlots: lengthSlots, paddingSlots: 0 },
    keys: gatherKeys(keys, state.positions),
    queries: tensorOf(queriesField, [dims.headCount, lengthSlots, dims.headDim]).data,
    groupPooling: parameters.groupPooling,
  });
  const heads = state.positions.map((_, kvHead) => sums.subarray(kvHead * lengthSlots, (kvHead + 1) * lengthSlots));
  if (scoreBased(parameters).start !== "promptAttention")
    throw new InputError(`${event.path}: prompt_queries without α = 1 and "sum"`);
  const recorded = tensorOf(fieldOf(event, "expected_score_cache"), [dims.kvHeadCount, lengthSlots]);
  return {
    state: { ...state, carried: heads },
    comparisons: [compareArrays("expected_score_cache", concatenated(heads), recorded.data, tolerance)],
  };
}

async function compress(
  { dims, parameters, keys }: LoopCase,
  event: Field,
  state: LoopState,
  { probe, tolerance }: CaseContext,
): Promise<EventResult> {
  const lengthSlots = state.positions[0].length;
  const queries = tensorOf(fieldOf(event, "queries"), [dims.headCount, parameters.windowSlots, dims.headDim]).data;
  const gathered = gatherKeys(keys, state.positions);
  const layer: LayerEvent = {
    ...dims,
    ...state,
    lengthSlots,
    paddingSlots: 0,
    keys: gathered,
    rawKeys: gathered,
    queries,
  };
  const scores = await scoreHeads(layer, parameters, probe);
  const candidateCount = lengthSlots - parameters.windowSlots;
  const kept = scores.map(
    ({ total }) => chooseSurvivors({ total, lengthSlots, keepSlots: parameters.budgetSlots, isProtected: null }).slots,
  );
  const positions = kept.map((slots, kvHead) => slots.map((slot) => state.positions[kvHead][slot]));
  const carries = scores.map(({ carry }, kvHead) => (carry === null ? null : keepCarry(carry, kept[kvHead])));
  const carried = carries.filter((carry) => carry !== null);

  const expected = fieldOf(event, "expected");
  const comparisons: FieldComparison[] = [];
  const array = (name: string, rows: readonly (Float32Array | null | undefined)[]): void => {
    const width = name === "score_cache" ? parameters.budgetSlots - parameters.windowSlots : candidateCount;
    const recorded = readExpected(expected, name, [dims.kvHeadCount, width]);
    if (recorded === null) return;
    const present = rows.filter((row) => row instanceof Float32Array);
    comparisons.push(compareArrays(`expected.${name}`, concatenated(present), recorded.data, tolerance));
  };
  const indices = (parent: Field, name: string, rows: readonly Int32Array[]): void => {
    const recorded = integersOf(fieldOf(parent, name));
    const found = rows.map((row) => [...row]);
    comparisons.push(compareExactly(parent === event ? name : `expected.${name}`, found, recorded));
  };
  indices(event, "cache_positions_before", state.positions);
  array(
    "local_score",
    scores.map(({ parts }) => parts.localRaw),
  );
  array(
    "global_score",
    scores.map(({ parts }) => parts.global),
  );
  array(
    "redundancy",
    scores.map(({ parts }) => parts.redundancy),
  );
  array(
    "ranked_score",
    scores.map(({ total }) => total),
  );
  array("score_cache", carries);
  indices(
    expected,
    "kept_indices",
    kept.map((slots) => slots.filter((slot) => slot < candidateCount)),
  );
  indices(expected, "kept_positions", positions);
  return { state: { positions, carried: carried.length === scores.length ? carried : null }, comparisons };
}

/** The slots with positions `from` … `to − 1` appended. */
export function appended(positions: Int32Array, from: number, to: number): Int32Array {
  const longer = new Int32Array(positions.length + Math.max(0, to - from));
  longer.set(positions);
  for (let position = from; position < to; position++) longer[positions.length + position - from] = position;
  return longer;
}

/** Keys of each head's own slots. [kvHead][slot][headDim] */
export function gatherKeys(keys: Tensor, positions: readonly Int32Array[]): Float32Array {
  const headDim = keys.shape[2];
  return concatenated(
    positions.flatMap((slots, kvHead) => {
      const head = sliceOf(keys, kvHead).data;
      return Array.from(slots, (position) => head.subarray(position * headDim, (position + 1) * headDim));
    }),
  );
}
