// Wrappers of NVIDIA/kvpress around a press: kvpress.chunk, kvpress.chunkkv, kvpress.block, kvpress.rerotation, and the
// table kvpress.decoding_ratio.
import { InputError } from "../../src/lib/errors";
import { createRopeTable } from "../../src/engine/ropeTable";
import { admissionOrder, chooseSurvivors } from "../../src/policy/admission";
import { evictedShare, keptOfShare } from "../../src/policy/budget";
import { scoreLayer } from "../../src/policy/columns";
import { baseParameters } from "../../src/policy/parameters";
import { neededTerms, type PolicyParameters } from "../../src/policy/policy";
import { chooseByQuotas, chunkQuotas, chunkScores } from "../../src/policy/selection";
import { chooseByBlocks } from "./blockSelection";
import { inOrder, readCount, type CaseContext, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integersOf, itemsOf, numberOf, sliceOf, tensorOf, type Field } from "./field";
import { presses } from "./presses";
import { layerInputs, probedLayer, sceneOf, type Scene } from "./scene";

/** One sequence of a scene, and a base press over it. */
interface PressedLayer {
  readonly scene: Scene;
  readonly sequence: number;
  /** Scores of some slots of each head, as if they were all there is. [kvHead] of [slot on hand] */
  readonly scoreOf: (onHand: readonly Int32Array[]) => Promise<readonly Float32Array[]>;
  /** The share that stays. */
  readonly keptShare: number;
}

/** Runs a wrapper over every sequence. What it gives: kept slots, ascending. [kvHead] */
async function keptOfSequences(
  root: Field,
  context: CaseContext,
  run: (layer: PressedLayer) => Promise<readonly Int32Array[]>,
): Promise<Int32Array[][]> {
  const scene = await sceneOf(root, context);
  const config = fieldOf(root, "config");
  const base = fieldOf(config, "base").value;
  if (typeof base !== "string" || !Object.hasOwn(presses, base)) {
    throw new InputError(`config.base: expected a press that is known, found ${String(base)}`);
  }
  const press = presses[base](config, root);
  const parameters: PolicyParameters = { ...baseParameters, windowSlots: 0, ...press.parameters };
  const formula = press.policy.formula(parameters);
  const names = neededTerms(formula).filter((name) => name !== "promptAttention");
  const keptShare = 1 - numberOf(fieldOf(config, "compression_ratio"));
  return inOrder(Array.from({ length: scene.batchCount }), async (_, sequence) => {
    const whole = probedLayer(scene, sequence, parameters);
    const { headDim } = scene.shape;
    const scoreOf = async (onHand: readonly Int32Array[]): Promise<readonly Float32Array[]> => {
      const layer = {
        ...whole,
        shape: { ...whole.shape, lengthSlots: onHand[0].length },
        keys: gathered(whole.keys, onHand, headDim),
        values: gathered(whole.values, onHand, headDim),
        positions: onHand[0],
      };
      const heads = layerInputs(layer, await context.probe.terms(layer, names));
      return scoreLayer(formula, heads, () => heads.map(() => 0)).heads.map(({ total }) => total);
    };
    return [...(await run({ scene, sequence, scoreOf, keptShare }))];
  });
}

/** Rows of these slots of each head. [kvHead][slot][headDim] → [kvHead][slot on hand][headDim] */
function gathered(rows: Float32Array, onHand: readonly Int32Array[], headDim: number): Float32Array {
  const lengthSlots = rows.length / onHand.length / headDim;
  const found = new Float32Array(onHand.length * onHand[0].length * headDim);
  onHand.forEach((slots, head) => {
    slots.forEach((slot, at) => {
      const from = (head * lengthSlots + slot) * headDim;
      found.set(rows.subarray(from, from + headDim), (head * slots.length + at) * headDim);
    });
  });
  return found;
}

function everySlot({ shape }: Scene, first = 0, end = shape.lengthSlots): Int32Array[] {
  return Array.from({ length: shape.kvHeadCount }, () =>
    Int32Array.from({ length: end - first }, (_, at) => first + at),
  );
}

function compareKept(root: Field, kept: readonly (readonly Int32Array[])[]): FieldComparison {
  const found = kept.map((heads) => heads.map((slots) => [...slots]));
  return compareExactly("kept_sorted", found, integersOf(fieldOf(fieldOf(root, "expected"), "kept_sorted")));
}

