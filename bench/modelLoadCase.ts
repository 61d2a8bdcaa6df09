// What it takes to load a model of a quarter of a gigabyte from a file on disk: time, and the memory of the engine's worker
// meanwhile, asked of the browser over its debugging protocol. The file is drawn, in a folder for temporary files.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, CDPSession, Page } from "playwright";
import type { createEngineClient as CreateEngineClient } from "../src/engine/client";
import { plainBlock, type ModelConfig } from "../src/model/config";
import {
  codeTensor,
  ggufBytes,
  modelMetadata,
  numberTensor,
  type DrawnTensor,
} from "../src/model/gguf/drawGguf.testing";
import { fullLayers } from "../src/model/layerConfig";
import type { BenchTable } from "./table";

const MIB = 2 ** 20;
const LAYER_COUNT = 18;

export async function modelLoadCase(browser: Browser, pageAddress: string, isQuick: boolean): Promise<BenchTable> {
  const folder = await mkdtemp(path.join(tmpdir(), "winnow-bench-"));
  try {
    const file = path.join(folder, "drawn-Q8_0.gguf");
    const bytes = drawModel(LAYER_COUNT);
    await writeFile(file, bytes);
    const rows: (string | number)[][] = [];
    for (const backend of ["cpu", "gpu"] as const) {
      const loads: Load[] = [];
      for (let round = 0; round < (isQuick ? 1 : 3); round++)
        loads.push(await load(browser, { pageAddress, file, backend }));
      const most = (pick: (of: Load) => number): number => Math.max(...loads.map(pick));
      rows.push([
        loads[0].opened,
        Math.round(Math.min(...loads.map(({ elapsedMs }) => elapsedMs))),
        Math.round(Math.min(...loads.map(({ checkMs }) => checkMs))),
        ...[
          (of: Load) => of.peakHeap,
          (of: Load) => of.peakBuffers,
          (of: Load) => of.restHeap,
          (of: Load) => of.restBuffers,
        ].map((pick) => Number((most(pick) / MIB).toFixed(1))),
        Math.min(...loads.map(({ sampleCount }) => sampleCount)),
      ]);
    }
    return {
      title: `Loading a model of ${(bytes.length / 1e6).toFixed(0)} MB from disk`,
      note: `Q8_0, ${LAYER_COUNT} layers, 2048 tokens; memory of the engine's worker in MiB, its WebAssembly memory apart; the fastest load, the highest peak; aim: JS heap ≤ 64 MiB beside the tokenizer`,
      columns: [
        "backend",
        "ms",
        "of it self-test",
        "heap, peak",
        "buffers, peak",
        "heap, then",
        "buffers, then",
        "samples",
      ],
      rows,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Rows that all say the same: only how many there are counts here. */
function drawModel(layerCount: number): Uint8Array {
  const config: ModelConfig = {
    ...plainBlock,
    ...{ architecture: "llama", vocabularySize: 2048, hiddenSize: 1024, intermediateSize: 3072, layerCount },
    layers: fullLayers(layerCount, { ropeTheta: 10000, ropeScaling: null }),
    ...{ headCount: 16, kvHeadCount: 8, headDim: 64, rmsNormEpsilon: 1e-5, maxPositions: 2048 },
    ...{ hasQkvBias: false, hasQkNorm: false, queryScale: 1, isTied: true, stopTokens: [] },
  };
  const { hiddenSize: hidden, intermediateSize: inner } = config;
  const norm = (name: string): DrawnTensor => numberTensor(name, [hidden], new Float32Array(hidden).fill(1));
  const matrix = (name: string, columns: number, rows: number): DrawnTensor => {
    const row = codeTensor(name, [columns, 1], { type: "Q8_0", size: 0.02, seed: name.length + rows });
    return { ...row, dims: [columns, rows], bytes: Buffer.alloc(row.bytes.length * rows, row.bytes) };
  };
  const layer = (at: number): DrawnTensor[] => [
    norm(`blk.${at}.attn_norm.weight`),
    matrix(`blk.${at}.attn_q.weight`, hidden, 1024),
    matrix(`blk.${at}.attn_k.weight`, hidden, 512),
    matrix(`blk.${at}.attn_v.weight`, hidden, 512),
    matrix(`blk.${at}.attn_output.weight`, 1024, hidden),
    norm(`blk.${at}.ffn_norm.weight`),
    matrix(`blk.${at}.ffn_gate.weight`, hidden, inner),
    matrix(`blk.${at}.ffn_up.weight`, hidden, inner),
    matrix(`blk.${at}.ffn_down.weight`, inner, hidden),
  ];
  const layers = Array.from({ length: layerCount }, (_, at) => layer(at)).flat();
  const tensors = [matrix("token_embd.weight", hidden, config.vocabularySize), ...layers, norm("output_norm.weight")];
  return ggufBytes({ metadata: modelMetadata(config), tensors });
}

interface Load {
  /** The backend that took the model. */
  readonly opened: string;
  readonly elapsedMs: number;
  /** Of it, comparing the GPU with the CPU; 0 on the CPU. */
  readonly checkMs: number;
  readonly peakHeap: number;
  readonly peakBuffers: number;
  /** Once it is loaded. */
  readonly restHeap: number;
  readonly restBuffers: number;
  readonly sampleCount: number;
}

type Timing = Pick<Load, "opened" | "elapsedMs" | "checkMs">;

interface PageWithClient {
  readonly createEngineClient: typeof CreateEngineClient;
}

interface LoadRequest {
  readonly pageAddress: string;
  readonly file: string;
  readonly backend: "cpu" | "gpu";
}

async function load(browser: Browser, { pageAddress, file, backend }: LoadRequest): Promise<Load> {
  const page = await browser.newPage();
  try {
    page.setDefaultTimeout(0);
    await page.goto(pageAddress);
    const watch = await watchWorker(page);
    await page.evaluate(() => {
      const input = document.createElement("input");
      input.type = "file";
      input.id = "model";
      document.body.append(input);
    });
    await page.setInputFiles("#model", file);
    const script = `import { createEngineClient } from "/src/engine/client.ts"; Object.assign(window, { createEngineClient });`;
    await page.addScriptTag({ type: "module", content: script });
    await page.waitForFunction(() => "createEngineClient" in window);
    const loaded = await page.evaluate(async (wanted) => {
      const { createEngineClient } = window as unknown as PageWithClient;
      const blob = document.querySelector<HTMLInputElement>("#model")?.files?.[0];
      if (blob === undefined) throw new Error("the file was chosen");
      const startedMs = performance.now();
      return new Promise<Timing>((resolve, reject) => {
        const engine = createEngineClient((event) => {
          if (event.type === "failed") reject(new Error(event.message));
          if (event.type !== "ready") return;
          const { type, adapter } = event.backend;
          const checkMs = event.check?.elapsedMs ?? 0;
          resolve({ opened: `${type}: ${adapter}`, elapsedMs: performance.now() - startedMs, checkMs });
        });
        const files = [{ path: blob.name, blob }];
        engine.load({ id: "drawn", label: "Drawn", address: "drawn", files }, wanted);
      });
    }, backend);
    return { ...loaded, ...(await watch.end()) };
  } finally {
    await page.close();
  }
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

/** Asks the page's next worker how much memory it uses, as often as it answers. */
async function watchWorker(page: Page): Promise<{ end(): Promise<Omit<Load, keyof Timing>> }> {
  const session = await page.context().newCDPSession(page);
  const samples: HeapUsage[] = [];
  let isOver = false;
  let watching: Promise<void> = Promise.resolve();
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type !== "worker") return;
    const ask = asker(session, sessionId);
    watching = (async () => {
      while (!isOver) {
        samples.push((await ask("Runtime.getHeapUsage")) as HeapUsage);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      // What is left once everything that could go has gone.
      await ask("HeapProfiler.collectGarbage");
      samples.push((await ask("Runtime.getHeapUsage")) as HeapUsage);
    })();
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  return {
    async end() {
      isOver = true;
      await watching;
      const rest = samples[samples.length - 1];
      return {
        peakHeap: Math.max(...samples.map(({ usedSize }) => usedSize)),
        peakBuffers: Math.max(...samples.map(({ backingStorageSize }) => backingStorageSize)),
        restHeap: rest.usedSize,
        restBuffers: rest.backingStorageSize,
        sampleCount: samples.length,
      };
    },
  };
}

/** Sends commands to a worker through its page, one at a time. */
function asker(session: CDPSession, sessionId: string): (method: string) => Promise<unknown> {
  let id = 0;
  let answered: (result: unknown) => void = () => undefined;
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const answer = JSON.parse(message) as { readonly id?: number; readonly result?: unknown };
    if (answer.id === id) answered(answer.result);
  });
  return async (method) => {
    const result = new Promise((resolve) => (answered = resolve));
    await session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id: ++id, method }) });
    return result;
  };
}
