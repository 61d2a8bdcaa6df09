// Terms "instructionVotes" and "instructionAttention": what the tokens of two instructions receive from their own, right after
// the prompt (Itisalex2/pitfalls-of-kv-cache-compression fc0f5df: presses/snapkv_fair_eviction_press.py and
// tova_fair_eviction_press.py; observed_attention_fair_eviction_press.py). Plain twin of the GPU kernels instructionRows and
// instructionAttention.
import type { Span } from "../../lib/spans";
import { votingWindows, type InstructionPair } from "../../policy/fairShare";
import type { RowProducts } from "../cpu/products";
import { groupAttention } from "./windowAttention";

/** A prompt of which nothing has been evicted: slots are positions. */
export interface PromptInput {
  readonly keys: Float32Array; // [slot][headDim], after RoPE
  readonly queries: Float32Array; // [member][slot][headDim], after RoPE
  readonly headDim: number;
  readonly windowSlots: number;
  readonly products: RowProducts;
  readonly pair: InstructionPair;
}

/** Whose queries count for a slot. */
interface Voters {
  readonly queries: readonly Span[];
  /** What their sum is divided by. */
  readonly divisor: number;
}

/** Mean over the window of the slot's own stretched instruction; −1 for the slots of the two windows. [slot] */
export function instructionVotes(input: PromptInput): Float32Array {
  const { keys, headDim, windowSlots, pair } = input;
  const lengthSlots = keys.length / headDim;
  const windows = votingWindows(pair.boundary, lengthSlots, windowSlots);
  return received(input, (slot) => {
    if (windows.some(({ start, end }) => slot >= start && slot < end)) return null;
    const own = windows[slot < pair.boundary ? 0 : 1];
    return { queries: [own], divisor: own.end - own.start };
  });
}

/**
 * Attention received ÷ queries that could see the slot. Slots of the earlier instruction count no query of the later and
 * divide by those left in their own, although what follows the later one goes on voting, as in the code. [slot]
 */
export function instructionAttention(input: PromptInput): Float32Array {
  const { keys, headDim, pair } = input;
  const end = keys.length / headDim;
  return received(input, (slot) => {
    if (slot < pair.earlierStart || slot >= pair.boundary) {
      return { queries: [{ start: slot, end }], divisor: end - slot };
    }
    const queries = [
      { start: slot, end: pair.boundary },
      { start: pair.laterEnd, end },
    ];
    return { queries, divisor: pair.boundary - slot };
  });
}

/** The mean over the group, member by member; −1 where nobody votes. */
function received(input: PromptInput, votersOf: (slot: number) => Voters | null): Float32Array {
  const { keys, queries, headDim, products } = input;
  const lengthSlots = keys.length / headDim;
  const memberCount = queries.length / keys.length;
  const voters = Array.from({ length: lengthSlots }, (_, slot) => votersOf(slot));
  const sums = new Float64Array(lengthSlots);
  for (let member = 0; member < memberCount; member++) {
    const own = queries.subarray(member * keys.length, (member + 1) * keys.length);
    const group = { keys, queries: own, headDim, windowSlots: lengthSlots, groupPooling: "mean", products } as const;
    const { values, stride } = groupAttention(group);
    voters.forEach((ofSlot, slot) => {
      for (const { start, end } of ofSlot?.queries ?? []) {
        for (let row = start; row < end; row++) sums[slot] += values[row * stride + slot];
      }
    });
  }
  return Float32Array.from(voters, (ofSlot, slot) =>
    ofSlot === null ? -1 : sums[slot] / (memberCount * ofSlot.divisor),
  );
}
