// InfiniPot-V on a stream of frames. related.infinipot.tar: TaR and its picks; .compress: one compression, by each of the code's
// methods; .stream: its schedule, each round starting from what ours left.
import { poolFrames, type FrameWindow } from "../../src/engine/terms/framePooling";
import { patchesBySlot } from "../../src/engine/terms/temporalRedundancy";
import { arrivalRounds, frameBudget, keptFrameSlots, temporalChoice } from "../../src/policy/frameCompression";
import type { FrameChoices, FrameRule, FrameSlots } from "../../src/policy/frameCompression";
import { concatenated, inOrder, readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integersOf, itemsOf, numberOf, oneOf, optionalField, sliceOf, tensorOf } from "./field";
import type { Field } from "./field";
import type { TermProbe } from "./termProbe";
import { layerOfValues, windowOf } from "./valueNormCase";

const rulesByMethod = {
  "infinipot-v": "tarVan",
  swa: "slidingWindow",
  uniform: "uniformTokens",
} as const satisfies Record<string, FrameRule>;

/** Rows of a frame where the code is told none. */
const DEFAULT_ROWS = 14;

interface FrameCase {
  readonly rule: FrameRule;
  readonly choices: FrameChoices;
  readonly systemSlots: number;
  readonly rowCount: number;
  /** Pooling of each layer. */
  readonly windows: readonly FrameWindow[];
}

/** One layer's cache, system tokens first. */
interface LayerCache {
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly lengthSlots: number;
  /** Null where a case gives none: then nothing is measured of them. [kvHead][slot][headDim] */
  readonly keys: Float32Array | null;
  readonly values: Float32Array | null;
}

interface HeadMeasures {
  readonly temporal: Float32Array; // [frame slot]
  readonly norms: Float32Array;
  readonly pooled: Float32Array;
}

function readFrameCase(root: Field): FrameCase {
  const config = fieldOf(root, "config");
  const method = optionalField(config, "method");
  const pooling = optionalField(config, "pooling_per_layer");
  const unpooled: FrameWindow = { reach: "none", width: 1 };
  const rows = optionalField(config, "patch_rows");
  return {
    rule: rulesByMethod[method === null ? "infinipot-v" : oneOf(method, ["infinipot-v", "swa", "uniform"])],
    choices: {
      keepFrames: readCount(config, "compress_frames"),
      frameTokens: readCount(root, "dims", "tokens_per_frame"),
      temporalShare: numberOf(fieldOf(config, "tar_ratio")),
      recentShare: numberOf(fieldOf(config, "query_ratio")),
      isReversed: false,
    },
    systemSlots: readCount(config, "system_size"),
    rowCount: rows !== null && rows.value !== null ? numberOf(rows) : pooling === null ? 1 : DEFAULT_ROWS,
    windows:
      pooling === null
        ? Array.from({ length: readCount(root, "dims", "layers") }, () => unpooled)
        : itemsOf(pooling).map(windowOf),
  };
}

function layerCaches(root: Field, lengthSlots: number): LayerCache[] {
  const [layerCount, kvHeadCount] = [readCount(root, "dims", "layers"), readCount(root, "dims", "kv_heads")];
  const headDim = readCount(root, "dims", "head_dim");
  const inputs = fieldOf(root, "inputs");
  const shape = [layerCount, kvHeadCount, lengthSlots, headDim];
  const layersOf = (name: string): (Float32Array | null)[] => {
    const given = optionalField(inputs, name);
    const tensor = given === null ? null : tensorOf(given, shape);
    return Array.from({ length: layerCount }, (_, layer) => (tensor === null ? null : sliceOf(tensor, layer).data));
  };
  const values = layersOf("values");
  return layersOf("keys").map((keys, layer) => {
    return { kvHeadCount, headDim, lengthSlots, keys, values: values[layer] };
  });
}

