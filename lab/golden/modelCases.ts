// npm run golden -- --model …: what a model is held to, on each backend: the reference.json beside it, its own numbers in float32,
// and the other backend. All are fed the same tokens.
import type { Backend, Model } from "../../src/engine/backend";
import { createCpuBackend } from "../../src/engine/cpu/cpuBackend";
import { errorMessage } from "../../src/lib/errors";
import { randomStream } from "../../src/lib/random";
import { widenWeights } from "../../src/model/readMatrix";
import { countParameters } from "../../src/model/weightLayout";
import { isStored, matricesOf } from "../../src/model/weights";
import { fedLogits, openSession, type FedText } from "../fedLogits";
import { openBackend } from "../openModel";
import { logitQuality } from "../../src/experiment/characterisation";
import { compareExactly, type FieldComparison } from "./compare";
import { bytesOf, fieldOf, integerListOf, rootField } from "./field";

export type BackendType = "cpu" | "gpu";

/** A check that was made, or why it was not. */
export interface ModelCheck {
  readonly kind: string;
  readonly backend: BackendType;
  readonly comparisons: readonly FieldComparison[] | string;
}

const PROMPT_TOKENS = 8;
const FED_TOKENS = 24;
/** Mean KL, in nats. */
const MOST_KL = 1e-6;
/** Beyond this, float32 would take more memory than the machines that this runs on can spare. */
const MOST_WIDENED = 500e6;

/** `reference`: the text of the reference.json beside the model; null where there is none. */
export async function checkModel(
  model: Model,
  backends: readonly BackendType[],
  reference: string | null,
): Promise<ModelCheck[]> {
  const text = drawnText(model.config.vocabularySize);
  const cpu = await createCpuBackend(model);
  const ofCpu = await fedLogits(cpu, text);
  const checks: ModelCheck[] = [];
  for (const backend of backends) {
    const add = (kind: string, comparisons: ModelCheck["comparisons"]): number =>
      checks.push({ kind, backend, comparisons });
    const opened = backend === "cpu" ? cpu : await openBackend("gpu", model).catch(errorMessage);
    if (typeof opened === "string") {
      // A check that was asked for did not take place.
      add("model", [{ field: "backend", isEqual: false, relativeError: Infinity, detail: opened }]);
      continue;
    }
    add("model.reference", reference === null ? "no reference.json" : await againstReference(opened, reference));
    if (backend === "gpu")
      add("model.gpu", [compareDivergence("beside the CPU", ofCpu, await fedLogits(opened, text))]);
    else add("model.float32", await againstNumbers(model, ofCpu, text));
    opened.dispose();
  }
  return checks;
}

async function againstNumbers(model: Model, found: readonly Float32Array[], text: FedText) {
  if (![...matricesOf(model.weights).keys()].some(isStored)) return "its weights are float32 when they are loaded";
  if (countParameters(model.config) > MOST_WIDENED) return "too large to be widened to float32";
  const wide = await createCpuBackend({ ...model, weights: await widenWeights(model.weights) });
  return [compareDivergence("beside its weights in float32", await fedLogits(wide, text), found)];
}

/** Logits after the text, and the tokens that follow greedily. */
async function againstReference(backend: Backend, text: string): Promise<FieldComparison[]> {
  const root = rootField(JSON.parse(text));
  const tokens = Int32Array.from(integerListOf(fieldOf(root, "tokens")));
  const all = new Float32Array(bytesOf(fieldOf(root, "prefillLogits")).buffer);
  const greedy = integerListOf(fieldOf(root, "greedyTokens"));
  const session = await openSession(backend, tokens.length + greedy.length);
  await session.prefill(tokens);
  const width = all.length / tokens.length;
  const expected = all.subarray(all.length - width);
  const logits = await session.readLogits();
  const largest = expected.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  const relativeError = Math.max(...logits.map((logit, token) => Math.abs(logit - expected[token]))) / largest;
  const found = [(await session.collect()).token];
  while (found.length < greedy.length) {
    session.decode();
    found.push((await session.collect()).token);
  }
  session.dispose();
  return [
    {
      field: "logits after the text",
      isEqual: relativeError <= 1e-4,
      relativeError,
      detail: `off by ${relativeError}`,
    },
    compareExactly("greedy tokens", found, greedy),
  ];
}

function compareDivergence(
  field: string,
  expected: readonly Float32Array[],
  found: readonly Float32Array[],
): FieldComparison {
  const { divergence } = logitQuality(expected, found, Array<number>(expected.length).fill(0));
  const kl = Math.abs(divergence);
  const detail = `mean KL ${kl.toExponential(1)} over ${expected.length} tokens, at most ${MOST_KL.toExponential(0)}`;
  return { field, isEqual: kl <= MOST_KL, relativeError: kl, detail };
}

/** Any: how the numbers agree does not depend on what they mean. */
function drawnText(vocabularySize: number): FedText {
  const stream = randomStream(1);
  const draw = (): number => stream.integer(0, vocabularySize - 1);
  return { tokens: Int32Array.from({ length: PROMPT_TOKENS + FED_TOKENS }, draw), promptCount: PROMPT_TOKENS };
}
