// Decoding with weights in every form, on a drawn model that no cache holds: what a token asks of the device, counted, against the
// least that it could; its speed against the same model in float32, and against what the adapter reads in a second.
import type { Backend, Model, Session } from "../src/engine/backend";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import { createGpuBackend } from "../src/engine/gpu/gpuBackend";
import { GpuSession } from "../src/engine/gpu/gpuSession";
import { openDevice } from "../src/engine/gpu/openDevice";
import { seededModel, seededPrompt, tinyConfig } from "../src/engine/seededModel.testing";
import type { ModelConfig } from "../src/model/config";
import { codeTensor } from "../src/model/gguf/drawGguf.testing";
import { quantiseWeights, quantisedFormats, type QuantisedFormat } from "../src/model/quantiseWeights";
import { greedySampling } from "../src/model/sampling";
import { weightFormat } from "../src/model/weightFormats";
import { mapMatrices, matricesOf, rowBytesOf, type StoredMatrix, type WeightMatrix } from "../src/model/weights";
import { baseParameters } from "../src/policy/parameters";
import type { BenchCase } from "./context";
import { readProbe } from "./readProbe";
import { rounded, spread, spreadNote } from "./table";

const PROMPT_TOKENS = 32;
const formats = ["F32", "Q8_0", "Q6_K", "Q5_0", "Q4_K", "Q4_1", "Q4_0"] as const;
type Format = (typeof formats)[number];

const config: ModelConfig = {
  ...tinyConfig,
  ...{ vocabularySize: 8192, hiddenSize: 1024, intermediateSize: 3072, layerCount: 4 },
  ...{ headCount: 16, kvHeadCount: 8, headDim: 64, maxPositions: 1024, isTied: true },
};

export const modelsCase: BenchCase = {
  id: "models",
  run: async (_, { isQuick }) => {
    const shape = isQuick ? { ...config, layerCount: 2, hiddenSize: 512, headDim: 32 } : config;
    const plain = seededModel(1, shape);
    const [repeatCount, tokenCount] = isQuick ? [1, 4] : [3, 12];
    const probe = () => readProbe(isQuick ? 64 * 2 ** 20 : 256 * 2 ** 20, isQuick ? 3 : 7);
    const rows: (string | number)[][] = [];
    for (const type of ["cpu", "gpu"] as const) {
      const found = await measureAll(type, plain, { repeatCount, tokenCount, probe });
      for (const each of found) rows.push(rowOf(each, found[0]));
    }
    return {
      title: "Decoding with weights in every form",
      note: `drawn model of ${Math.round(numberCount(plain) / 1e6)} M weights, full cache of ${PROMPT_TOKENS} tokens and more; the bound on bytes: matrices in their format and the cache, each read once; on dispatches: 6 a layer, embedding, logits, sampling; the read probe of the adapter runs before each format, in every repeat; ${spreadNote}`,
      columns: [
        ...["backend", "weights", "MB a token", "÷ bound", "submits", "dispatches", "− bound", "tokens/s"],
        ...["÷ F32", "probe GB/s", "share of it", "taps on / off"],
      ],
      rows,
    };
  },
};

interface Measured {
  readonly type: "cpu" | "gpu";
  readonly format: Format;
  readonly readBytes: number;
  readonly boundBytes: number;
  /** NaN on the CPU. */
  readonly submits: number;
  readonly extraDispatches: number;
  readonly dispatches: number;
  /** Seconds a token, of each repeat. */
  readonly seconds: readonly number[];
  readonly tappedSeconds: readonly number[];
  /** Bytes that the adapter read in a second, before each repeat; NaN on the CPU. */
  readonly probes: readonly number[];
}

interface Amount {
  readonly repeatCount: number;
  readonly tokenCount: number;
  readonly probe: () => Promise<number>;
}

/** Repeats go around the formats, so that a machine that slows down does not favour one. Empty without an adapter. */
async function measureAll(
  type: "cpu" | "gpu",
  plain: Model,
  { repeatCount, tokenCount, probe }: Amount,
): Promise<Measured[]> {
  const found = new Map<Format, Measured>();
  for (let repeat = 0; repeat < repeatCount; repeat++) {
    for (const format of formats) {
      const model = inFormat(plain, format);
      const readSpeed = type === "gpu" ? await probe() : NaN;
      const backend = await open(type, model);
      if (backend === null) return [];
      const session = await backend.createSession(request(false));
      const off = await timed(session, plain.config, tokenCount);
      const tapped = await backend.createSession(request(true));
      const on = await timed(tapped, plain.config, tokenCount);
      const known = found.get(format);
      const kvBytes = session.memory.bytesPerSlot * (PROMPT_TOKENS + tokenCount / 2);
      found.set(format, {
        ...{ type, format, submits: off.submits, dispatches: off.dispatches },
        readBytes: backend.weightReadBytes + kvBytes,
        boundBytes: leastBytes(model) + kvBytes,
        extraDispatches: off.dispatches - (6 * plain.config.layerCount + 3),
        seconds: [...(known?.seconds ?? []), off.seconds],
        tappedSeconds: [...(known?.tappedSeconds ?? []), on.seconds],
        probes: [...(known?.probes ?? []), readSpeed],
      });
      for (const each of [session, tapped]) each.dispose();
      backend.dispose();
    }
  }
  return [...found.values()];
}

