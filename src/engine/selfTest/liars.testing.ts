// GPUs that lie: each computes on the CPU what it is asked, and then changes one thing, as a broken kernel or driver would.

import type { HeadRows } from "../../cache/headRows";
import type { ModelWeights, WeightMatrix } from "../../model/weights";
import type { Backend, Model, Session } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";

/** A GPU by name, on other weights than it was given or with other answers. */
export async function fakeGpu(
  model: Model,
  changeSession: (session: Session) => Session = (own) => own,
): Promise<Backend> {
  const cpu = await createCpuBackend(model);
  return {
    ...cpu,
    summary: { type: "gpu", adapter: "a lying one", isSoftware: false, weightType: "f32" },
    createSession: async (request) => changeSession(await cpu.createSession(request)),
  };
}

/** `own` with some of its methods replaced; what changes with every forward still comes from it. */
export function withMethods(own: Session, methods: Partial<Session>): Session {
  return {
    ...own,
    ...methods,
    get lengths() {
      return own.lengths;
    },
    get inFlightCount() {
      return own.inFlightCount;
    },
  };
}

export function changedLogits(change: (logits: Float32Array) => Float32Array): (session: Session) => Session {
  return (own) => withMethods(own, { readLogits: async () => change(await own.readLogits()) });
}

export function changedKeys(change: (keys: HeadRows<Float32Array>) => void): (session: Session) => Session {
  return (own) =>
    withMethods(own, {
      async readEntries() {
        const entries = await own.readEntries();
        change(entries.keys);
        return entries;
      },
    });
}

/** A plain model in which one matrix of a layer is another. */
export function withMatrix(
  { config, weights }: Model,
  layer: number,
  name: Exclude<keyof ModelWeights["layers"][number], `${string}Bias` | `${string}Norm`>,
  change: (matrix: Float32Array) => Float32Array,
): Model {
  const layers = weights.layers.map((each, at) =>
    at === layer ? { ...each, [name]: change(plain(each[name])) } : each,
  );
  return { config, weights: { ...weights, layers } };
}

function plain(matrix: WeightMatrix): Float32Array {
  if (!(matrix instanceof Float32Array)) throw new Error("the matrix is plain");
  return matrix;
}
