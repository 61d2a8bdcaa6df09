// What attention of one token costs on the CPU by how entries are stored and read, against entries as computed: at as many slots,
// and at as many bytes. Stores take turns within a repeat, so a ratio compares the same minute.
import { createAttention } from "../src/engine/cpu/forward";
import type { KvCodec, LayerKv } from "../src/engine/cpu/kvStore";
import { createLatentCodec } from "../src/engine/cpu/latentKv";
import { plainCodec } from "../src/engine/cpu/plainKv";
import { storageCodec } from "../src/engine/cpu/storageCodec";
import { latentReadingOf } from "../src/engine/reading/latentReading";
import { layerRopeTables } from "../src/engine/ropeTable";
import { randomStream } from "../src/lib/random";
import type { ModelConfig } from "../src/model/config";
import { baseParameters } from "../src/policy/parameters";
import type { PolicyParameters } from "../src/policy/policy";
import type { BenchCase } from "./context";
import { median, rounded, spread, spreadNote } from "./table";

/** The fastest of so many stretches counts, each of at least so long: what else the machine does only ever adds. */
const STRETCH_COUNT = 4;
const STRETCH_MS = 2;

export const attentionCase: BenchCase = {
  id: "attention",
  run: ({ endlessModel }, { isQuick }) =>
    Promise.resolve({
      title: "Attention of a token on the CPU by how entries are stored and read, against entries as computed",
      note: `one layer of winnow-1m, attention alone; targets: ≤ 1.3 at equal slots, < 1 at equal bytes from 1024 slots on; ${spreadNote}`,
      columns: [
        "slots",
        "entries",
        "bytes of a slot",
        "µs",
        "at equal slots",
        "slots at equal bytes",
        "at equal bytes",
      ],
      rows: attentionRows(endlessModel.config, isQuick ? [128, 1024] : [128, 512, 1024, 4096], isQuick ? 3 : 9),
    }),
};

const kinds: readonly [string, Partial<PolicyParameters>][] = [
  ["16 bits", { storage: "half" }],
  ["quantised, 8 bits", { storage: "quantised", keyBits: "8", valueBits: "8" }],
  ["quantised, 4 bits", { storage: "quantised" }],
  ["quantised, 3 bits", { storage: "quantised", keyBits: "3", valueBits: "3" }],
  ["quantised, 2 bits", { storage: "quantised", keyBits: "2", valueBits: "2" }],
  ["KIVI-like, 4 bits", { storage: "kivi" }],
  ["KIVI-like, 2 bits", { storage: "kivi", keyBits: "2", valueBits: "2" }],
  ["TaDA, 4 bits", { storage: "tada" }],
  ["latents, 52 read", { reading: "latents", readingDense: "none" }],
  ["latents, 52 read, values of 4 bits", { reading: "latents", readingDense: "none", storage: "quantised" }],
];

type Shape = Pick<ModelConfig, "headCount" | "kvHeadCount" | "headDim" | "layerCount">;

/** Rows of the case, for every number of slots the plain store first. */
function attentionRows(config: ModelConfig, slotCounts: readonly number[], repeatCount: number): (string | number)[][] {
  return slotCounts.flatMap((slotCount) => {
    const plain = createTimer(config, plainCodec, slotCount);
    const others = kinds.map(([name, choices]) => {
      const equalSlots = createTimer(config, codecOf(config, choices, slotCount), slotCount);
      const slotsAtEqualBytes = Math.floor((slotCount * plain.bytesPerSlot) / equalSlots.bytesPerSlot);
      const codec = codecOf(config, choices, slotsAtEqualBytes);
      return { name, equalSlots, slotsAtEqualBytes, equalBytes: createTimer(config, codec, slotsAtEqualBytes) };
    });
    const repeats = Array.from({ length: repeatCount + 1 }, () => ({
      plainMs: plain.time(),
      others: others.map(({ equalSlots, equalBytes }) => ({ slots: equalSlots.time(), bytes: equalBytes.time() })),
    })).slice(1); // the first is not counted: loops are still being compiled
    const plainMs = median(repeats.map((repeat) => repeat.plainMs));
    return [
      [slotCount, "as computed", plain.bytesPerSlot, rounded(1000 * plainMs), "1", slotCount, "1"],
      ...others.map(({ name, equalSlots, slotsAtEqualBytes }, at) => [
        slotCount,
        name,
        rounded(equalSlots.bytesPerSlot),
        rounded(1000 * median(repeats.map((repeat) => repeat.others[at].slots))),
        spread(repeats.map((repeat) => repeat.others[at].slots / repeat.plainMs)),
        slotsAtEqualBytes,
        spread(repeats.map((repeat) => repeat.others[at].bytes / repeat.plainMs)),
      ]),
    ];
  });
}

function codecOf(config: ModelConfig, choices: Partial<PolicyParameters>, slotCount: number): KvCodec {
  const parameters = { ...baseParameters, ...choices };
  const reading = latentReadingOf(parameters, config);
  if (reading === null) return storageCodec(parameters);
  // Any directions cost the same: those of the channels themselves.
  const width = config.kvHeadCount * config.headDim;
  const directions = Float32Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 ? 1 : 0));
  const basis = Array<Float32Array>(config.layerCount).fill(directions);
  const ropeTables = layerRopeTables(config, slotCount + 1);
  const sizes = { slotCapacity: slotCount + 1, ropeTables };
  return createLatentCodec({ basis, reading, ...config, ...sizes, parameters, isWatched: false });
}

interface Timer {
  readonly bytesPerSlot: number;
  /** Milliseconds of the attention of one token over all slots. */
  readonly time: () => number;
}

/** A layer filled with random entries. */
function createTimer(config: Shape, codec: KvCodec, slotCount: number): Timer {
  const { headCount, kvHeadCount, headDim } = config;
  const stream = randomStream(1);
  const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => stream.uniform() - 0.5);
  const layer = codec.createLayer({ layer: 0, kvHeadCount, headDim, slotCount: kvHeadCount * (slotCount + 1) });
  for (let slot = 0; slot < slotCount; slot++) {
    const [keys, values] = [random(kvHeadCount * headDim), random(kvHeadCount * headDim)];
    const slots = new Int32Array(kvHeadCount).fill(slot);
    layer.storeToken({ slots, keys, values, unrotatedKeys: codec.needsUnrotatedKeys ? keys : null, place: slot });
  }
  const attend = attentionOf(config, layer, slotCount, random(headCount * headDim));
  return {
    bytesPerSlot: layer.bytesPerSlot,
    time: () => Math.min(...Array.from({ length: STRETCH_COUNT }, () => meanMs(attend))),
  };
}

/** Over a stretch of calls. */
function meanMs(run: () => void): number {
  const start = performance.now();
  let elapsedMs = 0;
  let count = 0;
  for (; elapsedMs < STRETCH_MS; count++) {
    run();
    elapsedMs = performance.now() - start;
  }
  return elapsedMs / count;
}

function attentionOf(config: Shape, layer: LayerKv, slotCount: number, queries: Float32Array): () => void {
  const attention = createAttention(config, slotCount);
  const output = new Float32Array(queries.length);
  const slots = new Int32Array(config.kvHeadCount).fill(slotCount - 1);
  return () => {
    layer.chooseReads?.(queries);
    attention.attend(layer, { queries, slots, window: null, logBias: null, output }, null);
  };
}