/** TaR and value norms of every head, frame slots alone. */
async function measure(
  cache: LayerCache,
  { choices, systemSlots, rowCount }: FrameCase,
  { probe, window }: { probe: TermProbe; window: FrameWindow },
): Promise<HeadMeasures[]> {
  const { kvHeadCount, headDim, lengthSlots, keys, values } = cache;
  const { frameTokens } = choices;
  const frameSlots = lengthSlots - systemSlots;
  const { recentFrames } = frameBudget(choices, frameSlots);
  const own = patchesBySlot(lengthSlots, frameTokens, systemSlots);
  const patches = Int32Array.from({ length: kvHeadCount * lengthSlots }, (_, at) => own[at % lengthSlots]);
  const framed = { kvHeadCount, headDim, lengthSlots, patches, frameTokens, recentFrames };
  const temporal =
    keys === null ? new Float32Array(patches.length) : await probe.temporalRedundancy({ ...framed, keys });
  const all = values === null ? null : await probe.terms(layerOfValues(values, kvHeadCount, headDim), ["valueNorm"]);
  const grid = { frameCount: frameSlots / frameTokens, rowCount, columnCount: frameTokens / rowCount };
  return Array.from({ length: kvHeadCount }, (_, kvHead) => {
    const ofHead = (rows: Float32Array): Float32Array =>
      rows.subarray(kvHead * lengthSlots + systemSlots, (kvHead + 1) * lengthSlots);
    const norms = all === null ? new Float32Array(frameSlots) : ofHead(all.valueNorm);
    return { temporal: ofHead(temporal), norms, pooled: poolFrames(norms, grid, window) };
  });
}

/** Slots of the whole cache that stay in one head. */
function keptOf({ temporal, pooled }: HeadMeasures, { rule, choices, systemSlots }: FrameCase): number[] {
  const lengthSlots = temporal.length;
  const patches = patchesBySlot(lengthSlots, choices.frameTokens, 0);
  const slots: FrameSlots = {
    frames: patches.map((_, slot) => Math.floor(slot / choices.frameTokens)),
    ...{ patches, tokens: patches, isChanged: new Uint8Array(lengthSlots), temporal, valueNorms: pooled },
  };
  const context = { streamFrames: 0, tokenCounts: [], seed: 0, layer: 0, kvHead: 0 };
  const kept = keptFrameSlots(rule, slots, choices, context);
  return [...Array.from({ length: systemSlots }, (_, slot) => slot), ...Array.from(kept, (slot) => slot + systemSlots)];
}

export const runFrames: RunCase = async (root, { probe, tolerance }) => {
  const frameCase = readFrameCase(root);
  const { choices, systemSlots } = frameCase;
  const lengthSlots = readCount(root, "dims", "cache_len");
  const frameSlots = lengthSlots - systemSlots;
  const budget = frameBudget(choices, frameSlots);
  const pastSlots = frameSlots - budget.recentFrames * choices.frameTokens;
  const caches = layerCaches(root, lengthSlots);
  const layers = await inOrder(caches, (cache, layer) =>
    measure(cache, frameCase, { probe, window: frameCase.windows[layer] }),
  );
  const heads = layers.flat();
  const config = fieldOf(root, "config");
  const expected = fieldOf(root, "expected");
  const perHead = <Result>(find: (head: HeadMeasures) => Result): Result[][] => layers.map((layer) => layer.map(find));
  const numbers = (name: string, rows: readonly Float32Array[]): FieldComparison[] => {
    const recorded = optionalField(expected, name);
    if (recorded === null) return [];
    const shape = [caches.length, caches[0].kvHeadCount, rows[0].length];
    return [compareArrays(name, concatenated(rows), tensorOf(recorded, shape).data, tolerance)];
  };
  const slots = (name: string, found: (head: HeadMeasures) => number[]): FieldComparison[] => {
    const recorded = optionalField(expected, name);
    return recorded === null ? [] : [compareExactly(name, perHead(found), integersOf(recorded))];
  };
  const budgetNames = {
    ...{ recent_frames: budget.recentFrames, keep_tokens: budget.keepSlots },
    ...{ tar_budget: budget.temporalSlots, tar_picks: budget.pickedSlots },
  };
  return [
    ...Object.entries(budgetNames).map(([name, found]) =>
      compareExactly(`config.${name}`, found, numberOf(fieldOf(config, name))),
    ),
    ...numbers(
      "tar_scores",
      heads.map(({ temporal }) => temporal.subarray(0, pastSlots)),
    ),
    ...slots("tar_picked_sorted", (head) => pickedSlots(temporalChoice(head, choices), pastSlots)),
    ...numbers(
      "van_raw",
      heads.map(({ norms }) => norms),
    ),
    ...numbers(
      "van_pooled",
      heads.map(({ pooled }) => pooled),
    ),
    ...slots("kept_slots", (head) => keptOf(head, frameCase)),
  ];
};