async function open(type: "cpu" | "gpu", model: Model): Promise<Backend | null> {
  if (type === "cpu") return createCpuBackend(model);
  const opened = await openDevice(navigator.gpu);
  return opened && createGpuBackend(opened, model, { weightType: "f32" });
}

function request(hasTaps: boolean) {
  return {
    ...{ slotCapacity: 256, positionCapacity: 256, windowSlots: 16, sampling: greedySampling, stopTokens: [] },
    ...{ hasTaps, terms: [], parameters: baseParameters },
  };
}

/** Two tokens that nobody times follow the prompt. */
async function timed(session: Session, { vocabularySize }: ModelConfig, tokenCount: number) {
  await session.prefill(seededPrompt(1, PROMPT_TOKENS, vocabularySize));
  await session.collect();
  const step = async (): Promise<void> => {
    session.decode();
    await session.collect();
  };
  for (let warm = 0; warm < 2; warm++) await step();
  const stats = session instanceof GpuSession ? session.stats : null;
  const before = { ...stats };
  const startMs = performance.now();
  for (let token = 0; token < tokenCount; token++) await step();
  const seconds = (performance.now() - startMs) / 1000 / tokenCount;
  const per = (after = NaN, first = NaN): number => (after - first) / tokenCount;
  return {
    seconds,
    submits: per(stats?.submitCount, before.submitCount),
    dispatches: per(stats?.dispatchCount, before.dispatchCount),
  };
}

function inFormat(plain: Model, format: Format): Model {
  if (format === "F32") return plain;
  const isMade = (name: string): name is QuantisedFormat => (quantisedFormats as readonly string[]).includes(name);
  if (isMade(format)) return { ...plain, weights: quantiseWeights(plain.weights, format) };
  const columnsOf = matricesOf(plain.weights);
  return {
    ...plain,
    weights: mapMatrices(plain.weights, (matrix) => drawn(matrix, columnsOf.get(matrix) ?? 0, format)),
  };
}

/** Blocks of random codes, for formats that nothing here quantises to. */
function drawn(matrix: WeightMatrix, columnCount: number, name: string): StoredMatrix {
  const format = weightFormat(name);
  if (format === undefined || !(matrix instanceof Float32Array))
    throw new Error(`${name} is a format of plain matrices`);
  const rowCount = matrix.length / columnCount;
  const size = 3 / Math.sqrt(columnCount);
  const { bytes } = codeTensor("m", [columnCount, rowCount], { type: name, size, seed: rowCount });
  const rowBytes = rowBytesOf({ format, columnCount });
  return {
    ...{ name, format, rowCount, columnCount },
    readRows: (first, count) => Promise.resolve(bytes.subarray(first * rowBytes, (first + count) * rowBytes)),
  };
}

/** Of the matrices as their format has them. */
function leastBytes({ weights }: Model): number {
  return [...matricesOf(weights).keys()].reduce(
    (bytes, matrix) =>
      bytes + (matrix instanceof Float32Array ? matrix.byteLength : matrix.rowCount * rowBytesOf(matrix)),
    0,
  );
}

function numberCount({ weights }: Model): number {
  return [...matricesOf(weights).keys()].reduce(
    (count, matrix) => count + (matrix instanceof Float32Array ? matrix.length : 0),
    0,
  );
}

function rowOf(of: Measured, numbers: Measured): (string | number)[] {
  const { type, format, readBytes, boundBytes, submits, dispatches, extraDispatches, seconds, tappedSeconds, probes } =
    of;
  const shown = (value: number): string | number => (Number.isNaN(value) ? "–" : rounded(value));
  return [
    ...[type, format, rounded(readBytes / 1e6), rounded(readBytes / boundBytes)],
    ...[shown(submits), shown(dispatches), shown(extraDispatches)],
    spread(seconds.map((each) => 1 / each)),
    spread(seconds.map((each, repeat) => numbers.seconds[repeat] / each)),
    ...(type === "cpu"
      ? ["–", "–"]
      : [
          spread(probes.map((probe) => probe / 1e9)),
          spread(probes.map((probe, repeat) => readBytes / seconds[repeat] / probe)),
        ]),
    spread(tappedSeconds.map((each, repeat) => each / seconds[repeat])),
  ];
}