/** The press sees one chunk at a time, and keeps what rounding says. */
export const runChunk: RunCase = async (root, context) => {
  const chunkSlots = readCount(root, "config", "chunk_length");
  const kept = await keptOfSequences(root, context, async ({ scene, scoreOf, keptShare }) => {
    const { lengthSlots, kvHeadCount } = scene.shape;
    const quotas = chunkQuotas(lengthSlots, chunkSlots, (length) => length * keptShare);
    const chunks = quotas.map((_, chunk) => [chunk * chunkSlots, Math.min(lengthSlots, (chunk + 1) * chunkSlots)]);
    const scores = await inOrder(chunks, ([first, end]) => scoreOf(everySlot(scene, first, end)));
    return Array.from({ length: kvHeadCount }, (_, head) => {
      const total = Float32Array.from(scores.flatMap((ofChunk) => [...ofChunk[head]]));
      const positions = everySlot(scene)[head];
      const groups = positions.map((slot) => Math.floor(slot / chunkSlots));
      const keepSlots = quotas.reduce((sum, quota) => sum + quota, 0);
      return chooseByQuotas({ row: { total, isProtected: null }, positions, keepSlots }, groups, quotas).slots;
    });
  });
  return [compareKept(root, kept)];
};

/** The press's own count of chunks, which can exceed the budget; the first sequence decides for all. */
export const runChunkKv: RunCase = async (root, context) => {
  const chunkSlots = readCount(root, "config", "chunk_length");
  let chosen: { scores: Float32Array; slots: number[] } | null = null;
  const kept = await keptOfSequences(root, context, async ({ scene, scoreOf, keptShare }) => {
    const { lengthSlots, kvHeadCount } = scene.shape;
    if (chosen === null) {
      const scores = chunkScores(await scoreOf(everySlot(scene)), chunkSlots);
      const count = Math.max(1, Math.floor(scores.length * keptShare));
      const best = new Set(admissionOrder({ total: scores, isProtected: null }).subarray(0, count));
      const slots = Array.from({ length: lengthSlots }, (_, slot) => slot);
      chosen = { scores, slots: slots.filter((slot) => best.has(Math.floor(slot / chunkSlots))) };
    }
    const { slots } = chosen;
    return Array.from({ length: kvHeadCount }, () => Int32Array.from(slots));
  });
  const scores = (chosen as { scores: Float32Array } | null)?.scores ?? new Float32Array(0);
  const recorded = itemsOf(fieldOf(fieldOf(root, "expected"), "chunk_scores")).map(numberOf);
  return [compareArrays("chunk_scores", scores, recorded, context.tolerance), compareKept(root, kept)];
};

export const runBlock: RunCase = async (root, context) => {
  const blockSlots = readCount(root, "config", "block_size");
  const kept = await keptOfSequences(root, context, ({ scene, scoreOf, keptShare }) => {
    const { lengthSlots, kvHeadCount } = scene.shape;
    const keepSlots = Math.floor(lengthSlots * keptShare);
    const heads = Array.from({ length: kvHeadCount }, () => ({ lengthSlots, keepSlots }));
    return chooseByBlocks(heads, blockSlots, async (onHand) => {
      const scores = await scoreOf(onHand);
      return scores.map((total, head) => keptOnHand(onHand[head], total, keepSlots));
    });
  });
  return [compareKept(root, kept)];
};

function keptOnHand(onHand: Int32Array, total: Float32Array, keepSlots: number): Int32Array {
  const { slots } = chooseSurvivors({ total, isProtected: null, lengthSlots: total.length, keepSlots });
  return slots.map((place) => onHand[place]);
}

export const runRerotation: RunCase = async (root, context) => {
  const scene = await sceneOf(root, context);
  const { kvHeadCount, headDim, lengthSlots } = scene.shape;
  const kept = await keptOfSequences(root, context, async ({ scoreOf, keptShare }) => {
    const onHand = everySlot(scene);
    const scores = await scoreOf(onHand);
    return scores.map((total, head) => keptOnHand(onHand[head], total, Math.floor(lengthSlots * keptShare)));
  });
  const ropeTable = createRopeTable({ headDim, ropeTheta: scene.ropeTheta, ropeScaling: null }, lengthSlots);
  const turned = await inOrder(kept, (survivors, sequence) =>
    context.probe.rerotatedKeys({
      ...{ kvHeadCount, headDim, lengthSlots, survivors, ropeTable },
      keys: sliceOf(scene.keys, sequence).data,
    }),
  );
  const shape = [scene.batchCount, kvHeadCount, kept[0][0].length, headDim];
  const recorded = tensorOf(fieldOf(fieldOf(root, "expected"), "keys_rerotated"), shape);
  return [
    compareKept(root, kept),
    compareArrays(
      "keys_rerotated",
      turned.flatMap((keys) => [...keys]),
      recorded.data,
      context.tolerance,
    ),
  ];
};

export const runDecodingRatio: RunCase = (root) => {
  const rows = itemsOf(fieldOf(fieldOf(root, "expected"), "table"));
  return Promise.resolve(
    rows.flatMap((row) => {
      const lengthSlots = readCount(row, "cache_len");
      const share = evictedShare(lengthSlots, readCount(row, "target"));
      return [
        compareExactly(`${row.path}.ratio`, share, numberOf(fieldOf(row, "ratio"))),
        compareExactly(`${row.path}.n_kept`, keptOfShare(lengthSlots, share), readCount(row, "n_kept")),
      ];
    }),
  );
};