function pickedSlots(isChosen: Uint8Array | null, pastSlots: number): number[] {
  return Array.from(isChosen?.subarray(0, pastSlots) ?? [], (chosen, slot) => (chosen === 1 ? slot : -1)).filter(
    (slot) => slot >= 0,
  );
}

export const runFrameStream: RunCase = async (root, { probe }) => {
  const frameCase = readFrameCase(root);
  const { choices, systemSlots } = frameCase;
  const { frameTokens } = choices;
  const streamFrames = readCount(root, "dims", "frames");
  const capFrames = readCount(root, "config", "block_frames");
  const { keepFrames } = choices;
  const stream = layerCaches(root, systemSlots + streamFrames * frameTokens);
  const rounds = arrivalRounds({
    streamFrames,
    capFrames,
    keepFrames,
    blockFrames: capFrames - keepFrames,
    schedule: "code",
  });
  const first = Array.from({ length: systemSlots }, (_, position) => position);
  let held = stream.map(({ kvHeadCount }) => Array.from({ length: kvHeadCount }, () => first)); // [layer][kvHead][slot]
  let framesSeen = 0;
  const found = await inOrder(rounds, async (round) => {
    const arriving = Array.from(
      { length: (round.framesSeen - framesSeen) * frameTokens },
      (_, at) => systemSlots + framesSeen * frameTokens + at,
    );
    framesSeen = round.framesSeen;
    held = held.map((heads) => heads.map((positions) => [...positions, ...arriving]));
    const cacheBefore = held[0][0].length;
    if (round.keepFrames !== null) {
      const roundCase = { ...frameCase, choices: { ...choices, keepFrames: round.keepFrames } };
      held = await inOrder(held, async (heads, layer) => {
        const measures = await measure(cacheOf(stream[layer], heads), roundCase, {
          probe,
          window: frameCase.windows[layer],
        });
        return heads.map((positions, kvHead) => keptOf(measures[kvHead], roundCase).map((slot) => positions[slot]));
      });
    }
    return {
      ...{ frames_seen: round.framesSeen, cache_before: cacheBefore, compress_frames: round.keepFrames },
      ...{ compressed: round.keepFrames !== null, cache_after: held[0][0].length, kept_positions: held },
    };
  });
  const recorded = itemsOf(fieldOf(fieldOf(root, "expected"), "rounds"));
  const cap = readCount(root, "config", "cap_tokens");
  return [
    compareExactly("rounds", found.length, recorded.length),
    compareExactly(
      "cap_tokens",
      found.every((round) => round.cache_before <= cap),
      true,
    ),
    ...recorded.flatMap((round, at) =>
      Object.entries(found[at]).map(([name, value]) =>
        compareExactly(`rounds[${at}].${name}`, value, fieldOf(round, name).value),
      ),
    ),
  ];
};

/** What a layer holds of the stream: the entries at these positions of each head. */
function cacheOf(
  { kvHeadCount, headDim, lengthSlots, keys, values }: LayerCache,
  held: readonly number[][],
): LayerCache {
  const gather = (rows: Float32Array | null): Float32Array | null =>
    rows === null
      ? null
      : concatenated(
          held.flatMap((positions, kvHead) =>
            positions.map((position) => {
              const from = (kvHead * lengthSlots + position) * headDim;
              return rows.subarray(from, from + headDim);
            }),
          ),
        );
  return {
    ...{ kvHeadCount, headDim, lengthSlots: held[0].length },
    ...{ keys: gather(keys), values: gather(values) },
  };
}
